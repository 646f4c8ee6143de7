package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/go-memoryview/memoryview/bench/cases"
	"github.com/go-memoryview/memoryview/bench/report"
)

// others adds what only other builds of this program can say: the cases without assembly, and which kernels ran.
// What is measured is thus the build that everybody uses, and not the one that counts.
func others(ctx context.Context, s settings, r *report.Report) error {
	var pure report.Report
	if err := other(ctx, s, &pure, "purego", "-json"); err != nil {
		return err
	}
	r.Results = append(r.Results, pure.Results...)
	sortByTable(r.Results)
	for _, build := range []string{"count", "count-purego"} {
		var kernels map[string][]string
		if err := other(ctx, s, &kernels, build, "-count"); err != nil {
			return err
		}
		for i := range r.Results {
			if names, ok := kernels[r.Results[i].Case()]; ok {
				r.Results[i].Kernels = names
			}
		}
	}
	return nil
}

// other runs another build with the same choice of cases, and reads the JSON that it prints.
func other(ctx context.Context, s settings, into any, build string, args ...string) error {
	if s.run != nil {
		args = append(args, "-run", s.run.String())
	}
	if s.quick {
		args = append(args, "-quick")
	}
	command := exec.CommandContext(ctx, filepath.Join(s.builds, build), args...)
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err == nil {
		err = json.Unmarshal(output, into)
	}
	if err != nil {
		return fmt.Errorf("build %s: %w", build, err)
	}
	return nil
}

func sortByTable(results []report.Result) {
	place := map[string]int{}
	for i, c := range cases.Table(cases.Full) {
		place[c.String()] = i
	}
	slices.SortStableFunc(results, func(a, b report.Result) int { return place[a.Case()] - place[b.Case()] })
}
