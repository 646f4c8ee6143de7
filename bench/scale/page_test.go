package main

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/bench/peer"
	"github.com/go-memoryview/memoryview/remote"
)

// The page and the record, from this folder.
var page, record = filepath.Join("..", pageFile), filepath.Join("..", recordFile)

// TestPage holds the page to what was measured.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	want, err := r.fill(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(marked.FindAllString(want, -1)); n < 80 {
		t.Errorf("%d figures in the page", n)
	}
	lines := strings.Split(want, "\n")
	for i, line := range strings.Split(string(text), "\n") {
		if line != lines[i] {
			t.Errorf("%s has\n%s\nand should have\n%s\nbench/scale/run -page writes it anew", page, line, lines[i])
		}
	}
}

// TestPagesPython runs the page's programs, each on servers of the same array.
func TestPagesPython(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_REMOTE")
	if python == "" {
		t.Skip("MEMORYVIEW_REMOTE names no Python with Zarr and Dask: scripts/nested does")
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	items := make([]int64, 1000)
	want := int64(0)
	for i := range items {
		items[i] = int64(i)
		want += items[i]
	}
	code := ""
	blocks := strings.Split(string(text), "```python\n")[1:]
	for _, block := range blocks {
		program, _, _ := strings.Cut(block, "```")
		code += program + "totals.append(int(total))\n"
	}
	for _, name := range []string{"http://one:8080", "http://two:8080"} {
		tree, err := remote.Handler(remote.View("temperature", items, remote.Chunks(7)))
		if err != nil {
			t.Fatal(err)
		}
		defer tree.Close()
		server := httptest.NewServer(tree)
		defer server.Close()
		code = strings.ReplaceAll(code, name, server.URL)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "httpstore.py"), []byte(peer.HTTPStore), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := peer.Start(python)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	setup := fmt.Sprintf("import sys\nsys.path.insert(0, %q)\ntotals = []\n", folder) + code
	if err := w.Prepare(peer.Program{Setup: setup, Run: "pass", Result: "totals"}); err != nil {
		t.Fatalf("%v\n%s", err, code)
	}
	if got, err := w.Result(0); err != nil || got != fmt.Sprintf("[%d, %[1]d]", want) {
		t.Errorf("the page's %d programs come to %s, want two of %d: %v", len(blocks), got, want, err)
	}
}

func TestFigures(t *testing.T) {
	for _, test := range []struct {
		value      float64
		unit, want string
	}{
		{2.75e-5, "s", "28 µs"},
		{0.00161, "s", "1.6 ms"},
		{0.5, "s", "500 ms"},
		{1.5, "s", "1.5 s"},
		{99.2, "s", "99 s"},
		{6787, "s", "110 minutes"},
		{9000, "s", "2.5 hours"},
		{300, "s", "5 minutes"},
		{150, "s", "2.5 minutes"},
		{344, "B", "344 bytes"},
		{4.21e9, "B/s", "4.2 GB/s"},
		{183972000, "B/s", "180 MB/s"},
		{16547800, "B", "17 MB"},
		{33283, "/s", "33,000 a second"},
		{99.6, "/s", "100 a second"},
		{14.8, "%", "15%"},
		{0.37, "", "0.37"},
		{5960.46, "", "6,000"},
		{0, "", "0"},
	} {
		if got := (Figure{Value: test.value, Unit: test.unit}).String(); got != test.want {
			t.Errorf("%g in %q is written %s, want %s", test.value, test.unit, got, test.want)
		}
	}
}
