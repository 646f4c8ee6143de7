package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/summary"
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
		"stats": func(_ *output, s *selection) error {
			_, err := statsOf(s.part, new(summary.Work), summary.Options{})
			return err
		},
		"find": func(out *output, s *selection) error {
			condition := "7"
			if s.part.ItemSize() != 4 || s.part.Format() != "<i" {
				condition = "b=x"
			}
			_, err := (&findCommand{Values: []string{condition}}).find(out, s)
			return err
		},
		"convert": func(_ *output, s *selection) error {
			return arrayfile.Write(io.Discard, []arrayfile.Named{{Value: s.part, Order: buffer.F}}, arrayfile.As(arrayfile.NPY))
		},
		"diff": func(_ *output, s *selection) error {
			other, err := memoryview.FromObject(make([]byte, s.part.NBytes()))
			if err != nil {
				return err
			}
			if other, err = other.CastShape(s.part.Format(), s.part.Shape()); err != nil {
				return err
			}
			return (&diffResult{a: s, b: &selection{part: other}}).compare(new(summary.Work), summary.Ask{})
		},
	} {
		for _, format := range []string{"<i", "T{<H:a:2s:b:}"} {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, make([]byte, 5*os.Getpagesize()), 0o600); err != nil {
				t.Fatal(err)
			}
			sel, err := (&source{File: path, openFlags: openFlags{rawFlags: rawFlags{Format: format}}}).open(new(progress))
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
