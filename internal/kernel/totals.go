package kernel

import (
	"math"
	"unsafe"
)

// Totals are of a run of floats. They are added in float64, in [lanes] sums that are added at the end, so
// that every machine comes to the same bits. A NaN or an infinity among the numbers shows in the sum, which
// is then neither finite; Low and High pass NaNs by.
type Totals struct{ Sum, Low, High float64 }

// Spread is of a run of floats, around a center.
type Spread struct {
	Distances        float64 // sum of the distances from the center
	Squares          float64 // and of their squares
	Negatives, Zeros int     // how many are below 0, and how many are 0
}

const (
	lanes  = 16 // numbers at a time, and sums
	vector = 4  // float64 in a register
)

// laneTotals and laneSpread are what the loops leave when the registers of a turn are added.
type (
	laneTotals struct{ sum, low, high [vector]float64 }
	laneSpread struct {
		distances, squares [vector]float64
		negatives, zeros   [vector]int64
	}
)

// TotalsOf adds up a run. Of no numbers the lowest is +Inf and the highest -Inf.
func TotalsOf[F floats](x []F) Totals {
	t := Totals{Low: math.Inf(1), High: math.Inf(-1)}
	if whole := len(x) &^ (lanes - 1); whole > 0 {
		var l laneTotals
		totals(x[:whole], &l)
		t.Sum = (l.sum[0] + l.sum[1]) + (l.sum[2] + l.sum[3])
		for i := range vector {
			t.Low, t.High = min(t.Low, l.low[i]), max(t.High, l.high[i])
		}
		x = x[whole:]
	}
	for _, v := range x {
		f := float64(v)
		t.Sum += f
		if f < t.Low {
			t.Low = f
		}
		if f > t.High {
			t.High = f
		}
	}
	return t
}

// SpreadOf adds up the distances of a run from a center.
func SpreadOf[F floats](x []F, center float64) (s Spread) {
	if whole := len(x) &^ (lanes - 1); whole > 0 {
		var l laneSpread
		spread(x[:whole], center, &l)
		s.Distances = (l.distances[0] + l.distances[1]) + (l.distances[2] + l.distances[3])
		s.Squares = (l.squares[0] + l.squares[1]) + (l.squares[2] + l.squares[3])
		for i := range vector {
			s.Negatives += int(l.negatives[i])
			s.Zeros += int(l.zeros[i])
		}
		x = x[whole:]
	}
	for _, v := range x {
		f := float64(v)
		d := f - center
		s.Distances += d
		s.Squares += float64(d * d)
		s.Negatives += int(bit(f < 0))
		s.Zeros += int(bit(f == 0))
	}
	return s
}

// totalsGo is totals in Go. The conversions keep machines from joining a product and a sum.
func totalsGo[F floats](x []F, out *laneTotals) {
	ran("totals")
	var sum, low, high [lanes]float64
	for l := range lanes {
		low[l], high[l] = math.Inf(1), math.Inf(-1)
	}
	for ; len(x) >= lanes; x = x[lanes:] {
		for l, v := range (*[lanes]F)(x) {
			f := float64(v)
			sum[l] += f
			if f < low[l] {
				low[l] = f
			}
			if f > high[l] {
				high[l] = f
			}
		}
	}
	for l := range vector {
		out.sum[l] = fold(&sum, l)
		out.low[l] = min(low[l], low[l+vector], low[l+2*vector], low[l+3*vector])
		out.high[l] = max(high[l], high[l+vector], high[l+2*vector], high[l+3*vector])
	}
}

func spreadGo[F floats](x []F, center float64, out *laneSpread) {
	ran("spread")
	var distances, squares [lanes]float64
	for ; len(x) >= lanes; x = x[lanes:] {
		for l, v := range (*[lanes]F)(x) {
			d := float64(v) - center
			distances[l] += d
			squares[l] += float64(d * d)
			out.negatives[l%vector] += int64(bit(v < 0))
			out.zeros[l%vector] += int64(bit(v == 0))
		}
	}
	for l := range vector {
		out.distances[l], out.squares[l] = fold(&distances, l), fold(&squares, l)
	}
}

// fold adds the lanes of a turn's registers.
func fold(x *[lanes]float64, l int) float64 {
	return (x[l] + x[l+vector]) + (x[l+2*vector] + x[l+3*vector])
}

// sizeOf is how many bytes a float has.
func sizeOf[F floats]() int { return int(unsafe.Sizeof(F(0))) }
