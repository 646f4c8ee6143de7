package cases

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview/bench/stat"
)

// small is a scale at which every case takes no time.
var small = Scale{KiB: 64, MiB: 1 << 10, GiB: 1 << 14, Thousand: 16, Million: 1 << 10, Side: 48, Height: 10, Width: 12}

func machine(t testing.TB) *Machine {
	m, err := NewMachine()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// ready prepares a case, and skips it where its peer is not at hand.
func ready(t testing.TB, c Case, m *Machine) *Pair {
	p, err := c.Prepare(m)
	if p != nil && p.Close != nil {
		t.Cleanup(p.Close)
	}
	if errors.Is(err, ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestCases holds our side of every case to what its peer comes to, or to a definition.
func TestCases(t *testing.T) {
	m := machine(t)
	for _, c := range Table(small) {
		t.Run(c.String(), func(t *testing.T) {
			p := ready(t, c, m)
			if err := p.Check(); err != nil {
				t.Error(err)
			}
			if p.Value != nil {
				if value, err := p.Value(); err != nil || value < 0 || value > 1e6 {
					t.Errorf("a value of %v, %v", value, err)
				}
			}
		})
	}
}

// TestTargets wants a case, and one name for each, for what is promised.
func TestTargets(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Table(Full) {
		if seen[c.String()] {
			t.Errorf("two cases are named %s", c)
		}
		seen[c.String()] = true
		if (c.Target.Unit == Ratio || c.Target.Unit == Faster) != (c.Peer != "") {
			t.Errorf("%s: a target in %s", c, c.Target.Unit)
		}
	}
}

func TestCheckFindsWrongResults(t *testing.T) {
	one := calls(func() error { return nil }, func() string { return "1" })
	two := calls(func() error { return nil }, func() string { return "2" })
	if err := (&Pair{Ours: one, Peer: one}).Check(); err != nil {
		t.Error(err)
	}
	if err := (&Pair{Ours: one, Peer: two}).Check(); err == nil || !strings.Contains(err.Error(), "comes to 1") {
		t.Errorf("error %v, want one that says what ours comes to", err)
	}
}

func TestJudge(t *testing.T) {
	atMost, atLeast, none := Target{2, Ratio}, Target{2, Faster}, Target{0, Allocations}
	for _, test := range []struct {
		target    Target
		low, high float64
		want      Verdict
	}{
		{atMost, 1, 1.9, Met},
		{atMost, 1, 2, Met},
		{atMost, 1.9, 2.1, Open},
		{atMost, 2.1, 3, Miss},
		{atLeast, 2.1, 3, Met},
		{atLeast, 1.9, 2.1, Open},
		{atLeast, 1, 1.9, Miss},
		{none, 0, 0, Met},
		{none, 1, 1, Miss},
		{atMost, math.Inf(-1), math.Inf(1), Open},
	} {
		if got := test.target.Judge(stat.Interval{Low: test.low, High: test.high}); got != test.want {
			t.Errorf("%v to %v of %v: %s, want %s", test.low, test.high, test.target, got, test.want)
		}
	}
}

// TestSlowed slows our side on purpose, by a clock of the test's own that is unsteady by a fifth: what was met
// becomes a miss.
func TestSlowed(t *testing.T) {
	plan := stat.Plan{Batch: time.Millisecond, Rounds: 15, Least: 6, Budget: time.Minute}
	turn := 0
	clocked := func(perCall time.Duration) Side {
		return Side{Run: func(n int) (time.Duration, error) {
			turn++
			return time.Duration(n) * perCall * time.Duration(90+turn%21) / 100, nil
		}}
	}
	for _, test := range []struct {
		target Target
		peer   string
		slow   time.Duration // our time a call, in ns, with a peer of 1000
		want   Verdict
	}{
		{Target{1.3, Ratio}, "peer", 1000, Met},
		{Target{1.3, Ratio}, "peer", 2000, Miss},
		{Target{7, Faster}, "peer", 100, Met},
		{Target{7, Faster}, "peer", 300, Miss},
		{Target{30, Nanoseconds}, "", 20, Met},
		{Target{30, Nanoseconds}, "", 40, Miss},
	} {
		c := Case{Peer: test.peer, Target: test.target}
		figures, _, _, err := c.Samples(&Pair{Ours: clocked(test.slow), Peer: clocked(1000)}, plan)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Target.Judge(stat.Median95(figures)); got != test.want {
			t.Errorf("%v at %v: %s, want %s", test.target, test.slow, got, test.want)
		}
	}
}

func TestTargetText(t *testing.T) {
	for _, test := range []struct {
		target Target
		figure float64
		want   string
	}{
		{Target{0.65, Ratio}, 0.6666, "0.667x"},
		{Target{0.65, Ratio}, 0.65, "0.65x"},
		{Target{100, Faster}, 123.4, "123x faster"},
		{Target{7, Faster}, 7, "7x faster"},
		{Target{30, Nanoseconds}, 26.35, "26.4 ns"},
		{Target{30, Nanoseconds}, 12345, "12.3 µs"},
		{Target{0, Allocations}, 0, "0 allocs"},
		{Target{184, Bytes}, 144, "144 bytes"},
		{Target{1, Ratio}, 5463.2, "5463x"},
	} {
		if got := test.target.Format(test.figure); got != test.want {
			t.Errorf("%v is written %q, want %q", test.figure, got, test.want)
		}
	}
	if got := (Target{7, Faster}).String(); got != "≥ 7x faster" {
		t.Errorf("target %q", got)
	}
}

// BenchmarkCases is every case as a benchmark of Go's, at the scale of the targets.
func BenchmarkCases(b *testing.B) {
	m := machine(b)
	for _, c := range Table(Full) {
		b.Run(strings.ReplaceAll(c.String(), " / ", "/"), func(b *testing.B) {
			if c.Large && testing.Short() {
				b.Skip("takes gigabytes: not in short mode")
			}
			p := ready(b, c, m)
			if err := p.Check(); err != nil {
				b.Fatal(err)
			}
			if p.Ours.Run == nil {
				b.Skip("counts, and takes no time")
			}
			b.SetBytes(int64(c.Bytes))
			b.ResetTimer()
			if _, err := p.Ours.Run(b.N); err != nil {
				b.Fatal(err)
			}
		})
	}
}
