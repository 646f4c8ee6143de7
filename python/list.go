package main

// #include "engine.h"
import "C"

import (
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// gmvUnpack unpacks count items of src, at most gmvMost, from number first on in C order.
//
//export gmvUnpack
func gmvUnpack(batch *C.gmvBatch, src *C.gmvBuffer, first, count C.ptrdiff_t) (code C.int) {
	defer guarded(&code)
	guard()
	typ, code := typeOf(src)
	if code != C.gmvDone {
		return code
	}
	from, to, ok := numbers(typ)
	if !ok {
		return C.gmvFormat
	}
	it := items(src)
	it.Size = from.Size
	kernel.PackRange(packed(batch, int(count)*from.Size), it, int(first)*from.Size)
	batch.shape = count
	kernel.Convert(
		row(unsafe.Pointer(&batch.values), to, &batch.shape, &batch.stride),
		row(unsafe.Pointer(&batch.packed), from, &batch.shape, &batch.stride_packed), to, from)
	return C.gmvDone
}

func packed(batch *C.gmvBatch, n int) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&batch.packed)), n)
}

// row describes numbers side by side.
func row(base unsafe.Pointer, n kernel.Number, shape, stride *C.ptrdiff_t) kernel.Items {
	*stride = C.ptrdiff_t(n.Size)
	return kernel.Items{Base: base, Size: n.Size, Shape: ints(shape, 1), Strides: ints(stride, 1)}
}

// numbers says how the kernels read items of a type, and what gmvBatch has for them.
func numbers(typ *format.Type) (from, to kernel.Number, ok bool) {
	switch from, ok = typed.NumberOf(typ); {
	case typ.Kind() == format.Bytes && typ.Size() == 1:
		from = kernel.Number{Kind: kernel.Uint, Size: 1}
		return from, from, true
	case from.Kind == kernel.Bool:
		return from, kernel.Number{Kind: kernel.Uint, Size: 1}, ok
	case from.Kind == kernel.Complex:
		return from, from, false
	}
	return from, kernel.Number{Kind: from.Kind, Size: 8}, ok
}
