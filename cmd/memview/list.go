package main

import (
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
)

// list is what is in a file of many arrays, or below a name in it.
type list struct {
	File     string            `json:"file"`
	Kind     string            `json:"kind"`
	Size     int64             `json:"size"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Arrays   []listArray       `json:"arrays"`
	Skipped  []listSkipped     `json:"skipped,omitempty"`
}

type listArray struct {
	Name     string   `json:"name"`
	Format   string   `json:"format"`
	Words    string   `json:"words"`
	Shape    []int    `json:"shape"`
	Order    string   `json:"order"`
	ItemSize int      `json:"itemsize"`
	NBytes   int      `json:"nbytes"`
	Offset   int64    `json:"offset"`
	Copied   bool     `json:"copied,omitempty"`
	Notes    []string `json:"notes,omitempty"`
}

type listSkipped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// manyOf are the arrays where none of them alone was asked for, all or those below a name; it is false otherwise.
func manyOf(t target, f *arrayfile.File) (below []*arrayfile.Array, many bool) {
	if !t.isNamed && (len(f.Arrays()) == 1 || t.steps != "") || t.isNamed && t.resolve(f) == nil {
		return nil, false
	}
	below = f.Under(t.inside)
	return below, !t.isNamed || len(below) > 0
}

// listOf lists the arrays where none of them alone was asked for, and is nil otherwise.
func listOf(t target, f *arrayfile.File) *list {
	below, many := manyOf(t, f)
	if !many {
		return nil
	}
	l := &list{File: t.String(), Kind: f.Kind(), Size: f.Size(), Metadata: f.Metadata(), Arrays: []listArray{}}
	for _, a := range below {
		layout := a.Layout()
		l.Arrays = append(l.Arrays, listArray{
			Name: a.Name(), Format: layout.Format, Words: words(typeOf(layout.Format)), Shape: layout.Shape, Order: string(a.Order()),
			ItemSize: layout.ItemSize, NBytes: a.NBytes(), Offset: a.Offset(), Copied: a.Copied(), Notes: a.Notes(),
		})
	}
	if !t.isNamed {
		for _, s := range f.Skipped() {
			l.Skipped = append(l.Skipped, listSkipped{s.Name, s.Err.Error()})
		}
	}
	return l
}

func (l *list) write(out *output, asJSON bool) error {
	if asJSON {
		return encode(out, l)
	}
	lines := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(cells ...string) {
		for i, cell := range cells {
			if i > 0 {
				fmt.Fprint(lines, "\t")
			}
			fmt.Fprint(lines, arraytext.Printable(beginning(cell)))
		}
		fmt.Fprintln(lines)
	}
	line("file", l.File)
	line("kind", l.Kind+", "+humanBytes(l.Size))
	line("arrays", fmt.Sprint(len(l.Arrays)))
	for _, key := range slices.Sorted(maps.Keys(l.Metadata)) {
		line("metadata", key+": "+l.Metadata[key])
	}
	if err := lines.Flush(); err != nil || len(l.Arrays)+len(l.Skipped) == 0 {
		return err
	}
	fmt.Fprintln(out)
	line("name", "items", "shape", "bytes", "from byte")
	for _, a := range l.Arrays {
		from := fmt.Sprint(a.Offset)
		if a.Copied {
			from += ", as a copy"
		}
		line(a.Name, a.Words, tuple(a.Shape), fmt.Sprint(a.NBytes), from)
	}
	if err := lines.Flush(); err != nil {
		return err
	}
	for _, s := range l.Skipped {
		out.comment("not read: %s: %s", s.Name, s.Reason)
	}
	return nil
}
