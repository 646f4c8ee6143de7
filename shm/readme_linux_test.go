package shm_test

import (
	"os"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/shm"
)

// tour is the code of the README, word for word.
func tour(t *testing.T, name string) {
	s, err := shm.Create(name, buffer.Layout{Format: "<f", Shape: []int{480, 640}})
	check(err)
	frame, err := s.View()
	check(err)
	check(frame.CopyFrom(0.5))
	err = s.Publish()
	check(err)

	other, err := shm.Open(name)
	check(err)
	seen, err := other.View()
	check(err)
	if n := must(seen.Count(0.5)); n != 480*640 {
		t.Errorf("%d items are seen", n)
	}
}

// TestReadme runs the tour, and holds the README's Go code to it.
func TestReadme(t *testing.T) {
	tour(t, unused(t))
	code := string(must(os.ReadFile("readme_linux_test.go")))
	lines := 0
	for i, block := range strings.Split(string(must(os.ReadFile("../README.md"))), "```") {
		if i%2 == 0 || !strings.HasPrefix(block, "go\n") || !strings.Contains(block, "shm.") {
			continue
		}
		for line := range strings.Lines(strings.TrimPrefix(block, "go\n")) {
			line, _, _ = strings.Cut(line, "//")
			if line = strings.TrimSpace(line); line != "" {
				lines++
				if !strings.Contains(code, line) {
					t.Errorf("the tour does not run this line of the README: %s", line)
				}
			}
		}
	}
	if lines != 5 {
		t.Errorf("found %d lines of Go in the README", lines)
	}
}
