//go:build !purego

package kernel

import "unsafe"

// kernelsFrom are the kernels that convert to one sort of number, by kind and size of the others and
// by their order of bytes: the machine's and the other one.
type kernelsFrom [Complex][4][2]kernel

var kernelsToFloat64 = kernelsFrom{
	Int: {
		{int8ToFloat64},
		{int16ToFloat64, swappedInt16ToFloat64},
		{int32ToFloat64, swappedInt32ToFloat64},
		{int64ToFloat64, swappedInt64ToFloat64},
	},
	Uint: {
		{uint8ToFloat64},
		{uint16ToFloat64, swappedUint16ToFloat64},
		{uint32ToFloat64, swappedUint32ToFloat64},
		{uint64ToFloat64, swappedUint64ToFloat64},
	},
	Float: {
		1: {halfToFloat64, swappedHalfToFloat64},
		2: {float32ToFloat64, swappedFloat32ToFloat64},
	},
	BrainFloat: {1: {brainToFloat64, swappedBrainToFloat64}},
}

var kernelsToFloat32 = kernelsFrom{
	Int: {
		{int8ToFloat32},
		{int16ToFloat32, swappedInt16ToFloat32},
		{int32ToFloat32, swappedInt32ToFloat32},
	},
	Uint: {
		{uint8ToFloat32},
		{uint16ToFloat32, swappedUint16ToFloat32},
	},
	Float: {
		1: {halfToFloat32, swappedHalfToFloat32},

		3: {float64ToFloat32, swappedFloat64ToFloat32},
	},
	BrainFloat: {1: {brainToFloat32, swappedBrainToFloat32}},
}

// kernelsToInt32 cut fractions of floats, by size.
var kernelsToInt32 = [4]kernel{2: float32ToInt32, 3: float64ToInt32}

// kernelsToLonger make integers of a size from shorter ones, by both sizes.
var kernelsToLonger = [Float][4][4]kernel{
	Int: {
		{1: int8ToInt16, 2: int8ToInt32, 3: int8ToInt64},
		{2: int16ToInt32, 3: int16ToInt64},
		{3: int32ToInt64},
	},
	Uint: {
		{1: uint8ToUint16, 2: uint8ToUint32, 3: uint8ToUint64},
		{2: uint16ToUint32, 3: uint16ToUint64},
		{3: uint32ToUint64},
	},
}

var swapKernels = [4]kernel{1: swap16AVX2, 2: swap32AVX2, 3: swap64AVX2}

// kernelOf finds the kernel that converts numbers that are not Complex, or nil.
func kernelOf(to, from Number) kernel {
	if !hasAVX2 || to.Kind == Coded || from.Kind == Coded {
		return nil
	}
	size, swap := bySize(from.Size), bit(from.Swap)
	switch {
	case to == from:
		return nil
	case to.Kind == from.Kind && to.Size == from.Size:
		return swapKernels[size]
	case to.Kind == Uint && to.Size == 1 && from.Kind == Bool:
		return truthAVX2
	case to.integer() && from.integer() && !to.Swap && !from.Swap:
		return kernelsToLonger[from.Kind][size][bySize(to.Size)]
	case to == Number{Kind: Int, Size: 4} && from.Kind == Float && !from.Swap:
		return kernelsToInt32[size]
	case to == Number{Kind: Float, Size: 8}:
		return kernelsToFloat64[from.Kind][size][swap]
	case to == Number{Kind: Float, Size: 4}:
		return kernelsToFloat32[from.Kind][size][swap]
	}
	return nil
}

func between(src unsafe.Pointer, n int, low, high float64) bool {
	if !hasAVX2 || n < turnNumbers {
		return betweenGo(src, n, low, high)
	}
	for done := 0; done < n; {
		call := callOf(n - done)
		if !float64sFitAVX2((*byte)(unsafe.Add(src, done*8)), call, low, high) {
			return false
		}
		done += call
	}
	return true
}
