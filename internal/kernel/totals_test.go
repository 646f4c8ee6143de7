package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// testTotals holds both versions of the loops to each other, bit by bit, and to exact sums.
func testTotals[F floats](t *testing.T, x []F) {
	t.Helper()
	defer setAVX2(setAVX2(true))
	const center = 0.75
	fast, fastSpread := TotalsOf(x), SpreadOf(x, center)
	setAVX2(false)
	slow, slowSpread := TotalsOf(x), SpreadOf(x, center)
	if fast != slow && !(isNaN(fast.Sum) && isNaN(slow.Sum)) {
		t.Errorf("%d numbers: %v, in Go %v", len(x), fast, slow)
	}
	if fastSpread != slowSpread && !(isNaN(fastSpread.Distances) && isNaN(slowSpread.Distances)) {
		t.Errorf("%d numbers: %v, in Go %v", len(x), fastSpread, slowSpread)
	}
	checkTotals(t, x, fast, fastSpread, center)
}

// checkTotals compares with exact sums, where all numbers are finite.
func checkTotals[F floats](t *testing.T, x []F, got Totals, spread Spread, center float64) {
	t.Helper()
	sum, size, squares := bigFloat(0), 0.0, bigFloat(0)
	low, high, negatives, zeros := math.Inf(1), math.Inf(-1), 0, 0
	for _, v := range x {
		f := float64(v)
		if f < 0 {
			negatives++
		}
		if f == 0 {
			zeros++
		}
		if !isNaN(f) {
			low, high = math.Min(low, f), math.Max(high, f)
		}
		if size += math.Abs(f); isNaN(size) || math.IsInf(size, 0) {
			continue
		}
		d := bigFloat(f)
		sum.Add(sum, d)
		d.Sub(d, bigFloat(center))
		squares.Add(squares, d.Mul(d, d))
	}
	if got.Low != low || got.High != high || spread.Negatives != negatives || spread.Zeros != zeros {
		t.Errorf("%d numbers: %v %v, want %v, %v, %d and %d", len(x), got, spread, low, high, negatives, zeros)
	}
	if isNaN(size) || math.IsInf(size, 0) {
		return
	}
	const tolerance = 1e-13
	wantSum, _ := sum.Float64()
	wantSquares, _ := squares.Float64()
	if math.Abs(got.Sum-wantSum) > tolerance*size || math.Abs(spread.Squares-wantSquares) > tolerance*wantSquares {
		t.Errorf("%d numbers: %v %v, want %v and %v", len(x), got, spread, wantSum, wantSquares)
	}
	if want := wantSum - center*float64(len(x)); math.Abs(spread.Distances-want) > 2*tolerance*(size+center*float64(len(x))) {
		t.Errorf("%d numbers: %v, want distances of %v", len(x), spread, want)
	}
}

func isNaN(f float64) bool { return f != f }

func bigFloat(f float64) *big.Float { return new(big.Float).SetPrec(2000).SetFloat64(f) }

func TestTotals(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	specials := []float64{0, math.Copysign(0, -1), 1, -1, 5e-324, -1e-310, 1e300, 0.1, 3, math.NaN(), math.Inf(1), math.Inf(-1)}
	for n := range 200 {
		for _, kinds := range []int{5, 9, len(specials)} {
			x, y := make([]float64, n), make([]float32, n)
			for i := range x {
				x[i] = specials[rng.IntN(kinds)] * (1 + rng.Float64())
				y[i] = float32(x[i])
			}
			testTotals(t, x)
			testTotals(t, y)
		}
	}
}
