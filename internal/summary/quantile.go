package summary

import "math"

// Quantile is a number at or below which a part of the items lies: NumPy's, by its method "linear". An integer that is
// itself an item is an int64 or a uint64, everything else a float64.
type Quantile struct {
	Part  float64
	Value any
}

// quantileOf interpolates between the two items around a rank.
func quantileOf[T number](part float64, n int, isInteger bool, at func(rank int) T) Quantile {
	low, high, t := around(part, n)
	a, b := at(low), at(high)
	switch {
	case a != b:
		return Quantile{part, between(float64(a), float64(b), t)}
	case isInteger && T(int64(a)) == a && (int64(a) < 0) == (a < 0):
		return Quantile{part, int64(a)}
	}
	return Quantile{part, a}
}

// around are the ranks between which a quantile lies, and how far from the first to the second.
func around(part float64, n int) (low, high int, t float64) {
	rank := part * float64(n-1)
	low = min(max(int(math.Floor(rank)), 0), n-1)
	return low, min(low+1, n-1), rank - float64(low)
}

// between interpolates as NumPy does, from the end that is nearer.
func between(a, b, t float64) float64 {
	d := b - a
	switch {
	case math.IsInf(d, 0):
		return a*(1-t) + b*t
	case t >= 0.5:
		return b - d*(1-t)
	}
	return a + d*t
}
