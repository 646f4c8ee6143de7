package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// exitNone is find's exit code where nothing is found, as that of grep.
const exitNone = 1

type findCommand struct {
	File   string   `arg:"" help:"The file, - for standard input, perhaps with the array in it and a part: 'photo.npy[::64]', 'log.npy[:].pos', 'data.npz:x'." placeholder:"FILE:NAME[SLICE].FIELD"`
	Values []string `arg:"" name:"value" help:"What items are to be: 3, '>2.5', 3..5, nan, setosa, and in records 'id=3'. Of several, all have to hold."`

	Count bool    `short:"c" xor:"how" help:"Print how many there are, and nothing else."`
	First int     `xor:"how" help:"Stop after the first N." placeholder:"N"`
	Quiet bool    `short:"q" xor:"how" help:"Print nothing, and stop at the first: the exit code says it."`
	Rtol  float64 `help:"Numbers equal VALUE where |a-VALUE| <= ATOL + RTOL*|VALUE|, as in NumPy's isclose (default: 0)." placeholder:"RTOL"`
	Atol  float64 `help:"See --rtol (default: 0)." placeholder:"ATOL"`
	JSON  bool    `name:"json" help:"Print JSON, as it is found."`

	openFlags
}

// Help is called by kong.
func (*findCommand) Help() string {
	return "VALUE is a number, text, nan, inf, true, or 1+2j, by itself or behind one of = != < <= > >=; a range as in 3..5, both ends in it; or what is in a text, as in ~abc. " +
		"Numbers are rounded to the type of the items before they are compared, as NumPy does. In records, the field stands first. " +
		"A line has the index of an item, the byte of the file where it lies, and the item. " +
		"The exit code is 0 where something is found, 1 where nothing is, and 2 where it cannot be looked for.\n\n" + examples(`
		memview find photo.npy 255            where the items are 255
		memview find photo.npy '>250'         or above 250
		memview find grid.npy nan             what is no number
		memview find --first 3 grid.npy 0..1  the first three from 0 to 1
		memview find log.npy 'id=7' 'pos.x<0' records by their fields
		memview find names.npy '~setosa'      text with a part
		memview find --atol 1e-6 grid.npy 0.1
		memview find -q grid.npy inf && echo it has overflowed
		memview find -c weights.safetensors:encoder.bias 0
		memview find --json log.npy 'id=7' | jq '.found[].index'`)
}

func (c *findCommand) source() *source { return &source{File: c.File, openFlags: c.openFlags} }

// Validate is called by kong.
func (c *findCommand) Validate() error {
	if c.First < 0 {
		return fmt.Errorf("--first=%d: at least 1", c.First)
	}
	if err := checkTolerance(c.Rtol, c.Atol); err != nil {
		return err
	}
	return c.source().Validate()
}

func checkTolerance(rtol, atol float64) error {
	if !(rtol >= 0 && atol >= 0 && rtol <= math.MaxFloat64) {
		return fmt.Errorf("--rtol=%g --atol=%g: at least 0", rtol, atol)
	}
	return nil
}

// Run prints what is found. Every error is trouble.
func (c *findCommand) Run(out *output) error {
	sel, err := c.source().open(out.progress)
	if err != nil {
		return exitError{exitTrouble, err}
	}
	defer sel.Close()
	n, err := c.find(out, sel)
	switch {
	case err != nil:
		return exitError{exitTrouble, fmt.Errorf("%s: %w", sel.title(), err)}
	case n == 0:
		return exitError{exitNone, nil}
	}
	return nil
}

