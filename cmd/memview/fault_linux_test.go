package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

// A file that is cut short while it is printed is an error that says so, for every way to print.
func TestFaultWhilePrinting(t *testing.T) {
	for name, print := range map[string]func(out *output, s *selection) error{
		"show": func(out *output, s *selection) error {
			_, _, err := (&showCommand{}).text(s.part, out)
			return err
		},
		"show --all": func(out *output, s *selection) error {
			_, _, err := (&showCommand{All: true}).text(s.part, out)
			return err
		},
		"show --json": showJSON,
		"hex":         (&hexCommand{All: true}).print,
		"hex --json":  (&hexCommand{All: true}).printJSON,
	} {
		for _, format := range []string{"<i", "T{<H:a:2s:b:}"} {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, make([]byte, 5*os.Getpagesize()), 0o600); err != nil {
				t.Fatal(err)
			}
			sel, err := (&source{File: path, Format: format}).open()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(path, int64(2*os.Getpagesize())); err != nil {
				t.Fatal(err)
			}
			err = print(plainOutput(&bytes.Buffer{}), sel)
			if !errors.Is(err, buffer.ErrFault) || !errors.Is(err, arrayfile.ErrTruncated) || !strings.Contains(err.Error(), fmt.Sprint(path, ": byte ")) {
				t.Errorf("%s of %s: %v", name, format, err)
			}
			sel.Close()
		}
	}
}
