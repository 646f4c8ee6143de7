package main

// #include "engine.h"
import "C"

import (
	"slices"
	"strings"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// gmvPack writes the items of src side by side to dst, which has room for them, in the order 'C' or 'F'.
//
//export gmvPack
func gmvPack(dst unsafe.Pointer, src *C.gmvBuffer, order C.char) (code C.int) {
	defer guarded(&code)
	guard()
	it := items(src)
	if n := it.Count() * it.Size; n > 0 {
		kernel.Pack(unsafe.Slice((*byte)(dst), n), it, order == 'F')
	}
	return C.gmvDone
}

// gmvCopy assigns the items of src to those of dst, as if through a temporary where they share memory. Both
// must have the same structure.
//
//export gmvCopy
func gmvCopy(dst, src *C.gmvBuffer) (code C.int) {
	defer guarded(&code)
	guard()
	if !sameStructure(dst, src) {
		return C.gmvStructure
	}
	copyItems(items(dst), items(src))
	return C.gmvDone
}

// copyItems copies as if through a temporary.
func copyItems(to, from kernel.Items) {
	n := to.Count() * to.Size
	switch {
	case n == 0:
	case !kernel.Overlap(&to, &from):
		kernel.Copy(to, from)
	default:
		temporary := make([]byte, n)
		kernel.Pack(temporary, from, false)
		kernel.Unpack(to, temporary, false)
	}
}

// sameStructure is memoryview's rule for assignments.
func sameStructure(a, b *C.gmvBuffer) bool {
	return sameItems(a, b) && slices.Equal(ints(a.shape, int(a.ndim)), ints(b.shape, int(b.ndim)))
}

// sameItems tells that two buffers have items of the same size and format; a leading '@' does not count.
func sameItems(a, b *C.gmvBuffer) bool {
	return a.itemsize == b.itemsize && strings.TrimPrefix(text(a.format), "@") == strings.TrimPrefix(text(b.format), "@")
}
