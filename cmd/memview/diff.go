package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// Exit codes of diff, as those of diff(1).
const (
	exitDiffer  = 1
	exitTrouble = 2
)

type diffCommand struct {
	A string `arg:"" help:"A file, - for standard input, a folder or an address, perhaps with a part: 'photo.npy[::64]', 'log.npy[:].pos'." placeholder:"FILE[SLICE].FIELD"`
	B string `arg:"" help:"Another." placeholder:"FILE[SLICE].FIELD"`

	Rtol     float64 `help:"Numbers are the same where |a-b| <= ATOL + RTOL*|b|, as in NumPy's isclose (default: 0)." placeholder:"RTOL"`
	Atol     float64 `help:"See --rtol (default: 0)." placeholder:"ATOL"`
	EqualNaN bool    `name:"equal-nan" help:"A NaN is the same as another."`
	Quiet    bool    `short:"q" help:"Print nothing, and stop at the first difference: the exit code says it."`
	JSON     bool    `name:"json" help:"Print JSON."`

	openFlags
}

// Help is called by kong.
func (*diffCommand) Help() string {
	return "Numbers are compared by value, whatever their formats and byte orders are; records field by field. " +
		"Files of many arrays are compared by the names in them, and so are Zarr stores; folders by the files below them: what is no array file, byte by byte. What memview serve serves is compared with a folder as the files that it is of. " +
		"The exit code is 0 where nothing differs, 1 where something does, also the shape, and 2 where the arrays cannot be compared.\n\n" + examples(`
		memview diff before.npy after.npy     how many items differ, where first, how far
		memview diff --rtol 1e-5 --atol 1e-8 a.npy b.npy
		memview diff 'a.npy[0]' 'b.npy[0]'    two parts
		memview diff 'log.npy[:-1].pos.x' 'log.npy[1:].pos.x'
		memview diff before.npz after.npz     all arrays in them, and names that only one has
		memview diff run1/ run2/              all files in two folders
		memview diff http://127.0.0.1:8000 run1/
		memview diff -q a.npy b.npy && echo the same
		memview diff --json a.npy b.npy | jq '.columns[].differ'`)
}

func (c *diffCommand) source(file string) *source {
	return &source{File: file, openFlags: c.openFlags}
}

// Validate is called by kong.
func (c *diffCommand) Validate() error {
	if err := checkTolerance(c.Rtol, c.Atol); err != nil {
		return err
	}
	if c.A == standardInput && c.B == standardInput {
		return errors.New("standard input is one file: name another")
	}
	return c.source(c.A).Validate()
}

// Run prints what differs. Every error is trouble.
func (c *diffCommand) Run(out *output) error {
	same, err := c.diff(out)
	switch {
	case err != nil:
		return exitError{exitTrouble, err}
	case !same:
		return exitError{exitDiffer, nil}
	}
	return nil
}

// diff compares two arrays, or all that is in two files or folders.
func (c *diffCommand) diff(out *output) (same bool, err error) {
	a, err := c.open(c.A, out.progress)
	if err != nil {
		return false, err
	}
	defer a.close()
	b, err := c.open(c.B, out.progress)
	if err != nil {
		return false, err
	}
	defer b.close()
	if a.one == nil || b.one == nil {
		return c.diffMany(out, a, b)
	}
	r, err := c.compare(out, a.one, b.one)
	switch {
	case err != nil:
		return false, err
	case c.Quiet:
	case c.JSON:
		err = encode(out, r.json())
	default:
		r.print(out)
	}
	return r.same(), err
}

// compare compares two arrays.
func (c *diffCommand) compare(out *output, a, b *selection) (*diffResult, error) {
	r := &diffResult{a: a, b: b}
	if r.sameShape = slices.Equal(a.part.Shape(), b.part.Shape()); !r.sameShape {
		return r, nil
	}
	ask := summary.Ask{Tolerance: summary.Tolerance{Relative: c.Rtol, Absolute: c.Atol, EqualNaN: c.EqualNaN}, First: c.Quiet}
	if !c.Quiet && !c.JSON && itemCount(a) >= fewItems {
		ask.Rows, ask.Columns = mapSize(out)
	}
	err := out.progress.run("diff", func(w *summary.Work) error { return r.compare(w, ask) })
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", a.title(), b.title(), err)
	}
	return r, nil
}

