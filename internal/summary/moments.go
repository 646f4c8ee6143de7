package summary

import (
	"math"
	"math/big"
	"math/bits"
)

// moments are a mean and the sum of the squared distances from it.
type moments struct {
	n               int
	center, squares float64
}

// join adds those of further items (Chan, Golub and LeVeque 1979).
func (m *moments) join(o moments) {
	if m.n == 0 || o.n == 0 {
		if o.n > 0 {
			*m = o
		}
		return
	}
	n, other := float64(m.n), float64(o.n)
	apart := o.center - m.center
	m.n += o.n
	m.center += apart * (other / (n + other))
	m.squares += o.squares + apart*apart*(n*other/(n+other))
}

func (m *moments) std() float64 { return math.Sqrt(m.squares / float64(m.n)) }

// compensated is a sum that keeps what additions lose (Neumaier 1974).
type compensated struct{ sum, lost float64 }

func (c *compensated) add(x float64) {
	sum := c.sum + x
	if math.IsInf(sum, 0) || math.IsNaN(sum) { // out of range: value says so
		c.sum = sum
		return
	}
	if math.Abs(c.sum) >= math.Abs(x) {
		c.lost += c.sum - sum + x
	} else {
		c.lost += x - sum + c.sum
	}
	c.sum = sum
}

// value is an infinity where the sum has left the range.
func (c *compensated) value() float64 {
	if math.IsInf(c.sum, 0) || math.IsNaN(c.sum) {
		return c.sum
	}
	return c.sum + c.lost
}

// big is the sum of whole numbers. Those of a block are exact, and so are what is kept and what is lost.
func (c *compensated) big() *big.Int {
	sum, _ := big.NewFloat(c.sum).Int(nil)
	lost, _ := big.NewFloat(c.lost).Int(nil)
	return sum.Add(sum, lost)
}

// wide is an integer of 128 bits.
type wide struct {
	upper int64
	lower uint64
}

func wideOf[T int64 | uint64](x T) wide {
	if x < 0 {
		return wide{-1, uint64(x)}
	}
	return wide{0, uint64(x)}
}

func (w wide) shifted(n int) wide {
	return wide{w.upper<<n | int64(w.lower>>(64-n)), w.lower << n}
}

func (w wide) plus(x wide) wide {
	lower, carry := bits.Add64(w.lower, x.lower, 0)
	return wide{w.upper + x.upper + int64(carry), lower}
}

func (w *wide) add(x wide) { *w = w.plus(x) }

func (w wide) big() *big.Int {
	x := new(big.Int).Lsh(big.NewInt(w.upper), 64)
	return x.Add(x, new(big.Int).SetUint64(w.lower))
}
