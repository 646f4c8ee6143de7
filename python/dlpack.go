package main

// #include "engine.h"
import "C"

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/dlpack"
)

// gmvReadTensor writes what a managed tensor says of its memory to said, which has room for so many bytes, as from_dlpack in _view.py reads
// it: the lowest address and the size of the memory, where in it item 0 lies, whether it is read-only, the format, shape and strides.
//
//export gmvReadTensor
func gmvReadTensor(managed unsafe.Pointer, versioned C.int, said unsafe.Pointer, room C.int) (code C.int) {
	defer guarded(&code)
	tensor, readOnly, err := dlpack.Open(managed, versioned != 0)
	if err != nil {
		return refuse(err, C.gmvBadBuffer)
	}
	a, err := tensor.Read()
	if err != nil {
		return refuse(err, C.gmvBadBuffer)
	}
	first, end := a.Span()
	text := fmt.Sprintf("%d %d %d %t %s %s %s", a.Item0+uintptr(first), end-first, -first, readOnly, a.Layout.Format, list(a.Layout.Shape), list(a.Layout.Strides))
	if len(text) >= int(room) {
		return refuse(fmt.Errorf("a tensor of %d dimensions is too much to tell", len(a.Layout.Shape)), C.gmvBadBuffer)
	}
	into := unsafe.Slice((*byte)(said), int(room))
	into[copy(into, text)] = 0
	return C.gmvDone
}

// list has a comma behind each number.
func list(numbers []int) string {
	var b strings.Builder
	b.WriteByte(',')
	for _, n := range numbers {
		fmt.Fprintf(&b, "%d,", n)
	}
	return b.String()
}

// gmvWriteTensor makes a managed tensor, in memory that is zero, of the items of a buffer. Numbers has room for two to each dimension.
//
//export gmvWriteTensor
func gmvWriteTensor(managed unsafe.Pointer, numbers *C.int64_t, b *C.gmvBuffer, versioned, copied C.int, deleter unsafe.Pointer) (code C.int) {
	defer guarded(&code)
	l := layoutOf(b)
	l.Format = text(b.format)
	var flags uint64
	if b.readonly != 0 {
		flags |= dlpack.ReadOnly
	}
	if copied != 0 {
		flags |= dlpack.Copied
	}
	room := unsafe.Slice((*int64)(unsafe.Pointer(numbers)), 2*int(b.ndim))
	if err := dlpack.Fill(managed, versioned != 0, flags, dlpack.Owner{Deleter: uintptr(deleter)}, uintptr(b.buf), l, room); err != nil {
		return refuse(err, C.gmvBadBuffer)
	}
	return C.gmvDone
}
