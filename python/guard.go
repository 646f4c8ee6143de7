package main

// #include "engine.h"
import "C"

import (
	"fmt"
	"runtime/debug"
	"sync"
	"unsafe"
)

// guard begins an exported function that touches memory: a fault there, as in a mapping of a file that was
// cut short, shall be a panic, which guarded recovers.
func guard() { debug.SetPanicOnFault(true) }

// result is what an exported function returns.
type result = C.int

const (
	crashed = C.gmvCrashed
	fault   = C.gmvFault
)

// guarded, deferred by every exported function, makes a code of a panic: one that got out would end the process.
func guarded(code *result) {
	switch r := recover().(type) {
	case nil:
	case interface{ Addr() uintptr }:
		*code = fault
	default:
		*code = crashed
		lastReason.set(fmt.Sprint(r))
	}
}

// lastReason is what the last panic or refusal said.
var lastReason message

type message struct {
	sync.Mutex
	text string
}

func (m *message) set(text string) {
	m.Lock()
	defer m.Unlock()
	m.text = text
}

// gmvReason writes what the last panic or refusal said to dst, which has room for size bytes, and a NUL.
//
//export gmvReason
func gmvReason(dst unsafe.Pointer, size C.int) {
	lastReason.Lock()
	defer lastReason.Unlock()
	room := unsafe.Slice((*byte)(dst), int(size))
	room[copy(room[:size-1], lastReason.text)] = 0
}
