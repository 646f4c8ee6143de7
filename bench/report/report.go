// Package report says what was measured: as a table, as a page, and as pictures.
package report

import (
	"fmt"

	"github.com/go-memoryview/memoryview/bench/cases"
	"github.com/go-memoryview/memoryview/bench/stat"
)

// Report is one run.
type Report struct {
	Machine []Fact
	Results []Result
	Growth  []cases.Line
}

// Result is what became of a case.
type Result struct {
	Name, Peer string
	Target     cases.Target
	Verdict    cases.Verdict
	Why        string        // where nothing was measured
	Figure     stat.Interval // in the target's unit
	Samples    int           // of the figure
	Ours       float64       // nanoseconds a call, the median; 0 where the figure is none of time
	Theirs     float64       // the same of the peer
	Bytes      int           // of the items of a call
	Kernels    []string      // that ran in one call of ours; nil where they were not counted
}

// Beyond the verdicts on figures: a result that is wrong, and a peer that is not at hand.
const (
	Failed  cases.Verdict = "FAILED"
	Skipped cases.Verdict = "skipped"
)

// Bad reports whether a result has to be looked into.
func (r *Result) Bad() bool { return r.Verdict == cases.Miss || r.Verdict == Failed }

// Case is the case's name.
func (r *Result) Case() string { return cases.Case{Name: r.Name, Peer: r.Peer}.String() }

// Measured reports whether there is a figure.
func (r *Result) Measured() bool { return r.Samples > 0 }

// Bounds writes the 95% interval.
func (r *Result) Bounds() string {
	return r.Target.Number(r.Figure.Low) + " to " + r.Target.Number(r.Figure.High)
}

// Summary counts the verdicts, in words.
func (r *Report) Summary() string {
	counts := map[cases.Verdict]int{}
	for _, result := range r.Results {
		counts[result.Verdict]++
	}
	text := fmt.Sprintf("%d cases", len(r.Results))
	for _, verdict := range []cases.Verdict{cases.Met, cases.Open, cases.Miss, Failed, Skipped} {
		if n := counts[verdict]; n > 0 {
			text += fmt.Sprintf(", %d %s", n, verdict)
		}
	}
	return text
}
