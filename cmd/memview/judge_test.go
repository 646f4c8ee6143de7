package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// judgment is what NumPy says of arrays: see testdata/judge.py.
type judgment struct {
	Stats []struct {
		File, Slice string
		Args        []string
		Stats       []map[string]any
	}
	Differences []struct {
		A, B       string
		Args       []string
		Difference map[string]any
	}
	Searches []search
}

type search struct {
	File, Slice, Condition string
	Args                   []string
	Found                  [][]int // indices
}

// check compares all that is found, and how many are counted, with NumPy's argwhere.
func (s *search) check(t *testing.T, folder string) {
	t.Helper()
	args := append([]string{"find", "--json", filepath.Join(folder, s.File) + s.Slice, s.Condition}, s.Args...)
	for _, count := range []bool{false, true} {
		if count {
			args = append(args, "--count")
		}
		got := memview(args...)
		if got.code == exitTrouble || (got.code == exitOK) != (len(s.Found) > 0) {
			t.Fatalf("%q: %d, %s, want %d items", args, got.code, got.stderr, len(s.Found))
		}
		var answer struct {
			Found []struct{ Index []int }
			Count int
		}
		parseJSON(t, got.out, &answer)
		if answer.Count != len(s.Found) {
			t.Fatalf("%q: %d items, want %d", args, answer.Count, len(s.Found))
		}
		for i, item := range answer.Found {
			if !slices.Equal(item.Index, s.Found[i]) {
				t.Fatalf("%q: number %d is %v, want %v", args, i, item.Index, s.Found[i])
			}
		}
	}
}

func parseJSON(t *testing.T, text string, to any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(to); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

// tolerance is for figures that are rounded, in parts of the largest item, or of the sum of all sizes.
const tolerance = 1e-12

// check compares the output of stats and diff with NumPy's answers about files in a folder.
func (j *judgment) check(t *testing.T, folder string) {
	t.Helper()
	for _, test := range j.Stats {
		args := append([]string{"stats", "--json", filepath.Join(folder, test.File) + test.Slice}, test.Args...)
		got := memview(args...)
		if got.code != exitOK {
			t.Fatalf("%q: %s", args, got.stderr)
		}
		var answer struct{ Stats []map[string]any }
		parseJSON(t, got.out, &answer)
		checkStats(t, test.File+test.Slice, answer.Stats, test.Stats)
	}
	for _, test := range j.Differences {
		args := append([]string{"diff", "--json", filepath.Join(folder, test.A), filepath.Join(folder, test.B)}, test.Args...)
		got := memview(args...)
		var answer struct {
			Same    bool
			Columns []map[string]any
		}
		parseJSON(t, got.out, &answer)
		differ := fmt.Sprint(test.Difference["differ"]) != "0"
		if got.code == exitOK == differ || answer.Same == differ || got.stderr != "" || len(answer.Columns) != 1 {
			t.Fatalf("%q: %+v, want %v", args, got, test.Difference)
		}
		checkDifference(t, fmt.Sprint(args), answer.Columns[0], test.Difference)
	}
}

// checkStats takes those columns that NumPy has figures for.
func checkStats(t *testing.T, what string, got, want []map[string]any) {
	t.Helper()
	byName := map[string]map[string]any{}
	for _, column := range got {
		byName[column["name"].(string)] = column
	}
	for _, column := range want {
		of := fmt.Sprintf("%s %s", what, column["name"])
		mine := byName[column["name"].(string)]
		if mine == nil {
			t.Fatalf("%s: no such column", of)
		}
		largest := 0.0
		for _, end := range []string{"min", "max"} {
			if column[end] != nil {
				largest = max(largest, math.Abs(float(column[end])))
			}
		}
		for key, value := range column {
			switch key {
			case "size":
			case "sum":
				same(t, of+" sum", mine[key], value, tolerance*float(column["size"]))
			case "mean", "std", "quantiles", "histogram":
				same(t, of+" "+key, mine[key], value, tolerance*largest)
			default:
				same(t, of+" "+key, mine[key], value, 0)
			}
		}
	}
}

func checkDifference(t *testing.T, what string, got, want map[string]any) {
	t.Helper()
	same(t, what+" count", got["count"], want["count"], 0)
	same(t, what+" differ", got["differ"], want["differ"], 0)
	if want["first"] != nil {
		same(t, what+" first", got["first"].(map[string]any)["index"], want["first"], 0)
	}
	for _, key := range []string{"absolute", "relative"} {
		if want[key] == nil && got[key] == nil {
			continue
		}
		at, ok := got[key].(map[string]any)
		if !ok || want[key] == nil {
			t.Fatalf("%s: %s is %v, want %v", what, key, got[key], want[key])
		}
		same(t, what+" "+key, at["distance"], want[key], tolerance*float(want[key]))
	}
}

// float reads numbers, and the strings that stand for what JSON has no number for.
func float(value any) float64 {
	text := strings.Trim(fmt.Sprint(value), `"`)
	switch text {
	case "true":
		return 1
	case "false":
		return 0
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(x, 0) {
		panic(err)
	}
	return x
}

// same compares what JSON says: lists and objects by what is in them, numbers with a tolerance, in all digits without one.
func same(t *testing.T, what string, got, want any, tolerance float64) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		for key, value := range want {
			mine, _ := got.(map[string]any)
			same(t, what+" "+key, mine[key], value, tolerance)
		}
		return
	case []any:
		mine, ok := got.([]any)
		if !ok || len(mine) != len(want) {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
		for i, value := range want {
			same(t, fmt.Sprint(what, " ", i), mine[i], value, tolerance)
		}
		return
	}
	if got == nil {
		t.Fatalf("%s: nothing, want %v", what, want)
	}
	if fmt.Sprint(got) == fmt.Sprint(want) {
		return
	}
	x, y := float(got), float(want)
	// A float32 that is an item is written shorter than NumPy's float64 of it, and is the same number.
	isItem := strings.HasSuffix(what, " min") || strings.HasSuffix(what, " max")
	if x == y || math.Abs(x-y) <= tolerance || isItem && (float32(x) == float32(y) || math.Abs(x-y) < 1e-3*math.Abs(y)) {
		return
	}
	t.Fatalf("%s: %v, want %v", what, got, want)
}

// The figures of the test data, which NumPy wrote beside them.
func TestStatsAreNumPys(t *testing.T) {
	text, err := os.ReadFile("testdata/stats.json")
	if err != nil {
		t.Fatal(err)
	}
	var j judgment
	parseJSON(t, string(text), &j.Stats)
	if len(j.Stats) == 0 {
		t.Fatal("no cases")
	}
	j.check(t, "testdata")
}

// Random arrays, of every format that NumPy has.
func TestNumPyJudges(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python with NumPy")
	}
	count := "150"
	if os.Getenv("MEMORYVIEW_SOAK") != "" {
		count = "5000"
	}
	folder := t.TempDir()
	child := exec.Command(python, "-B", "testdata/judge.py", folder, "3118", count)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(folder, "judged.json"))
	if err != nil {
		t.Fatal(err)
	}
	var j judgment
	parseJSON(t, string(text), &j)
	if len(j.Stats) == 0 || len(j.Differences) == 0 || len(j.Searches) == 0 {
		t.Fatal("no cases")
	}
	j.check(t, folder)
	for _, s := range j.Searches {
		s.check(t, folder)
	}
}
