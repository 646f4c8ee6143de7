//go:build !purego

package kernel

import (
	"math"
	"unsafe"
)

// apart takes the whole groups, and returns how many pairs they have.
func apart(bits []uint64, a, b []float64, t Tolerance) (done int, distance, ratio float64) {
	if !hasAVX2 {
		return 0, 0, 0
	}
	for groups := len(a) / group; groups > 0; {
		call := min(groups, withinCall)
		var most [2][vector]float64
		apartAVX2((*byte)(unsafe.Pointer(&a[done])), (*byte)(unsafe.Pointer(&b[done])), call,
			math.Float64bits(t.Relative), math.Float64bits(t.Absolute), (*byte)(unsafe.Pointer(&bits[done/group])), (*byte)(unsafe.Pointer(&most)))
		for i := range vector {
			distance, ratio = max(distance, most[0][i]), max(ratio, most[1][i])
		}
		done += call * group
		groups -= call
	}
	return done, distance, ratio
}
