package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

type castCommand struct {
	File   string `arg:"" help:"The file, - for standard input, perhaps with an array in it and a part of that." placeholder:"FILE:NAME[SLICE].FIELD"`
	Into   string `arg:"" name:"format" help:"What the items are taken for: float32, >i2, bfloat16, a format as '<f' or 'T{<I:id:<d:x:}'." placeholder:"FORMAT"`
	Extent string `arg:"" name:"shape" optional:"" help:"Items along each dimension, of which one may be -1 for as many as there are (default: one dimension). An empty one, as '()', makes one item." placeholder:"N,N"`

	Out   string `short:"o" help:"Write it to this file, of the kind that the ending says; - for standard output." placeholder:"OUT"`
	To    string `help:"The kind of that file, as of memview convert." placeholder:"KIND"`
	All   bool   `help:"Leave nothing out of the middle of long arrays."`
	Width int    `help:"Characters on a line (default: the terminal's, 75 in a pipe)." placeholder:"N"`
	JSON  bool   `name:"json" help:"Print JSON, with all values."`

	openFlags
}

// Help is called by kong.
func (*castCommand) Help() string {
	return "The bytes stay what they are, in C order; no value is converted, which is what memview convert does. " +
		"CPython's memoryview.cast goes to and from bytes only; here any format goes to any other, records too, in any shape that has as many bytes.\n\n" + examples(`
		memview cast weights.npy bfloat16               what was saved as bytes
		memview cast photo.npy '<H' 64,-1               two bytes to an item, 64 rows
		memview cast --format B log.bin 'T{<I:id:<d:x:}'
		memview cast 'table.npy[0]' B                   the bytes of the first row
		memview cast v.npy uint8 -o bytes.npy           written to a file`)
}

// Validate is called by kong.
func (c *castCommand) Validate() error {
	switch {
	case c.Width < 0:
		return fmt.Errorf("--width=%d: lines have at least one character", c.Width)
	case c.JSON && c.Out == standardInput:
		return errors.New("--json: standard output has the new file: name a file")
	case c.To != "" && c.Out == "":
		return errors.New("--to says the kind of a file: name it by -o")
	}
	return c.source().Validate()
}

func (c *castCommand) source() *source { return &source{File: c.File, openFlags: c.openFlags} }

// Run prints the items, or writes them.
func (c *castCommand) Run(out *output) error {
	sel, err := c.source().open(out.progress)
	if err != nil {
		return err
	}
	defer sel.Close()
	if err := c.cast(sel); err != nil {
		return fmt.Errorf("%s: %w", sel.title(), err)
	}
	switch {
	case c.Out != "":
		return c.write(out, sel)
	case c.JSON:
		return showJSON(out, sel)
	}
	return (&showCommand{All: c.All, Width: c.Width}).print(out, sel)
}

// cast replaces the part by a view of its bytes.
func (c *castCommand) cast(sel *selection) error {
	t, err := formatOf(c.Into)
	if err != nil {
		return err
	}
	shape, isGiven, err := shapeOf(c.Extent, sel.part.NBytes()/t.Size())
	if err != nil {
		return err
	}
	var v *memoryview.View
	if isGiven {
		v, err = sel.part.CastShape(t.String(), shape)
	} else {
		v, err = sel.part.Cast(t.String())
	}
	switch {
	case errors.Is(err, buffer.ErrNotContiguous):
		return fmt.Errorf("%w: make it a file of its own, by memview convert", err)
	case err != nil:
		return err
	}
	sel.part.Release()
	sel.part = v
	return nil
}

// shapeOf reads extents, of which one may be -1 for what is left of n items.
func shapeOf(text string, n int) (shape []int, isGiven bool, err error) {
	if text == "" {
		return nil, false, nil
	}
	text = strings.Trim(strings.TrimSpace(text), "()")
	shape = []int{}
	left, open := n, -1
	for _, part := range strings.Split(strings.TrimSuffix(text, ","), ",") {
		if strings.TrimSpace(text) == "" {
			break
		}
		extent, err := strconv.Atoi(strings.TrimSpace(part))
		switch {
		case err != nil || extent < -1 || extent == -1 && open >= 0:
			return nil, false, fmt.Errorf("%w: shape %q: whole numbers with commas between them, as 3,4, of which one may be -1", buffer.ErrValue, text)
		case extent == -1:
			open = len(shape)
		case extent > 0:
			left /= extent
		}
		shape = append(shape, extent)
	}
	if open >= 0 {
		shape[open] = left
	}
	return shape, true, nil
}

// write makes a file of the items, as convert does.
func (c *castCommand) write(out *output, sel *selection) error {
	convert := &convertCommand{In: c.File, Out: c.Out, To: c.To, JSON: c.JSON, Casting: castSafe}
	kind, err := convert.kind(out)
	if err != nil {
		return exitError{exitUsage, err}
	}
	v := &conversion{convertCommand: convert, kind: kind}
	if err := v.addPart(sel); err != nil {
		return err
	}
	return v.make(out)
}
