package main

import (
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
)

// list is what is in a file of many arrays, or below a name in it.
type list struct {
	File     string            `json:"file"`
	Kind     string            `json:"kind"`
	Size     *int64            `json:"size,omitempty"`
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
	Chunks   []int    `json:"chunks,omitempty"` // of what is fetched
}

type listSkipped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// manyOf are the arrays where none of them alone was asked for, all or those below a name; it is false otherwise.
func manyOf(t target, f holding) (below []held, many bool) {
	if !t.isNamed && (len(f.Arrays()) == 1 || t.steps != "") || t.isNamed && t.resolve(f) == nil {
		return nil, false
	}
	below = f.Under(t.inside)
	return below, !t.isNamed || len(below) > 0
}

// listOf lists the arrays where none of them alone was asked for, and is nil otherwise.
func listOf(t target, f holding) *list {
	below, many := manyOf(t, f)
	if !many {
		return nil
	}
	l := &list{File: t.String(), Kind: f.Kind(), Size: sizeOf(f), Metadata: f.Metadata(), Arrays: []listArray{}}
	for _, a := range below {
		layout := a.Layout()
		one := listArray{
			Name: a.Name(), Format: layout.Format, Words: words(typeOf(layout.Format)), Shape: layout.Shape, Order: string(a.Order()),
			ItemSize: layout.ItemSize, NBytes: a.NBytes(), Offset: a.Offset(), Copied: a.Copied(), Notes: a.Notes(),
		}
		if f, isFetched := a.(*fetched); isFetched {
			one.Chunks = f.Chunks()
		}
		l.Arrays = append(l.Arrays, one)
	}
	if !t.isNamed {
		for _, s := range f.Skipped() {
			l.Skipped = append(l.Skipped, listSkipped{s.Name, s.Err.Error()})
		}
	}
	return l
}

// where says where the items are.
func (a *listArray) where() string {
	switch {
	case a.Chunks != nil:
		return tuple(a.Chunks)
	case a.Copied:
		return fmt.Sprint(a.Offset, ", as a copy")
	}
	return fmt.Sprint(a.Offset)
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
	line("kind", kindLine(l.Kind, l.Size))
	line("arrays", fmt.Sprint(len(l.Arrays)))
	for _, key := range slices.Sorted(maps.Keys(l.Metadata)) {
		line("metadata", key+": "+l.Metadata[key])
	}
	if err := lines.Flush(); err != nil || len(l.Arrays)+len(l.Skipped) == 0 {
		return err
	}
	fmt.Fprintln(out)
	where := "from byte"
	if l.Size == nil {
		where = "chunks"
	}
	line("name", "items", "shape", "bytes", where)
	for _, a := range l.Arrays {
		line(a.Name, a.Words, tuple(a.Shape), fmt.Sprint(a.NBytes), a.where())
	}
	if err := lines.Flush(); err != nil {
		return err
	}
	for _, s := range l.Skipped {
		out.comment("not read: %s: %s", s.Name, s.Reason)
	}
	return nil
}
