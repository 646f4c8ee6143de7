package main

// #include "engine.h"
import "C"

import (
	"errors"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
)

// gmvPackFloat writes a number to one item of a format.
//
//export gmvPackFloat
func gmvPackFloat(item unsafe.Pointer, format_ *C.char, value C.double) (code C.int) {
	defer guarded(&code)
	guard()
	typ, err := parse(text(format_))
	if err != nil {
		return C.gmvFormat
	}
	err = typ.Pack(unsafe.Slice((*byte)(item), typ.Size()), float64(value))
	if errors.Is(err, format.ErrValue) {
		return C.gmvRange
	}
	if err != nil {
		return C.gmvFormat
	}
	return C.gmvDone
}
