package stat

import (
	"math/rand/v2"
	"time"
)

// Side does its work n times, and returns how long that took by its own clock.
type Side func(n int) (time.Duration, error)

// Plan says how long to measure.
type Plan struct {
	Batch  time.Duration // about how long one batch of a side lasts; a single call may last longer
	Rounds int           // how many batches each side gets
	Least  int           // how many it gets also after the budget is used up
	Budget time.Duration // for all rounds together
}

// Interleave lets the sides work in turn, each round in a new order, so that whatever the machine does
// meanwhile falls on all of them. It returns the nanoseconds a call of each side in each round.
func Interleave(sides []Side, plan Plan) ([][]float64, error) {
	counts := make([]int, len(sides))
	for i, side := range sides {
		n, err := calibrate(side, plan.Batch)
		if err != nil {
			return nil, err
		}
		counts[i] = n
	}
	perCall := make([][]float64, len(sides))
	start := time.Now()
	for round := range plan.Rounds {
		if round >= plan.Least && time.Since(start) > plan.Budget {
			break
		}
		for _, i := range rand.Perm(len(sides)) {
			ns, err := batch(sides[i], counts[i])
			if err != nil {
				return nil, err
			}
			perCall[i] = append(perCall[i], ns)
		}
	}
	return perCall, nil
}

// batch begins with a call that does not count: the other side has had the caches for itself.
func batch(side Side, n int) (nsPerCall float64, err error) {
	if n > 1 {
		if _, err := side(1); err != nil {
			return 0, err
		}
	}
	elapsed, err := side(n)
	return float64(elapsed.Nanoseconds()) / float64(n), err
}

// calibrate returns how many calls last about as long as a batch should.
func calibrate(side Side, batch time.Duration) (int, error) {
	for n := 1; ; {
		elapsed, err := side(n)
		if err != nil {
			return 0, err
		}
		factor := float64(batch) / float64(max(elapsed, 1))
		if factor < 4 {
			return max(1, int(float64(n)*factor)), nil
		}
		n = int(float64(n) * min(factor/2, 100))
	}
}

// Ratios returns the quotient of each round.
func Ratios(a, b []float64) []float64 {
	ratios := make([]float64, min(len(a), len(b)))
	for i := range ratios {
		ratios[i] = a[i] / b[i]
	}
	return ratios
}
