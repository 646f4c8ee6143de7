package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"

	"github.com/go-memoryview/memoryview/bench/cases"
	"github.com/go-memoryview/memoryview/bench/report"
	"github.com/go-memoryview/memoryview/bench/stat"
)

// measure compares what both sides come to, and then measures them.
func measure(m *cases.Machine, c cases.Case, plan stat.Plan) report.Result {
	result := report.Result{Name: c.Name, Peer: c.Peer, Target: c.Target, Bytes: c.Bytes}
	runtime.GC() // of what the case before left
	err := guarded(m, c, func(p *cases.Pair) error {
		if err := p.Check(); err != nil {
			return err
		}
		figures, ours, theirs, err := c.Samples(p, plan)
		if err != nil {
			return err
		}
		result.Figure, result.Samples = stat.Median95(figures), len(figures)
		result.Verdict = c.Target.Judge(result.Figure)
		result.Ours, result.Theirs = median(ours), median(theirs)
		return nil
	})
	if err != nil {
		result.Verdict, result.Why = report.Failed, err.Error()
		if errors.Is(err, cases.ErrMissing) {
			result.Verdict = report.Skipped
		}
	}
	return result
}

func median(samples []float64) float64 {
	if len(samples) == 0 {
		return 0
	}
	return stat.Median95(samples).Median
}

// guarded makes a case ready for f. A panic in it is the case's error, and the others go on.
func guarded(m *cases.Machine, c cases.Case, f func(*cases.Pair) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	p, err := c.Prepare(m)
	if p != nil && p.Close != nil {
		defer p.Close()
	}
	if err != nil {
		return err
	}
	return f(p)
}

// progress says on standard error how far the run has come.
func progress(r *report.Result) {
	if r.Measured() {
		fmt.Fprintf(os.Stderr, "%-8s%s: %s, %s\n", r.Verdict, r.Case(), r.Target.Format(r.Figure.Median), r.Target)
	} else {
		fmt.Fprintf(os.Stderr, "%-8s%s: %s\n", r.Verdict, r.Case(), r.Why)
	}
}

// countKernels returns the names of the kernels that run in one call of ours, by case.
func countKernels(s settings) map[string][]string {
	kernels := map[string][]string{}
	m := &cases.Machine{OnlyOurs: true}
	for _, c := range chosen(s) {
		if ran == nil {
			continue
		}
		names := []string{}
		err := guarded(m, c, func(p *cases.Pair) error {
			if p.Ours.Run == nil {
				return nil
			}
			before := ran()
			_, err := p.Ours.Run(1)
			for name, n := range ran() {
				if n > before[name] {
					names = append(names, name)
				}
			}
			return err
		})
		if err == nil {
			slices.Sort(names)
			kernels[c.String()] = names
		}
	}
	return kernels
}
