package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// checkWithin runs both versions of a loop over x, and compares each bit with what a number alone says.
func checkWithin[T any](t *testing.T, x []T, run func(bits []uint64, x []T), in func(T) bool) {
	t.Helper()
	defer setAVX2(setAVX2(true))
	for _, fast := range []bool{true, false} {
		setAVX2(fast)
		bits := make([]uint64, (len(x)+group-1)/group+1)
		for i := range bits {
			bits[i] = math.MaxUint64
		}
		run(bits, x)
		for i := range (len(bits) - 1) * group {
			if got, want := bits[i/group]>>(i%group)&1 == 1, i < len(x) && in(x[i]); got != want {
				t.Fatalf("%T of %d, assembly %v: bit %d is %v", x, len(x), fast, i, got)
			}
		}
		if bits[len(bits)-1] != math.MaxUint64 {
			t.Fatalf("%T of %d, assembly %v: wrote beyond its words", x, len(x), fast)
		}
	}
}

// randomWords has few different numbers near both ends of the range.
func randomWords[T words](rng *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(rng.IntN(5)) - 2
		if rng.IntN(2) == 0 {
			x[i] ^= ^T(0)>>1 + 1
		}
		if rng.IntN(8) == 0 {
			x[i] = T(rng.Uint64())
		}
	}
	return x
}

func testWithinWords[T words](t *testing.T, rng *rand.Rand) {
	for n := range 300 {
		x := randomWords[T](rng, n+3)[rng.IntN(3):]
		ends := randomWords[T](rng, 2)
		low, span := ends[0], ends[1]
		checkWithin(t, x, func(bits []uint64, x []T) { WithinWords(bits, x, low, span) }, func(v T) bool {
			if high := low + span; low <= high {
				return low <= v && v <= high
			} else {
				return v >= low || v <= high
			}
		})
	}
}

func testWithinFloats[F floats](t *testing.T, rng *rand.Rand) {
	specials := []F{0, F(math.Copysign(0, -1)), 1, -1, 0.1, 5e-40, F(math.NaN()), F(math.Inf(1)), F(math.Inf(-1))}
	for n := range 300 {
		x := make([]F, n+rng.IntN(3))
		for i := range x {
			x[i] = specials[rng.IntN(len(specials))]
		}
		low, high := specials[rng.IntN(len(specials))], specials[rng.IntN(len(specials))]
		checkWithin(t, x, func(bits []uint64, x []F) { WithinFloats(bits, x, low, high) }, func(v F) bool { return low <= v && v <= high })
	}
}

func TestWithin(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 118))
	testWithinWords[uint8](t, rng)
	testWithinWords[uint16](t, rng)
	testWithinWords[uint32](t, rng)
	testWithinWords[uint64](t, rng)
	testWithinFloats[float32](t, rng)
	testWithinFloats[float64](t, rng)
}
