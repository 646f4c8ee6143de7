package main

// #include "engine.h"
import "C"

import (
	"math"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// gmvCast makes dst, which has room for ndim dimensions and for one, the cast of src to a format and a shape. The
// format is NULL where it is no ASCII text. Ndim may be gmvNoShape or gmvOddShape; extents after the first valid
// ones are no integers. The order of the checks is that of CPython's memory_cast.
//
//export gmvCast
func gmvCast(dst, src *C.gmvBuffer, contiguous C.int, to *C.char, ndim C.int, shape *C.ptrdiff_t, valid C.int) (code C.int) {
	defer guarded(&code)
	if code = castable(src, contiguous != 0, int(ndim)); code != C.gmvDone {
		return code
	}
	if to == nil {
		return C.gmvFormatText
	}
	size, code := castSize(src, to)
	if code != C.gmvDone {
		return code
	}
	dst.itemsize = C.ptrdiff_t(size)
	if ndim == C.gmvNoShape {
		dst.ndim = 1
		ints(dst.shape, 1)[0], ints(dst.strides, 1)[0] = int(src.len)/size, size
		return C.gmvDone
	}
	dst.ndim = ndim
	extents := ints(dst.shape, int(ndim))
	copy(extents, ints(shape, int(valid)))
	if code = checkExtents(extents, int(valid), size, int(src.len)); code == C.gmvDone {
		kernel.ContiguousStrides(ints(dst.strides, int(ndim)), extents, size, false)
	}
	return code
}

// castable checks what does not depend on the format.
func castable(src *C.gmvBuffer, contiguous bool, ndim int) C.int {
	switch {
	case !contiguous:
		return C.gmvNotContiguous
	case (ndim != C.gmvNoShape || src.ndim != 1) && slices.Contains(ints(src.shape, int(src.ndim)), 0):
		return C.gmvZeros
	case ndim == C.gmvOddShape:
		return C.gmvShapeType
	case ndim > kernel.MaxDims:
		return C.gmvDimensions
	case ndim != C.gmvNoShape && src.ndim != 1 && ndim != 1:
		return C.gmvOneDimension
	}
	return C.gmvDone
}

// castSize returns the bytes of an item of the format.
func castSize(src *C.gmvBuffer, s *C.char) (int, C.int) {
	to, from := nativeCode(text(s)), nativeCode(text(src.format))
	if to == "" {
		return 0, C.gmvDestination
	}
	typ, err := format.Parse(to)
	switch {
	case err != nil:
		return 0, C.gmvFormat
	case !isByte(from) && !isByte(to):
		return 0, C.gmvTwoFormats
	case int(src.len)%typ.Size() != 0:
		return 0, C.gmvLength
	}
	return typ.Size(), C.gmvDone
}

func isByte(code string) bool { return code != "" && strings.Contains("bBc", code) }

// checkExtents checks that items of size bytes in this shape fill the length.
func checkExtents(shape []int, valid, size, length int) C.int {
	product := size
	for _, extent := range shape[:valid] {
		switch {
		case extent <= 0:
			return C.gmvExtent
		case extent > math.MaxInt/product:
			return C.gmvProduct
		}
		product *= extent
	}
	switch {
	case valid < len(shape):
		return C.gmvExtentType
	case product != length:
		return C.gmvSize
	}
	return C.gmvDone
}
