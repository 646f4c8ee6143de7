package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview/bench/cases"
	"github.com/go-memoryview/memoryview/bench/report"
	"github.com/go-memoryview/memoryview/bench/stat"
)

// side comes to a result, by a clock of its own.
func side(perCall time.Duration, result string) cases.Side {
	return cases.Side{
		Run:    func(n int) (time.Duration, error) { return time.Duration(n) * perCall, nil },
		Result: func() (string, error) { return result, nil },
	}
}

func TestMeasure(t *testing.T) {
	pair := func(ours, peer cases.Side) func(*cases.Machine) (*cases.Pair, error) {
		return func(*cases.Machine) (*cases.Pair, error) { return &cases.Pair{Ours: ours, Peer: peer}, nil }
	}
	for _, test := range []struct {
		name    string
		prepare func(*cases.Machine) (*cases.Pair, error)
		verdict cases.Verdict
		why     string
	}{
		{"quick", pair(side(500, "x"), side(1000, "x")), cases.Met, ""},
		{"slow", pair(side(2000, "x"), side(1000, "x")), cases.Miss, ""},
		{"wrong", pair(side(500, "x"), side(1000, "y")), report.Failed, "ours comes to x, and should to y"},
		{"panic", func(*cases.Machine) (*cases.Pair, error) { panic("boom") }, report.Failed, "boom"},
		{"error", func(*cases.Machine) (*cases.Pair, error) { return nil, errors.New("broken") }, report.Failed, "broken"},
		{"missing", func(*cases.Machine) (*cases.Pair, error) { return nil, fmt.Errorf("%w: gone", cases.ErrMissing) }, report.Skipped, "gone"},
	} {
		c := cases.Case{Name: test.name, Peer: "peer", Target: cases.Target{Limit: 1, Unit: cases.Ratio}, Prepare: test.prepare}
		got := measure(new(cases.Machine), c, stat.Plan{Batch: time.Millisecond, Rounds: 6, Budget: time.Minute})
		if got.Verdict != test.verdict || !strings.Contains(got.Why, test.why) {
			t.Errorf("%s: %s %q, want %s %q", test.name, got.Verdict, got.Why, test.verdict, test.why)
		}
	}
}

func TestChosen(t *testing.T) {
	s, err := parse([]string{"-quick", "-run", "^contiguous"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chosen(s) {
		if c.Large || c.PureGo || !strings.HasPrefix(c.Name, "contiguous") {
			t.Errorf("%s is chosen", c)
		}
	}
	if n := len(chosen(s)); n != 3 {
		t.Errorf("%d cases are chosen, want 3", n)
	}
}

func TestSortByTable(t *testing.T) {
	var results []report.Result
	for _, c := range cases.Table(cases.Full) {
		results = append(results, report.Result{Name: c.Name, Peer: c.Peer})
	}
	want := slices.Clone(results)
	slices.Reverse(results)
	sortByTable(results)
	for i := range want {
		if results[i].Case() != want[i].Case() {
			t.Fatalf("place %d has %s, want %s", i, results[i].Case(), want[i].Case())
		}
	}
}
