package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestRank holds the ranks to the table of the sign test's intervals for the median (W. J. Conover, Practical
// Nonparametric Statistics; the same as R's qbinom(0.025, n, 0.5)).
func TestRank(t *testing.T) {
	for n, want := range map[int]int{
		1: 0, 5: 0, 6: 1, 7: 1, 8: 1, 9: 2, 10: 2, 11: 2, 12: 3, 15: 4, 17: 5, 20: 6, 25: 8, 30: 10, 40: 14, 50: 18, 100: 40,
	} {
		if got := rank(n); got != want {
			t.Errorf("rank(%d) = %d, want %d", n, got, want)
		}
	}
}

func TestMedian95(t *testing.T) {
	inf := math.Inf(1)
	for _, test := range []struct {
		samples []float64
		want    Interval
	}{
		{[]float64{3, 1, 2}, Interval{-inf, 2, inf}},
		{[]float64{6, 5, 4, 3, 2, 1}, Interval{1, 3.5, 6}},
		{[]float64{9, 8, 7, 6, 5, 4, 3, 2, 1}, Interval{2, 5, 8}},
	} {
		if got := Median95(test.samples); got != test.want {
			t.Errorf("Median95(%v) = %v, want %v", test.samples, got, test.want)
		}
	}
	if got := Median95(nil); !math.IsNaN(got.Median) {
		t.Errorf("Median95(nil) = %v", got)
	}
}

// TestCoverage draws from a skewed distribution whose median is known, ln 2, and counts how often the interval
// has it: at least 95% of the time, and not much more than the 96.5% that n = 15 gives.
func TestCoverage(t *testing.T) {
	const draws = 20000
	random := rand.New(rand.NewPCG(1, 2))
	inside := 0
	samples := make([]float64, 15)
	for range draws {
		for i := range samples {
			samples[i] = random.ExpFloat64()
		}
		if got := Median95(samples); got.Low <= math.Ln2 && math.Ln2 <= got.High {
			inside++
		}
	}
	if share := float64(inside) / draws; share < 0.96 || share > 0.97 {
		t.Errorf("the interval has the median in %.2f%% of the draws, want 96.5%%", 100*share)
	}
}
