package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/format"
)

type showCommand struct {
	source

	All   bool `help:"Leave nothing out of the middle of long arrays."`
	Width int  `help:"Characters on a line (default: the terminal's, 75 in a pipe)." placeholder:"N"`
	JSON  bool `name:"json" help:"Print JSON, with all values."`
}

// Help is called by kong.
func (*showCommand) Help() string {
	return examples(`
		memview                               a small sample: 150 irises
		memview photo.npy                     an array, as NumPy prints it
		memview 'photo.npy[::64, ::64, 0]'    a part: every 64th pixel, red
		memview 'log.npy[-5:]'                the last records, as a table
		memview 'log.npy[:9].pos.x'           one field of the first nine
		memview 'log.npy[:].hits[:, 0]'       a field, and a part of that
		zcat log.npy.gz | memview -           what comes through a pipe
		memview 'data.npz:x[0]'               an array of many in a file
		memview --format '<f' --shape 480,640 depth.bin
		memview --json 'log.npy[7]' | jq .values
		memview 'weather.zarr:temperature[-1]'               of a Zarr store, here
		memview 'https://example.org/weather.zarr:temperature[-1]'
		memview 'http://127.0.0.1:8000:photo.npy[0]'         from memview serve`)
}

// Validate is called by kong.
func (c *showCommand) Validate() error {
	if c.Width < 0 {
		return fmt.Errorf("--width=%d: lines have at least one character", c.Width)
	}
	return c.source.Validate()
}

// Run prints the array.
func (c *showCommand) Run(out *output) error {
	sel, err := c.openHeader(out.progress)
	if err != nil {
		return err
	}
	if c.JSON {
		err = sel.cut()
	} else {
		err = sel.cutEdges(func(format string, ndim int) arraytext.Options {
			o, _ := c.options(typeOf(format), ndim, out)
			return o
		})
	}
	if err != nil {
		return err
	}
	defer sel.Close()
	if c.JSON {
		return showJSON(out, sel)
	}
	return c.print(out, sel)
}

// print prints what is shown, and the items.
func (c *showCommand) print(out *output, sel *selection) error {
	text, hidden, err := c.text(sel.shown(), out)
	if err != nil {
		return err
	}
	first := sel.path == "" && sel.isWhole()
	if first {
		out.comment("Built-in sample: 150 irises, measured in cm (Fisher 1936).")
	}
	sel.head(out)
	fmt.Fprintln(out, text)
	if len(hidden) > 0 {
		out.comment("%s left out, for the width: %s", plural(len(hidden), "%d column"), listing(hidden))
	}
	if first {
		out.comment("Try in place of show:  show '[::50]'   info   hex '[0]'   --help")
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

// head prints what is shown, of what shape it was cut, and the notes on it.
func (s *selection) head(out *output) {
	out.comment("%s", s.headline())
	for _, note := range s.notes() {
		out.comment("note: %s", note)
	}
}

// headline says what is shown, and of what shape it was cut.
func (s *selection) headline() string {
	l := s.layout()
	line := fmt.Sprintf("%s  %s  %s", s.title(), words(typeOf(l.Format)), tuple(l.Shape))
	if whole := tuple(s.array.Layout().Shape); whole != tuple(l.Shape) {
		line += " of " + whole
	}
	return line
}

// Tables are shown by their edges when they are longer than a screen or two.
const (
	tableRows = 60
	tableEdge = 5
)

// options are those for items of a type in so many dimensions, which may be a table's.
func (c *showCommand) options(t *format.Type, ndim int, out *output) (o arraytext.Options, isTable bool) {
	o.Width = out.width
	if c.Width > 0 {
		o.Width = c.Width
	}
	isTable = t.Kind() == format.Struct && t.NumField() > 0 && ndim <= 1
	if isTable {
		o.Threshold, o.Edge = tableRows, tableEdge
	}
	if c.All {
		o.Threshold = math.MaxInt
	}
	return o, isTable
}

// text prints records as a table, and everything else as NumPy does.
func (c *showCommand) text(v printable, out *output) (text string, hidden []string, err error) {
	t := typeOf(v.Format())
	o, isTable := c.options(t, v.NDim(), out)
	if isTable {
		return arraytext.Table(v, t, o)
	}
	text, err = arraytext.String(v, o)
	if out.width > 0 && v.NDim() == 0 {
		text = arraytext.Printable(text) // a text alone is printed as it is, but not to a terminal
	}
	return text, nil, err
}
