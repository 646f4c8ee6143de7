package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/format"
)

type showCommand struct {
	File  string `arg:"" optional:"" help:"The file, perhaps with a slice: 'photo.npy[::64, ::64, 0]'. A small sample where none is named." placeholder:"FILE[SLICE]"`
	Slice string `arg:"" optional:"" help:"What part to show, in Python's index syntax: '2:5, ..., ::-1'."`
	Field string `help:"Show one field of records; 'pos.x' for records in records." placeholder:"NAME"`
	All   bool   `help:"Leave nothing out of the middle of long arrays."`
	Width int    `help:"Characters on a line (default: the terminal's, 75 in a pipe)." placeholder:"N"`
	JSON  bool   `name:"json" help:"Print JSON, with all values."`
}

// Validate is called by kong.
func (c *showCommand) Validate() error {
	if c.Width < 0 {
		return fmt.Errorf("--width=%d: lines have at least one character", c.Width)
	}
	return nil
}

// Run prints the array.
func (c *showCommand) Run(out *output) error {
	t, err := parseTarget(c.File, c.Slice)
	if err != nil {
		return err
	}
	f, err := t.open()
	if err != nil {
		return err
	}
	defer f.Close()
	whole, err := f.View("")
	if err != nil {
		return err
	}
	shape := whole.Shape()
	v, err := t.cut(whole, c.Field)
	if err != nil {
		return err
	}
	defer v.Release()
	if c.JSON {
		return showJSON(out, t, c.Field, v)
	}
	text, hidden, err := c.text(v, out)
	if err != nil {
		return err
	}
	first := t == target{} && c.Field == ""
	if first {
		out.comment("Built-in sample: 150 irises, measured in cm (Fisher 1936).")
	}
	out.comment("%s", heading(t.String(), c.Field, v, shape))
	for _, note := range notesOf(f) {
		if c.Field == "" || strings.HasPrefix(note, "field "+c.Field+":") {
			out.comment("note: %s", note)
		}
	}
	fmt.Fprintln(out, text)
	if len(hidden) > 0 {
		out.comment("%s left out, for the width: %s", plural(len(hidden), "%d column"), listing(hidden))
	}
	if first {
		out.comment("Try next:  memview '[::50]'   memview info   memview --help")
	}
	return nil
}

// listing names the first few.
func listing(names []string) string {
	const few = 6
	if len(names) > few {
		names = append(names[:few:few], "...")
	}
	return strings.Join(names, ", ")
}

func notesOf(f *arrayfile.File) []string {
	a, err := f.Array("")
	if err != nil {
		return nil
	}
	return a.Notes()
}

// heading says what is shown, and of what shape it was cut.
func heading(name, field string, v *memoryview.View, whole []int) string {
	if field != "" {
		name += "." + field
	}
	line := fmt.Sprintf("%s  %s  %s", name, words(typeOf(v.Format())), tuple(v.Shape()))
	if tuple(whole) != tuple(v.Shape()) {
		line += " of " + tuple(whole)
	}
	return line
}

// Tables are shown by their edges when they are longer than a screen or two.
const (
	tableRows = 60
	tableEdge = 5
)

// text prints records as a table, and everything else as NumPy does.
func (c *showCommand) text(v *memoryview.View, out *output) (text string, hidden []string, err error) {
	o := arraytext.Options{Width: out.width}
	if c.Width > 0 {
		o.Width = c.Width
	}
	t := typeOf(v.Format())
	isTable := t.Kind() == format.Struct && t.NumField() > 0 && v.NDim() <= 1
	if isTable {
		o.Threshold, o.Edge = tableRows, tableEdge
	}
	if c.All {
		o.Threshold = math.MaxInt
	}
	if isTable {
		return arraytext.Table(v, t, o)
	}
	text, err = arraytext.String(v, o)
	if out.width > 0 && v.NDim() == 0 {
		text = arraytext.Printable(text) // a text alone is printed as it is, but not to a terminal
	}
	return text, nil, err
}