// find returns how many were found, as far as it looked.
func (c *findCommand) find(out *output, sel *selection) (n int, err error) {
	var items kernel.Items
	b := sel.part.Buffer()
	visit, err := b.Enter(&items)
	if err != nil {
		return 0, err
	}
	defer visit.Leave(&err)
	q, err := summary.NewQuery(items, b.Type(), c.Values, summary.Tolerance{Relative: c.Rtol, Absolute: c.Atol})
	if err != nil {
		return 0, err
	}
	if c.Count {
		err = out.progress.run("find", func(w *summary.Work) error {
			n, err = q.Count(w)
			return err
		})
		if err == nil {
			err = c.printCount(out, sel, n)
		}
		return n, err
	}
	f := &finding{out: out, query: q, start: sel.offset(), most: c.First, items: c.printer(out)}
	if f.items != nil {
		if err := f.items.begin(sel); err != nil {
			return 0, err
		}
	}
	err = out.progress.run("find", func(w *summary.Work) error { return q.Each(w, f.take) })
	enough := errors.Is(err, errEnough)
	switch {
	case err != nil && !enough:
		return f.n, err
	case f.items != nil:
		return f.n, f.items.end(f.n, enough)
	}
	return f.n, nil
}

func (c *findCommand) printCount(out *output, sel *selection, n int) error {
	if !c.JSON {
		_, err := fmt.Fprintln(out, n)
		return err
	}
	if err := sel.headJSON(out); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, `"count":%d}`+"\n", n)
	return err
}

// printer is nil where nothing is printed.
func (c *findCommand) printer(out *output) printer {
	switch {
	case c.Quiet:
		return nil
	case c.JSON:
		return &jsonPrinter{out: out}
	}
	return &linePrinter{out}
}

// errEnough ends a search that has found what it was to find.
var errEnough = errors.New("enough")

// finding is what has been found so far.
type finding struct {
	out   *output
	query *summary.Query
	start int64   // where the first item lies
	items printer // nil where nothing is printed
	most  int     // 0: all
	n     int
}

// A printer tells of what is found as it is found.
type printer interface {
	begin(sel *selection) error
	item(item summary.Item, offset int64) error
	end(n int, more bool) error
}

// take prints a batch. On a terminal, the line of progress makes room for it.
func (f *finding) take(positions []int) error {
	return f.out.progress.aside(func() error {
		for _, position := range positions {
			if err := f.print(position); err != nil {
				return err
			}
			if f.n++; f.n == f.most || f.items == nil {
				return errEnough
			}
		}
		return f.out.Flush()
	})
}

// print prints an item: the record where the query is about a field of it.
func (f *finding) print(position int) error {
	if f.items == nil {
		return nil
	}
	item, err := f.query.At(position)
	if err != nil {
		return err
	}
	return f.items.item(item, f.start+int64(item.Offset))
}

// linePrinter prints a line for each item, and how many there were.
type linePrinter struct{ out *output }

func (p *linePrinter) begin(sel *selection) error {
	sel.head(p.out)
	return p.out.failed()
}

func (p *linePrinter) item(item summary.Item, offset int64) error {
	_, err := fmt.Fprintf(p.out, "%s  %s  %s\n", indexText(item.Index), p.out.dim(fmt.Sprintf("byte %d", offset)), cutText(valueText(item.Value), findWidth))
	return err
}

const findWidth = 200 // characters of an item that are printed

func (p *linePrinter) end(n int, more bool) error {
	if more {
		p.out.comment("the first %d: there may be more", n)
	} else {
		p.out.comment("%s", plural(n, "%d item")+" found")
	}
	return p.out.failed()
}

// jsonPrinter prints one object.
type jsonPrinter struct {
	out  *output
	next string // what stands before the next item
}

func (p *jsonPrinter) begin(sel *selection) error {
	if err := sel.headJSON(p.out); err != nil {
		return err
	}
	_, err := p.out.WriteString(`"found":[`)
	return err
}

func (p *jsonPrinter) item(item summary.Item, offset int64) error {
	index, err := json.Marshal(item.Index)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s{\"index\":%s,\"offset\":%d,\"item\":%s}", p.next, index, offset, itemJSON(item.Value))
	p.next = ",\n"
	return err
}

func (p *jsonPrinter) end(n int, more bool) error {
	_, err := fmt.Fprintf(p.out, "],\"count\":%d,\"more\":%v}\n", n, more)
	return err
}
