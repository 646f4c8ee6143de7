package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview/buffer"
)

// exitCopy is explain's exit code where --for wants a copy.
const exitCopy = 1

type explainCommand struct {
	source

	For  string `help:"The request: flags of the buffer protocol (Simple, ND, Strides, CContiguous, FContiguous, AnyContiguous, Writable, Format, Full, and others, joined by '|'), numpy, bytes, []T and array:T of a Go type T, npy, npz, safetensors or raw (default: the most common ones)." placeholder:"REQUEST" complete:"AnyContiguous,CContiguous,FContiguous,Full,FullRO,ND,Records,RecordsRO,Simple,Strides,Writable,bytes,npy,npz,numpy,raw,safetensors"`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Help is called by kong.
func (*explainCommand) Help() string {
	return "A view whose items lie as a consumer wants them is lent in place; another has to be copied for it. " +
		"What stands against a request is told with the dimension and the stride, and what would serve, the cheapest first. " +
		"With --for, the exit code is 0 where the memory serves as it is, and 1 where it does not.\n\n" + examples(`
		memview explain photo.npy             who takes it as it is
		memview explain 'photo.npy[..., ::-1]'
		memview explain --for CContiguous 'grid.npy[:, ::2]'
		memview explain --for '[]float32' weights.npy
		memview explain --for numpy 'log.npy[:].pos'
		memview explain --for 'Records|CContiguous' log.npy && echo in place`)
}

// Validate is called by kong.
func (c *explainCommand) Validate() error {
	if c.For != "" {
		if _, err := requestOf(c.For); err != nil {
			return err
		}
	}
	return c.source.Validate()
}

// explanation is what there is to say of a request.
type explanation struct {
	Request   string   `json:"request"`
	Served    bool     `json:"served"`
	Error     string   `json:"error,omitempty"`
	Dimension *int     `json:"dimension,omitempty"` // that stands against it
	Stride    int      `json:"stride,omitempty"`
	Want      int      `json:"want,omitempty"` // the stride that it would have
	Remedies  []string `json:"remedies,omitempty"`
}

// Run prints who is served, and why others are not.
func (c *explainCommand) Run(out *output) error {
	sel, err := c.open(out.progress)
	if err != nil {
		return err
	}
	defer sel.Close()
	l := sel.layout()
	requests := []string{c.For}
	if c.For == "" {
		requests = commonRequests(typeOf(l.Format))
	}
	var all []explanation
	for _, name := range requests {
		all = append(all, explain(name, sel))
	}
	if err := printExplanations(out, sel, all, c.JSON); err != nil {
		return err
	}
	if c.For != "" && !all[0].Served {
		return exitError{exitCopy, nil}
	}
	return nil
}

// explain asks for a request, and says what would serve where it is refused.
func explain(name string, sel *selection) explanation {
	e := explanation{Request: name}
	r, err := requestOf(name)
	if err == nil {
		err = r.ask(sel.part)
	}
	if err == nil {
		e.Served = true
		return e
	}
	e.Error = err.Error()
	var stride *buffer.StrideError
	if errors.As(err, &stride) {
		e.Dimension, e.Stride, e.Want = &stride.Dim, stride.Stride, stride.Want
		e.Remedies = remedies(sel.layout(), stride.Order)
	}
	if errors.Is(err, buffer.ErrReadOnly) && !sel.array.Copied() {
		e.Remedies = append(e.Remedies, "open the file with arrayfile.Writable(), to write in place")
	}
	if !errors.Is(err, buffer.ErrType) && !errors.Is(err, buffer.ErrFormat) && !errors.Is(err, buffer.ErrValue) {
		e.Remedies = append(e.Remedies, "a copy of "+humanBytes(int64(nbytes(sel.layout()))))
	}
	return e
}

// remedies are what gives memory in an order without a copy: the same items in another order of dimensions, or in pieces.
func remedies(l buffer.Layout, order buffer.Order) (all []string) {
	if text := rearranged(l, order); text != "" {
		all = append(all, text)
	}
	if order == buffer.F {
		return all
	}
	for k := 1; k < len(l.Shape); k++ {
		piece := buffer.Layout{ItemSize: l.ItemSize, Shape: l.Shape[k:], Strides: l.Strides[k:]}
		if !piece.IsContiguous(buffer.C) || nbytes(piece) == l.ItemSize {
			continue
		}
		count := nbytes(l) / nbytes(piece)
		return append(all, fmt.Sprintf("in pieces: each of %d, at an index of the first %s, has %s without a gap", count, plural(k, "%d dimension"), humanBytes(int64(nbytes(piece)))))
	}
	return all
}

// rearranged says which order and direction of the dimensions leave no gap, if there is one.
func rearranged(l buffer.Layout, order buffer.Order) string {
	cuts, axes, ok := arrangement(l, order)
	if !ok {
		return ""
	}
	var steps []string
	if strings.Contains(cuts, "-") {
		steps = append(steps, fmt.Sprintf("from the other end, [%s]", cuts))
	}
	if !slices.IsSorted(axes) {
		text := strings.Trim(strings.ReplaceAll(fmt.Sprint(axes), " ", ", "), "[]")
		steps = append(steps, fmt.Sprintf("transposed, View.Transpose(%s)", text))
	}
	return strings.Join(steps, ", and ") + ": the same items lie without a gap"
}

// arrangement is a slice and then a transposition that leave no gap, if there are such.
func arrangement(l buffer.Layout, order buffer.Order) (cuts string, axes []int, ok bool) {
	if len(l.Suboffsets) > 0 {
		return "", nil, false
	}
	for d := range l.Shape {
		axes = append(axes, d)
	}
	slices.SortStableFunc(axes, func(i, j int) int { return -cmp.Compare(magnitude(l, i), magnitude(l, j)) })
	if order == buffer.F {
		slices.Reverse(axes)
	}
	turned := buffer.Layout{ItemSize: l.ItemSize}
	parts := slices.Repeat([]string{":"}, len(l.Shape))
	for _, d := range axes {
		stride := l.Strides[d]
		if stride < 0 && l.Shape[d] > 1 {
			stride, parts[d] = -stride, "::-1"
		}
		turned.Shape, turned.Strides = append(turned.Shape, l.Shape[d]), append(turned.Strides, stride)
	}
	return strings.Join(parts, ", "), axes, turned.IsContiguous(order)
}

// magnitude is how far a dimension steps. One that does not step comes last.
func magnitude(l buffer.Layout, d int) int {
	if l.Shape[d] == 1 {
		return 0
	}
	return max(l.Strides[d], -l.Strides[d])
}

func printExplanations(out *output, sel *selection, all []explanation, asJSON bool) error {
	l := sel.layout()
	if asJSON {
		return encode(out, map[string]any{
			"file": sel.title(), "format": l.Format, "shape": l.Shape, "strides": l.Strides, "itemsize": l.ItemSize, "nbytes": nbytes(l), "requests": all,
		})
	}
	sel.head(out)
	out.line("strides %s, items of %s, %s in all", tuple(l.Strides), humanBytes(int64(l.ItemSize)), humanBytes(int64(nbytes(l))))
	wide := 0
	for _, e := range all {
		wide = max(wide, len(e.Request))
	}
	for _, e := range all {
		if e.Served {
			out.line("%-*s  as it is", wide, e.Request)
			continue
		}
		out.line("%-*s  no: %s", wide, e.Request, e.Error)
		for _, remedy := range e.Remedies {
			out.line("%-*s      %s", wide, "", remedy)
		}
	}
	return out.failed()
}
