package main

// #include "engine.h"
import "C"

import (
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// gmvSeparators returns how many separators a hexadecimal text of n bytes has.
//
//export gmvSeparators
func gmvSeparators(n C.ptrdiff_t, group C.int) C.ptrdiff_t {
	return C.ptrdiff_t(kernel.HexSeparators(int(n), int(group)))
}

// gmvHex writes the bytes of the items of src, in C order, as hexadecimal digits to dst, which has size bytes: two for
// each of them, and one for each separator.
//
//export gmvHex
func gmvHex(dst unsafe.Pointer, size C.ptrdiff_t, src *C.gmvBuffer, separator C.char, group C.int) (code C.int) {
	defer guarded(&code)
	guard()
	it := items(src)
	n := it.Count() * it.Size
	if n == 0 {
		return C.gmvDone
	}
	digits := unsafe.Slice((*byte)(dst), int(size))
	free := len(digits) - 2*n
	var piece [hexPiece]byte // stays in the cache
	for done := 0; done < n; {
		part := piece[:min(n-done, hexPiece)]
		kernel.PackRange(part, it, done)
		kernel.Hex(digits[free+2*done:free+2*(done+len(part))], part)
		done += len(part)
	}
	if free > 0 {
		kernel.HexSpread(digits, free, byte(separator), int(group))
	}
	return C.gmvDone
}

const hexPiece = 4 << 10
