//go:build !purego

package kernel

import (
	"math"
	"unsafe"
)

const withinCall = 4096 // groups a call: the scheduler cannot stop one

// withinWords takes the whole groups, and returns how many numbers they have.
func withinWords[T words](bits []uint64, x []T, low, span T) (done int) {
	const sign = 1 << 63
	var kernel func(p *byte, groups int, low, span uint64, out *byte)
	low64, span64 := repeated(low), repeated(span)
	switch unsafe.Sizeof(low) {
	case 1:
		kernel = within1AVX2
	case 2:
		kernel = within2AVX2
	case 4:
		kernel = within4AVX2
	default:
		kernel = within8AVX2
		low64, span64 = low64^sign, span64^sign
	}
	return inGroups(bits, x, func(p *byte, groups int, out *byte) { kernel(p, groups, low64, span64, out) })
}

func withinFloats[F floats](bits []uint64, x []F, low, high F) (done int) {
	return inGroups(bits, x, func(p *byte, groups int, out *byte) {
		if sizeOf[F]() == 4 {
			withinFloat32AVX2(p, groups, repeated(math.Float32bits(float32(low))), repeated(math.Float32bits(float32(high))), out)
		} else {
			withinFloat64AVX2(p, groups, math.Float64bits(float64(low)), math.Float64bits(float64(high)), out)
		}
	})
}

// inGroups calls a kernel for whole groups, and returns how many numbers they have.
func inGroups[T any](bits []uint64, x []T, kernel func(p *byte, groups int, out *byte)) (done int) {
	if !hasAVX2 {
		return 0
	}
	for groups := len(x) / group; groups > 0; {
		call := min(groups, withinCall)
		kernel((*byte)(unsafe.Pointer(&x[done])), call, (*byte)(unsafe.Pointer(&bits[done/group])))
		done += call * group
		groups -= call
	}
	return done
}
