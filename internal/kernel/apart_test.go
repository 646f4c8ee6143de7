package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestApart holds both versions to what each pair alone says.
func TestApart(t *testing.T) {
	defer setAVX2(setAVX2(true))
	rng := rand.New(rand.NewPCG(31, 18))
	specials := []float64{0, math.Copysign(0, -1), 1, 1 + 0x1p-52, -1, 1.5, 1e-310, 5e-324, 1e300, -1e300, math.MaxFloat64, -math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1)}
	tolerances := []float64{0, 1e-16, 0.5, 1e300, math.Inf(1)}
	for n := range 400 {
		a, b := make([]float64, n), make([]float64, n)
		few := 2 + rng.IntN(len(specials)-1)
		for i := range a {
			a[i], b[i] = specials[rng.IntN(few)], specials[rng.IntN(few)]
			if rng.IntN(2) == 0 {
				b[i] = a[i]
			}
		}
		tolerance := Tolerance{tolerances[rng.IntN(4)], tolerances[rng.IntN(5)]}
		var want []int
		distance, ratio := 0.0, 0.0
		for i, x := range a {
			y := b[i]
			far, size := math.Abs(x-y), math.Abs(y)
			if x == y || far <= tolerance.Absolute+float64(tolerance.Relative*size) && !math.IsInf(y, 0) {
				continue
			}
			want = append(want, i)
			if !math.IsNaN(far) {
				distance = math.Max(distance, far)
			}
			if r := far / size; !math.IsNaN(r) {
				ratio = math.Max(ratio, r)
			}
		}
		for _, fast := range []bool{true, false} {
			setAVX2(fast)
			bits := slices.Repeat([]uint64{math.MaxUint64}, (n+group-1)/group)
			gotDistance, gotRatio := Apart(bits, a, b, tolerance)
			var got []int
			for i := range len(bits) * group {
				if bits[i/group]>>(i%group)&1 == 1 {
					got = append(got, i)
				}
			}
			if !slices.Equal(got, want) || gotDistance != distance || gotRatio != ratio {
				t.Fatalf("%d pairs, assembly %v, %v: %v %g %g, want %v %g %g", n, fast, tolerance, got, gotDistance, gotRatio, want, distance, ratio)
			}
		}
	}
}
