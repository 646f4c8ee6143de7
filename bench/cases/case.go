// Package cases is the table of what the library promises to be: how fast, beside whom, and how small.
//
// A case is one promise. It is made ready by Prepare, which gives the two sides that are measured in turn. What
// they come to is compared before they are measured.
package cases

import (
	"fmt"
	"strconv"
	"time"

	"github.com/go-memoryview/memoryview/bench/stat"
)

// Case is one promise.
type Case struct {
	Name   string // what is done, to what
	Peer   string // with whom it is compared; "" where the target is a figure of its own
	Target Target
	Bytes  int  // bytes of the items that one call delivers; 0 where a rate says nothing
	Large  bool // takes gigabytes
	PureGo bool // for the build without assembly

	Prepare func(*Machine) (*Pair, error)
}

func (c Case) String() string {
	if c.Peer == "" {
		return c.Name
	}
	return c.Name + " / " + c.Peer
}

// Pair is a case made ready.
type Pair struct {
	Ours, Peer Side
	Value      func() (float64, error) // in place of time: how many bytes, how many allocations
	Want       func() (string, error)  // what Ours must come to; nil: the same as Peer
	Close      func()                  // gives back what is not memory; may be nil
}

// Side is one of the two that are measured.
type Side struct {
	Run    stat.Side
	Result func() (string, error) // what the last call came to
}

// Unit is what a target counts.
type Unit string

// The units. Ratio is our time by the peer's; Faster is the peer's by ours.
const (
	Ratio       Unit = "x"
	Faster      Unit = "x faster"
	Nanoseconds Unit = "ns"
	Bytes       Unit = "bytes"
	Allocations Unit = "allocs"
)

// Target is what a figure has to reach: at least Limit for Faster, at most for all others.
type Target struct {
	Limit float64
	Unit  Unit
}

func (t Target) String() string {
	sign := "≤"
	if t.Unit == Faster {
		sign = "≥"
	}
	return fmt.Sprintf("%s %s", sign, t.Format(t.Limit))
}

// Format writes a figure with its unit.
func (t Target) Format(figure float64) string {
	switch t.Unit {
	case Ratio, Faster:
		return t.Number(figure) + string(t.Unit)
	case Nanoseconds:
		return t.Number(figure)
	}
	return t.Number(figure) + " " + string(t.Unit)
}

// Number writes a figure in three digits, without its unit unless it is one of time.
func (t Target) Number(figure float64) string {
	switch {
	case t.Unit == Nanoseconds && figure >= 1000:
		return threeDigits(figure/1000) + " µs"
	case t.Unit == Nanoseconds:
		return threeDigits(figure) + " ns"
	}
	return threeDigits(figure)
}

func threeDigits(x float64) string {
	if x >= 1000 {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// Margin is how many times better than its target a figure is: 1 is the target itself.
func (t Target) Margin(figure float64) float64 {
	if t.Unit == Faster {
		return figure / t.Limit
	}
	return t.Limit / figure
}

// Verdict is what an interval says of a target.
type Verdict string

// The verdicts. Only what lies wholly beyond the target is a miss: Open means that the interval contains it.
const (
	Met  Verdict = "met"
	Open Verdict = "open"
	Miss Verdict = "MISS"
)

// Judge says what an interval of figures says of the target.
func (t Target) Judge(i stat.Interval) Verdict {
	best, worst := i.Low, i.High
	if t.Unit == Faster {
		best, worst = worst, best
	}
	reached := func(figure float64) bool {
		return figure == t.Limit || (figure > t.Limit) == (t.Unit == Faster)
	}
	switch {
	case reached(worst):
		return Met
	case reached(best):
		return Open
	}
	return Miss
}

// Figures returns what the target is held against, from nanoseconds a call of ours and of the peer.
func (t Target) Figures(ours, peer []float64) []float64 {
	switch t.Unit {
	case Ratio:
		return stat.Ratios(ours, peer)
	case Faster:
		return stat.Ratios(peer, ours)
	}
	return ours
}

// Samples measures a pair that is ready, for the figures of its target.
func (c Case) Samples(p *Pair, plan stat.Plan) (figures, ours, peer []float64, err error) {
	if p.Value != nil {
		for range plan.Least {
			value, err := p.Value()
			if err != nil {
				return nil, nil, nil, err
			}
			figures = append(figures, value)
		}
		return figures, nil, nil, nil
	}
	sides := []stat.Side{p.Ours.Run}
	if c.Peer != "" {
		sides = append(sides, p.Peer.Run)
	}
	perCall, err := stat.Interleave(sides, plan)
	if err != nil {
		return nil, nil, nil, err
	}
	ours = perCall[0]
	if c.Peer != "" {
		peer = perCall[1]
	}
	return c.Target.Figures(ours, peer), ours, peer, nil
}

// Check runs both sides once, and fails unless ours comes to what is wanted.
func (p *Pair) Check() error {
	if p.Ours.Run == nil {
		return nil
	}
	got, err := p.Ours.once()
	if err != nil {
		return fmt.Errorf("ours: %w", err)
	}
	wanted := p.Want
	if wanted == nil {
		wanted = p.Peer.once
	}
	want, err := wanted()
	if err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	if got != want {
		return fmt.Errorf("ours comes to %s, and should to %s", got, want)
	}
	return nil
}

func (s *Side) once() (string, error) {
	if _, err := s.Run(1); err != nil {
		return "", err
	}
	return s.Result()
}

// calls is a side that calls f.
func calls(f func() error, result func() string) Side {
	return loop(func(n int) error {
		for range n {
			if err := f(); err != nil {
				return err
			}
		}
		return nil
	}, result)
}

// loop is a side with a loop of its own, for what is so quick that calling it would count.
func loop(f func(n int) error, result func() string) Side {
	return Side{
		Run: func(n int) (time.Duration, error) {
			start := time.Now()
			err := f(n)
			return time.Since(start), err
		},
		Result: func() (string, error) { return result(), nil },
	}
}
