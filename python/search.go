package main

// #include "engine.h"
import "C"

import (
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/typed"
)

// gmvCount counts the items that equal a value of a kind, one of gmvInt, gmvUint, gmvFloat, gmvBool and gmvByte.
//
//export gmvCount
func gmvCount(src *C.gmvBuffer, kind C.int, value unsafe.Pointer, found *C.ptrdiff_t) (code C.int) {
	defer guarded(&code)
	guard()
	typ, code := typeOf(src)
	if code != C.gmvDone {
		return code
	}
	all := items(src)
	n, err := typed.Count(&all, typ, valueOf(kind, value))
	if err != nil {
		return C.gmvFormat
	}
	*found = C.ptrdiff_t(n)
	return C.gmvDone
}

// gmvIndex finds the first item that equals such a value: -1 where there is none.
//
//export gmvIndex
func gmvIndex(src *C.gmvBuffer, kind C.int, value unsafe.Pointer, found *C.ptrdiff_t) (code C.int) {
	defer guarded(&code)
	guard()
	typ, code := typeOf(src)
	if code != C.gmvDone {
		return code
	}
	all := items(src)
	n, err := typed.Index(&all, typ, valueOf(kind, value))
	if err != nil {
		return C.gmvFormat
	}
	*found = C.ptrdiff_t(n)
	return C.gmvDone
}

func valueOf(kind C.int, value unsafe.Pointer) any {
	switch kind {
	case C.gmvInt:
		return *(*int64)(value)
	case C.gmvUint:
		return *(*uint64)(value)
	case C.gmvFloat:
		return *(*float64)(value)
	case C.gmvBool:
		return *(*bool)(value)
	case C.gmvByte:
		return unsafe.Slice((*byte)(value), 1)
	}
	return nil
}
