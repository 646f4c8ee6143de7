// Bench measures our side and every peer in one run, in turn, and holds the ratios to their targets. The README
// says how to read what it prints.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/go-memoryview/memoryview/bench/cases"
	"github.com/go-memoryview/memoryview/bench/report"
	"github.com/go-memoryview/memoryview/bench/stat"
)

// settings are the flags.
type settings struct {
	run    *regexp.Regexp
	quick  bool
	json   bool
	write  bool
	builds string
	count  bool
}

var (
	thorough = stat.Plan{Batch: 5 * time.Millisecond, Rounds: 41, Least: 15, Budget: 4 * time.Second}
	hasty    = stat.Plan{Batch: 3 * time.Millisecond, Rounds: 15, Least: 6, Budget: 300 * time.Millisecond}
)

const usage = `usage: make bench [QUICK=1] [RUN=regexp], or bench [flags]

Measures every case beside its peer, and exits with 1 where a target is missed: where the 95% interval of the
figure lies beyond it. A complete run writes RESULTS.md and its pictures anew.

`

func main() {
	s, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		os.Exit(2)
	}
	ok, err := run(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func parse(args []string) (s settings, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	flags.Func("run", "only the cases whose name, as in the table, matches this `regexp`", func(text string) (err error) {
		s.run, err = regexp.Compile(text)
		return err
	})
	flags.BoolVar(&s.quick, "quick", false, "fewer rounds, and nothing that takes gigabytes")
	flags.BoolVar(&s.json, "json", false, "print JSON in place of the table")
	flags.BoolVar(&s.write, "write", false, "write RESULTS.md and its pictures here, also of a run that is not complete")
	flags.StringVar(&s.builds, "builds", "", "a `folder` with the other builds of this program: purego, count, count-purego")
	flags.BoolVar(&s.count, "count", false, "do not measure, but print which kernels run, as JSON (for the builds that count)")
	return s, flags.Parse(args)
}

// run does what the flags say, and reports whether all went well.
func run(s settings) (ok bool, err error) {
	if s.count {
		return true, json.NewEncoder(os.Stdout).Encode(countKernels(s))
	}
	m, err := cases.NewMachine()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()

	plan, largest := thorough, 1<<30
	if s.quick {
		plan, largest = hasty, 1<<26
	}
	r := &report.Report{Machine: report.Describe(m)}
	for _, c := range chosen(s) {
		r.Results = append(r.Results, measure(m, c, plan))
		progress(&r.Results[len(r.Results)-1])
	}
	if !pureGo && s.run == nil {
		fmt.Fprintln(os.Stderr, "growth")
		if r.Growth, err = cases.Growth(m, largest, plan); err != nil {
			return false, err
		}
	}
	if s.builds != "" {
		if err := others(context.Background(), s, r); err != nil {
			return false, err
		}
	}
	complete := s.builds != "" && s.run == nil && !s.quick && m.Python != nil
	if complete || s.write {
		if err := r.Write("."); err != nil {
			return false, err
		}
	}
	return show(s, r)
}

func show(s settings, r *report.Report) (ok bool, err error) {
	ok = true
	for i := range r.Results {
		ok = ok && !r.Results[i].Bad()
	}
	if s.json {
		ok = ok || pureGo // the build that asked judges
		return ok, json.NewEncoder(os.Stdout).Encode(r)
	}
	return ok, r.Table(os.Stdout)
}

// chosen are the cases for this build that the flags leave.
func chosen(s settings) []cases.Case {
	var all []cases.Case
	for _, c := range cases.Table(cases.Full) {
		if c.PureGo == pureGo && !(c.Large && s.quick) && (s.run == nil || s.run.MatchString(c.String())) {
			all = append(all, c)
		}
	}
	return all
}
