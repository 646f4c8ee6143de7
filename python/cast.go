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

// gmvCast says in size the bytes of an item in a cast of src to a format and a shape, or why there is none. The format is NULL
// where it is no ASCII text. Ndim may be gmvNoShape or gmvOddShape; extents after the first valid ones are no integers. The
// order of the checks is that of CPython's memory_cast.
//
//export gmvCast
func gmvCast(size *C.ptrdiff_t, src *C.gmvBuffer, contiguous C.int, to *C.char, ndim C.int, shape *C.ptrdiff_t, valid C.int) (code C.int) {
	defer guarded(&code)
	if code = castable(src, contiguous != 0, int(ndim)); code != C.gmvDone {
		return code
	}
	if to == nil {
		return C.gmvFormatText
	}
	bytes, code := castSize(src, to)
	if code == C.gmvDone && ndim != C.gmvNoShape {
		code = checkExtents(ints(shape, int(valid)), int(ndim), bytes, int(src.len))
	}
	*size = C.ptrdiff_t(bytes)
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
	case !mayCast(from, to):
		return 0, C.gmvTwoFormats
	case int(src.len)%typ.Size() != 0:
		return 0, C.gmvLength
	}
	return typ.Size(), C.gmvDone
}

// mayCast is the rule between two formats: one of them is of bytes.
func mayCast(from, to string) bool { return isByte(from) || isByte(to) }

func isByte(code string) bool { return code != "" && strings.Contains("bBc", code) }

// checkExtents checks that items of size bytes in this shape, which has ndim dimensions, fill the length.
func checkExtents(shape []int, ndim, size, length int) C.int {
	product := size
	for _, extent := range shape {
		switch {
		case extent <= 0:
			return C.gmvExtent
		case extent > math.MaxInt/product:
			return C.gmvProduct
		}
		product *= extent
	}
	switch {
	case len(shape) < ndim:
		return C.gmvExtentType
	case product != length:
		return C.gmvSize
	}
	return C.gmvDone
}
