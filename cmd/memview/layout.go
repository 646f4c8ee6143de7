package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/picture"
	"github.com/go-memoryview/memoryview/format"
)

type layoutCommand struct {
	source
	drawn

	Strides    []int `group:"Layouts without a file:" help:"Bytes from an item to the next along each dimension (default: those of --order)." placeholder:"N,N"`
	Suboffsets []int `group:"Layouts without a file:" help:"Where items lie behind the pointers of a dimension; -1: there are none." placeholder:"N,N"`
	ItemSize   int   `group:"Layouts without a file:" name:"itemsize" help:"Bytes of an item (default: those of the format)." placeholder:"N"`

	Items int  `help:"Items that are drawn: of more, the first and the last." default:"32" placeholder:"N"`
	JSON  bool `name:"json" help:"Print JSON."`
}

// Help is called by kong.
func (*layoutCommand) Help() string {
	return "Each box is an item, with its index, its position in C order (#), and the byte where it begins, in memory's order. An index of ':' stands for all: their stride is 0. " +
		"Without a file, --format and --shape make a layout of nothing, to learn with; formats may be NumPy's, as <f8.\n\n" + examples(`
		memview layout photo.npy                           where the items of a file lie
		memview layout 'photo.npy[::2, ::-1, 0]'           those of a part
		memview layout -o log.svg log.npy                  records, with their padding; .png too
		memview layout --format '<i4' --shape 3,4          a matrix in C order
		memview layout --format '<i4' --shape 3,4 --order F
		memview layout --format d --shape 2,3 --strides=0,-8
		memview layout --format B --shape 2,4 --strides=8,1 --suboffsets=0,-1
		memview layout --format '@bdh' --shape 2           how a C compiler lays out a struct
		memview layout --json 'photo.npy[:, 0]' | jq .contiguous`)
}

// Validate is called by kong.
func (c *layoutCommand) Validate() error {
	switch {
	case c.File != "" && (c.Strides != nil || c.Suboffsets != nil || c.ItemSize != 0):
		return errors.New("--strides, --suboffsets and --itemsize are for layouts without a file")
	case c.File == "" && c.Format == "" && (c.Strides != nil || c.Suboffsets != nil || c.ItemSize != 0 || c.Shape != nil):
		return errors.New("a layout without a file: say what the items are by --format")
	case c.ItemSize < 0 || c.Items < 2 || c.Items > mostItems:
		return fmt.Errorf("--itemsize=%d --items=%d: item sizes are not negative, and 2 to %d items are drawn", c.ItemSize, c.Items, mostItems)
	}
	if err := c.drawn.Validate(); err != nil {
		return err
	}
	if c.isPure() {
		raw := c.source
		raw.File = standardInput // which is not read: what else is asked of a source holds for layouts
		return raw.Validate()
	}
	return c.source.Validate()
}

const mostItems = 4096 // that are drawn

// isPure tells that there is no file.
func (c *layoutCommand) isPure() bool { return c.File == "" && c.Format != "" }

// Run draws.
func (c *layoutCommand) Run(out *output) error {
	m, file, title, err := c.layout(out.progress)
	if err != nil {
		return err
	}
	if c.JSON {
		return encode(out, struct {
			File string `json:"file,omitempty"`
			*picture.Map
		}{file, m})
	}
	return c.write(out, m.Draw(arraytext.Printable(title), c.size(out)))
}

// layout maps the part of a file, or the layout that the flags say.
func (c *layoutCommand) layout(p *progress) (m *picture.Map, file, title string, err error) {
	if c.isPure() {
		l, err := c.pure()
		if err != nil {
			return nil, "", "", err
		}
		m, err = picture.MapOf(l, c.Offset, c.Items)
		return m, "", fmt.Sprintf("%s  %s  %s", l.Format, words(typeOf(l.Format)), tuple(l.Shape)), err
	}
	sel, err := c.openHeader(p)
	if err == nil {
		err = sel.describe()
	}
	if err != nil {
		return nil, "", "", err
	}
	defer sel.Close()
	if m, err = picture.MapOf(sel.layout(), sel.offset(), c.Items); err != nil {
		return nil, "", "", fmt.Errorf("%s: %w", sel.title(), err)
	}
	return m, sel.title(), sel.headline(), nil
}

// numpyType is how NumPy writes a number's type. The letters and sizes have other letters in the struct module.
var numpyType = regexp.MustCompile(`^([<>=|]?)([biufc])([0-9]+)$`)

var structCodes = map[string]string{
	"b1": "?", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u2": "H", "u4": "I", "u8": "Q",
	"f2": "e", "f4": "f", "f8": "d", "c8": "Zf", "c16": "Zd",
}

// pure is the layout that the flags say.
func (c *layoutCommand) pure() (l buffer.Layout, err error) {
	l = buffer.Layout{Format: c.Format, Shape: c.Shape, Strides: c.Strides, Suboffsets: c.Suboffsets, ItemSize: c.ItemSize}
	if parts := numpyType.FindStringSubmatch(c.Format); parts != nil && structCodes[parts[2]+parts[3]] != "" {
		l.Format = structCodes[parts[2]+parts[3]]
		if parts[1] == "<" || parts[1] == ">" {
			l.Format = parts[1] + l.Format
		}
	}
	t, err := format.Parse(l.Format)
	if err != nil {
		return l, err
	}
	switch {
	case c.ItemSize == 0:
		l.ItemSize = t.Size()
	case c.ItemSize < t.Size():
		return l, fmt.Errorf("%w: --itemsize=%d: an item of format %s has %s", buffer.ErrLayout, c.ItemSize, strconv.Quote(beginning(l.Format)), plural(t.Size(), "%d byte"))
	}
	if l.Strides == nil && c.Order == "F" {
		l.Strides, err = buffer.ContiguousStrides(l.Shape, l.ItemSize, buffer.F)
	}
	return l, err
}
