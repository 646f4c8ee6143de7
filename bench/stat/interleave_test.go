package stat

import (
	"errors"
	"testing"
	"time"
)

// clocked is a side that takes perCall by a clock of its own, and notes its batches.
func clocked(name string, perCall time.Duration, log *[]string) Side {
	return func(n int) (time.Duration, error) {
		*log = append(*log, name)
		return time.Duration(n) * perCall, nil
	}
}

func TestInterleave(t *testing.T) {
	var log []string
	sides := []Side{clocked("a", 30*time.Nanosecond, &log), clocked("b", time.Second, &log)}
	plan := Plan{Batch: time.Millisecond, Rounds: 40, Least: 6, Budget: time.Minute}
	perCall, err := Interleave(sides, plan)
	if err != nil || len(perCall[0]) != 40 || len(perCall[1]) != 40 {
		t.Fatalf("%d and %d rounds, %v; want 40 of both", len(perCall[0]), len(perCall[1]), err)
	}
	for i, ratio := range Ratios(perCall[1], perCall[0]) {
		if ratio != 1e9/30 {
			t.Fatalf("round %d: ratio %v, want %v", i, ratio, 1e9/30)
		}
	}
	firsts := map[string]int{}
	rounds := log[len(log)-3*40:] // a has a call that does not count before each batch
	for i := 0; i < len(rounds); i += 3 {
		firsts[rounds[i]]++
	}
	if firsts["a"] == 0 || firsts["b"] == 0 {
		t.Errorf("the sides begin %v rounds, want both to begin some", firsts)
	}
}

func TestCalibrate(t *testing.T) {
	for _, perCall := range []time.Duration{1, 7, 300, 12345, 900_000} {
		var log []string
		n, err := calibrate(clocked("", perCall, &log), 5*time.Millisecond)
		lasts := time.Duration(n) * perCall
		if err != nil || lasts < 4*time.Millisecond || lasts > 6*time.Millisecond {
			t.Errorf("%v a call: %d calls last %v, %v; want 5ms", perCall, n, lasts, err)
		}
		if len(log) > 8 {
			t.Errorf("%v a call: %d trials", perCall, len(log))
		}
	}
}

func TestBudget(t *testing.T) {
	var log []string
	plan := Plan{Batch: 1, Rounds: 40, Least: 6}
	perCall, err := Interleave([]Side{clocked("", 1, &log)}, plan)
	if err != nil || len(perCall[0]) != 6 {
		t.Errorf("%d rounds without a budget, %v; want the least, 6", len(perCall[0]), err)
	}
}

func TestInterleaveStopsAtErrors(t *testing.T) {
	broken := errors.New("broken")
	side := func(int) (time.Duration, error) { return 0, broken }
	if _, err := Interleave([]Side{side}, Plan{Rounds: 1}); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}
