package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/bench/cases"
	"github.com/go-memoryview/memoryview/bench/stat"
)

func sample() *Report {
	return &Report{
		Machine: []Fact{{"Cores", "2"}},
		Results: []Result{
			{
				Name: "transpose", Peer: "memcpy", Target: cases.Target{Limit: 1.3, Unit: cases.Ratio}, Verdict: cases.Met, Samples: 15,
				Figure: stat.Interval{Low: 1.1, Median: 1.2, High: 1.25}, Ours: 2e6, Theirs: 1.5e6, Bytes: 1 << 20, Kernels: []string{"tile"},
			},
			{
				Name: "hex", Peer: "CPython", Target: cases.Target{Limit: 1.8, Unit: cases.Faster}, Verdict: cases.Miss, Samples: 15,
				Figure: stat.Interval{Low: 0.9, Median: 1, High: 1.25}, Ours: 900, Theirs: 900,
			},
			{Name: "open", Peer: "NumPy", Target: cases.Target{Limit: 6, Unit: cases.Faster}, Verdict: Skipped, Why: "no Python"},
			{Name: "allocs", Target: cases.Target{Limit: 0, Unit: cases.Allocations}, Verdict: cases.Met, Samples: 6},
		},
		Growth: []cases.Line{{Name: "copy", Points: []cases.Point{
			{Bytes: 1 << 10, Cost: stat.Interval{Low: 0.1, Median: 0.2, High: 0.3}},
			{Bytes: 1 << 20, Cost: stat.Interval{Low: 0.04, Median: 0.05, High: 0.06}},
		}}},
	}
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	if err := sample().Table(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"transpose / memcpy  1.2x       1.1 to 1.25  ≤ 1.3x         met      tile",
		"hex / CPython       1x faster  0.9 to 1.25  ≥ 1.8x faster  MISS     not counted",
		"open / NumPy                                ≥ 6x faster    skipped  no Python",
		"4 cases, 2 met, 1 MISS, 1 skipped",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table has no line %q:\n%s", want, &out)
		}
	}
}

func TestBad(t *testing.T) {
	for verdict, want := range map[cases.Verdict]bool{cases.Met: false, cases.Open: false, cases.Miss: true, Failed: true, Skipped: false} {
		if got := (&Result{Verdict: verdict}).Bad(); got != want {
			t.Errorf("%s is bad: %v", verdict, got)
		}
	}
}

// TestJSON is how the builds of the program tell each other their results.
func TestJSON(t *testing.T) {
	text, err := json.Marshal(sample())
	if err != nil {
		t.Fatal(err)
	}
	var got Report
	if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(&got, sample()) {
		t.Errorf("comes back as %+v, %v", got, err)
	}
}

func TestWrite(t *testing.T) {
	folder := t.TempDir()
	if err := sample().Write(folder); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(folder, pageFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| transpose / memcpy | 1.2x | 1.1 to 1.25 | ≤ 1.3x | met | 2 ms, 0.524 GB/s | 1.5 ms, 0.699 GB/s | tile |",
		"**MISS**", "| 1 KiB | 0.2 |", "| Cores | 2 |",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page has no %q:\n%s", want, page)
		}
	}
	for name, want := range map[string]string{marginFile: "transpose / memcpy", growthFile: "nanoseconds a byte"} {
		picture, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(picture), want) || !wellFormed(picture) {
			t.Errorf("%s is no picture with %q", name, want)
		}
	}
}

func wellFormed(text []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}
