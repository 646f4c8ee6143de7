package main

import (
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// heard tells of all that is written.
type heard chan string

func (h heard) Write(text []byte) (int, error) {
	h <- string(text)
	return len(text), nil
}

func TestProgress(t *testing.T) {
	written := make(heard, 100)
	p := &progress{to: written, width: 60}
	err := p.run("stats", func(*summary.Work) error {
		if line := <-written; !strings.HasPrefix(line, "\rstats  [..") || !strings.HasSuffix(line, "]   0%\x1b[K") {
			t.Errorf("%q", line)
		}
		return nil
	})
	close(written)
	last := ""
	for last = range written {
	}
	if err != nil || last != "\r\x1b[K" {
		t.Errorf("%v, and %q in the end", err, last)
	}
}

// What is printed meanwhile takes the place of the line.
func TestProgressAside(t *testing.T) {
	written := make(heard, 100)
	p := &progress{to: written, width: 60}
	p.draw("find", new(summary.Work))
	err := p.aside(func() error {
		written <- "found"
		return nil
	})
	if bar, wiped, found := <-written, <-written, <-written; err != nil || !strings.Contains(bar, "find  [") || wiped != "\r\x1b[K" || found != "found" {
		t.Errorf("%q, %q, %q, %v", bar, wiped, found, err)
	}
}

// No line is longer than the terminal is wide, and a narrow one has room for the number.
func TestProgressFits(t *testing.T) {
	w := new(summary.Work)
	if _, err := statsOf(must(memoryview.FromObject(make([]int32, 100))), w, summary.Options{}); err != nil {
		t.Fatal(err)
	}
	for width := 5; width < 100; width++ {
		line := (&progress{width: width}).line("stats", w)
		if len(line) >= width || !strings.HasSuffix(line, "100%") {
			t.Errorf("%d: %q", width, line)
		}
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// Terminals of other locales get bars of plain characters.
func TestBars(t *testing.T) {
	for _, test := range []struct {
		n, most, room int
		ascii         bool
		want          string
	}{
		{0, 8, 4, false, ""},
		{8, 8, 4, false, "████"},
		{3, 8, 4, false, "█▌"},
		{1, 1000, 4, false, "▏"},
		{8, 8, 4, true, "####"},
		{3, 8, 4, true, "##"},
		{1, 1000, 4, true, "#"},
	} {
		if got := bar(test.n, test.most, test.room, test.ascii); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
	for locale, want := range map[string]bool{"en_US.UTF-8": true, "de_DE.utf8": true, "C": false, "POSIX": false, "C.UTF-8": true} {
		if got := speaksUnicode(func(name string) string { return map[string]string{"LANG": locale}[name] }); got != want {
			t.Errorf("%s: %v", locale, got)
		}
	}
	if speaksUnicode(func(name string) string { return map[string]string{"LC_ALL": "C", "LANG": "en_US.UTF-8"}[name] }) {
		t.Error("LC_ALL does not go before LANG")
	}
}
