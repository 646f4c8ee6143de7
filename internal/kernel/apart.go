package kernel

import "math"

// Tolerance says which floats are close: those with |a-b| <= Absolute + Relative*|b|, where b is finite.
type Tolerance struct{ Relative, Absolute float64 }

// Apart says which pairs are neither equal nor close, the first one's bit being the lowest of bits[0], and the largest
// distance |a-b| of those, and the largest |a-b|/|b|: 0 where there are none. NaNs are close to nothing, and have no
// distance. The distance is an infinity where one of them is, or where it is that large. Bits has a word for each 64 pairs,
// and is overwritten.
func Apart(bits []uint64, a, b []float64, t Tolerance) (distance, ratio float64) {
	done, distance, ratio := apart(bits, a, b, t)
	if done == len(a) {
		return distance, ratio
	}
	ran("apart")
	for i := done; i < len(a); i += group {
		var word uint64
		for k, x := range a[i:min(i+group, len(a))] {
			y := b[i+k]
			if x == y {
				continue
			}
			far, size := math.Abs(x-y), math.Abs(y)
			if far <= t.Absolute+float64(t.Relative*size) && size <= math.MaxFloat64 {
				continue
			}
			word |= 1 << k
			if far > distance {
				distance = far
			}
			if r := far / size; r > ratio {
				ratio = r
			}
		}
		bits[i/group] = word
	}
	return distance, ratio
}
