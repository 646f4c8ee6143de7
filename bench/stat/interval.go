// Package stat measures two sides in turn, and says between which bounds the median of what it saw lies.
package stat

import (
	"math"
	"slices"
)

// Interval is a median, and the bounds between which the true median lies with 95% confidence.
type Interval struct {
	Low, Median, High float64
}

// Median95 takes the bounds from the samples' own order, by the sign test: whatever their distribution, the
// true median lies below the k-th smallest as rarely as a coin falls on one side in all but k-1 of n throws.
// Fewer than six samples bound nothing: the interval is then infinite.
func Median95(samples []float64) Interval {
	sorted := slices.Sorted(slices.Values(samples))
	n := len(sorted)
	if n == 0 {
		return Interval{math.Inf(-1), math.NaN(), math.Inf(1)}
	}
	median := (sorted[(n-1)/2] + sorted[n/2]) / 2
	k := rank(n)
	if k == 0 {
		return Interval{math.Inf(-1), median, math.Inf(1)}
	}
	return Interval{sorted[k-1], median, sorted[n-k]}
}

// rank returns the greatest k for which the k-th smallest and the k-th largest of n samples enclose the true
// median with at least 95% confidence; 0 where none does.
func rank(n int) int {
	tail := math.Pow(0.5, float64(n)) // chance that less than k samples lie below the median, for k = 1
	term := tail
	k := 0
	for 2*tail <= 0.05 {
		k++
		term *= float64(n-k+1) / float64(k)
		tail += term
	}
	return k
}
