//go:build !purego

package kernel

// sameKernelsFloat64 compare other numbers with float64.
var sameKernelsFloat64 = [Complex][4][2]sameKernel{
	Int: {
		{sameInt8Float64},
		{sameInt16Float64, sameSwappedInt16Float64},
		{sameInt32Float64, sameSwappedInt32Float64},
	},
	Uint: {
		{sameUint8Float64},
		{sameUint16Float64, sameSwappedUint16Float64},
	},
	Float: {
		1: {sameHalfFloat64, sameSwappedHalfFloat64},
		2: {sameFloat32Float64, sameSwappedFloat32Float64},
		3: {sameFloat64Float64},
	},
	BrainFloat: {1: {sameBrainFloat64, sameSwappedBrainFloat64}},
}

// sameKernelOf finds the kernel that compares numbers that are not Complex, or nil.
func sameKernelOf(a, b Number) sameKernel {
	switch {
	case !hasAVX2 || a.Kind == Coded:
	case b == Number{Kind: Float, Size: 8}:
		return sameKernelsFloat64[a.Kind][bySize(a.Size)][bit(a.Swap)]
	case a == b && a == Number{Kind: Float, Size: 4}:
		return sameFloat32Float32
	}
	return nil
}