// diffResult is what there is to say.
type diffResult struct {
	a, b      *selection
	sameShape bool
	columns   []columnDiff
}

type columnDiff struct {
	name string
	*summary.Difference
}

func (r *diffResult) same() bool {
	return r.sameShape && !slices.ContainsFunc(r.columns, func(c columnDiff) bool { return c.Differ > 0 })
}

func (r *diffResult) compare(w *summary.Work, ask summary.Ask) error {
	return entered(r.a.part, r.b.part, func(a, b kernel.Items, bufA, bufB *buffer.Buffer) error {
		pairs, err := summary.Pairs(a, b, bufA.Type(), bufB.Type())
		if err != nil {
			return err
		}
		for _, p := range pairs {
			d, err := p.Difference(w, ask)
			if err != nil {
				return err
			}
			r.columns = append(r.columns, columnDiff{p.A.Name, d})
			if ask.First && d.Differ > 0 {
				return nil
			}
		}
		return nil
	})
}

// entered calls f while the memory of two views stays in place.
func entered(a, b *memoryview.View, f func(a, b kernel.Items, bufA, bufB *buffer.Buffer) error) (err error) {
	var itemsA, itemsB kernel.Items
	bufA, bufB := a.Buffer(), b.Buffer()
	visitA, err := bufA.Enter(&itemsA)
	if err != nil {
		return err
	}
	defer visitA.Leave(&err)
	visitB, err := bufB.Enter(&itemsB)
	if err != nil {
		return err
	}
	defer visitB.Leave(&err)
	return f(itemsA, itemsB, bufA, bufB)
}

// print writes a line for each array and each difference.
func (r *diffResult) print(out *output) {
	for _, s := range []*selection{r.a, r.b} {
		s.head(out)
	}
	if !r.sameShape {
		fmt.Fprintf(out, "shapes differ: %s and %s\n", tuple(r.a.part.Shape()), tuple(r.b.part.Shape()))
		return
	}
	for _, c := range r.columns {
		if c.name != "" {
			fmt.Fprintf(out, "\n%s\n", arraytext.Printable(c.name))
		}
		c.print(out)
	}
}

func (c *columnDiff) print(out *output) {
	if c.Differ == 0 {
		fmt.Fprintf(out, "no difference in %s\n", plural(c.Count, "%d item"))
		return
	}
	fmt.Fprintf(out, "differ    %d of %s%s\n", c.Differ, plural(c.Count, "%d item"), out.dim(percent(c.Differ, c.Count)))
	line := func(what, distance string, at summary.At) {
		where := fmt.Sprintf("at %s: %s and %s", indexText(at.Index), cutText(valueText(at.A), textWidth), cutText(valueText(at.B), textWidth))
		fmt.Fprintf(out, "%-9s %s%s\n", what, distance, where)
	}
	line("first", "", *c.First)
	if far := c.Absolute; far != nil {
		line("absolute", shortFloat(far.Distance)+"  ", far.At)
	}
	if far := c.Relative; far != nil {
		line("relative", shortFloat(far.Distance)+"  ", far.At)
	}
	if c.Map != nil {
		printMap(out, c.Map)
	}
}

// json is all of it.
func (r *diffResult) json() map[string]any {
	type array struct {
		File   string `json:"file"`
		Format string `json:"format"`
		Shape  []int  `json:"shape"`
	}
	describe := func(s *selection) array { return array{s.title(), s.part.Format(), s.part.Shape()} }
	columns := []map[string]any{}
	for _, c := range r.columns {
		column := map[string]any{"name": c.name, "count": c.Count, "differ": c.Differ}
		if c.First != nil {
			column["first"] = atJSON(*c.First)
		}
		for what, far := range map[string]*summary.Far{"absolute": c.Absolute, "relative": c.Relative} {
			if far != nil {
				at := atJSON(far.At)
				at["distance"] = itemJSON(far.Distance)
				column[what] = at
			}
		}
		columns = append(columns, column)
	}
	return map[string]any{"a": describe(r.a), "b": describe(r.b), "same": r.same(), "columns": columns}
}

func atJSON(at summary.At) map[string]any {
	return map[string]any{"index": at.Index, "a": itemJSON(at.A), "b": itemJSON(at.B)}
}
