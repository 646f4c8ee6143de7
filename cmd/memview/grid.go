package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// grid is how an array is shown as a table: the fields of records are columns, and so is the last dimension of what has two. The
// dimensions before those want an index each.
type grid struct {
	Rows    int          `json:"rows"`
	Columns int          `json:"columns"`
	Fields  []gridColumn `json:"fields"` // of records, as many as are shown; or the one that all columns are like
	More    int          `json:"more"`   // fields that are not shown
	Leading []int        `json:"leading"`
	Records bool         `json:"records"`
}

type gridColumn struct {
	Name  string `json:"name"`
	Words string `json:"words"`
	DType string `json:"dtype"` // NumPy's, where it has one
	Kind  string `json:"kind"`
	Width int    `json:"width"` // in characters, about

	path      []string // of the field, and of the records around it
	positions []int    // the same, by number
	unnamed   bool     // one of them has no name
}

// What one answer may hold.
const (
	mostColumns = 500      // fields of records
	mostCells   = 20000    // in a question
	mostRead    = 32 << 20 // bytes of all cells
	cellCut     = 120      // characters
	cellItems   = 6        // of a subarray
)

// gridOf says how an array is shown.
func gridOf(v *memoryview.View) *grid {
	t, shape := typeOf(v.Format()), v.Shape()
	g := &grid{Rows: 1, Columns: 1, Leading: []int{}}
	own := 0 // dimensions that the table has
	if g.Records = t.Kind() == format.Struct && t.NumField() > 0; g.Records {
		all := gridColumns(nil, gridColumn{}, t)
		g.Fields = all[:min(len(all), mostColumns)]
		g.Columns, g.More = len(g.Fields), len(all)-len(g.Fields)
		own = min(len(shape), 1)
	} else {
		g.Fields = []gridColumn{columnOf(t)}
		own = min(len(shape), 2)
	}
	if own > 0 {
		g.Leading, g.Rows = shape[:len(shape)-own], shape[len(shape)-own]
	}
	if own == 2 {
		g.Columns = shape[len(shape)-1]
	}
	return g
}

// gridColumns opens records in records, which lie in a column of their own, or are none at all.
func gridColumns(columns []gridColumn, around gridColumn, t *format.Type) []gridColumn {
	for i, f := range t.Fields() {
		path, positions := append(slices.Clip(around.path), f.Name), append(slices.Clip(around.positions), i)
		if f.Name == "" {
			path[len(path)-1] = strconv.Itoa(i)
		}
		c := columnOf(f.Type)
		c.Name, c.path, c.positions, c.unnamed = strings.Join(path, "."), path, positions, around.unnamed || f.Name == ""
		if f.Type.Kind() == format.Struct && f.Type.NumField() > 0 {
			columns = gridColumns(columns, c, f.Type)
		} else {
			columns = append(columns, c)
		}
	}
	return columns
}

func columnOf(t *format.Type) gridColumn {
	c := gridColumn{Words: beginning(words(t)), DType: shortType(t), Kind: t.Kind().String(), Width: valueWidth(t)}
	switch t.Kind() {
	case format.Complex:
		c.Width = 3 * t.Size()
	case format.Text:
		c.Width = min(max(t.Size()/4+2, 6), 32)
	case format.Bytes, format.Pascal:
		c.Width = min(max(t.Size()+3, 6), 32)
	case format.Array, format.Struct:
		c.Kind, c.Width = "list", 24
	}
	if c.Width == 0 {
		c.Width = 12
	}
	return c
}

// shortType is what stands below a column's name.
func shortType(t *format.Type) string {
	dtype := strings.Trim(dtypeCode(t), `"`)
	if dtype == "" || strings.Contains(dtype, `"`) {
		dtype = t.String()
	}
	return cutText(strings.TrimPrefix(dtype, "<"), 16)
}

// table gives the text of a rectangle of cells.
func (a *api) table(_ context.Context, p *params) (any, error) {
	s, err := a.part(p)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	g := gridOf(s.part)
	row, column := p.number("row", 0, max(g.Rows-1, 0), 0), p.number("column", 0, max(g.Columns-1, 0), 0)
	rows, columns := min(p.number("rows", 0, mostCells, 50), g.Rows-row), min(p.number("columns", 0, mostCells, 20), g.Columns-column)
	at := p.numbers("at")
	if p.err != nil {
		return nil, p.err
	}
	if rows > 0 && columns > mostCells/rows {
		return nil, fmt.Errorf("%d rows of %d columns: %w: at most %d cells at once", rows, columns, buffer.ErrValue, mostCells)
	}
	own := s.part.NDim() - len(g.Leading)
	v, err := s.sub(at, own)
	if err != nil {
		return nil, err
	}
	defer v.Release()
	if v.NDim() != own {
		return nil, fmt.Errorf("at=%v: %w: %s wants %d indices", at, buffer.ErrValue, s.title(), len(g.Leading))
	}
	cells, err := g.cells(v, row, rows, column, columns)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.title(), err)
	}
	return map[string]any{"row": row, "column": column, "cells": cells}, nil
}

// item gives the text of one item, or of the first ones below an index.
func (a *api) item(_ context.Context, p *params) (any, error) {
	s, err := a.part(p)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	index := p.numbers("index")
	if p.err != nil {
		return nil, p.err
	}
	if len(index) > s.part.NDim() {
		return nil, fmt.Errorf("index=%v: %w: %s has %d dimensions", index, buffer.ErrValue, s.title(), s.part.NDim())
	}
	b := budget(mostRead)
	text, err := cellText(s.part, index, &b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.title(), err)
	}
	return map[string]any{"index": index, "text": text}, nil
}

// cells reads a rectangle, row by row.
func (g *grid) cells(v *memoryview.View, row, rows, column, columns int) ([][]string, error) {
	cells := make([][]string, max(rows, 0))
	budget := budget(mostRead)
	for j := range columns {
		read, leave, err := g.reader(v, column+j, &budget)
		if err != nil {
			return nil, err
		}
		for i := range cells {
			text, err := read(row + i)
			if err != nil {
				leave()
				return nil, err
			}
			cells[i] = append(cells[i], text)
		}
		leave()
	}
	return cells, nil
}

// reader returns what reads the cells of one column.
func (g *grid) reader(v *memoryview.View, column int, b *budget) (read func(row int) (string, error), leave func(), err error) {
	rowIndex := func(row int) []int {
		if v.NDim() == 0 {
			return nil
		}
		return []int{row}
	}
	leave = func() {}
	if !g.Records {
		return func(row int) (string, error) {
			index := rowIndex(row)
			if v.NDim() == 2 {
				index = append(index, column)
			}
			return cellText(v, index, b)
		}, leave, nil
	}
	c := &g.Fields[column]
	if c.unnamed {
		return func(row int) (string, error) {
			if err := b.take(v.ItemSize()); err != nil {
				return "", err
			}
			item, err := v.At(rowIndex(row)...)
			if err != nil {
				return "", err
			}
			for _, position := range c.positions {
				item = item.(format.Record).Values[position]
			}
			return cutText(valueText(item), cellCut), nil
		}, leave, nil
	}
	field, err := c.of(v)
	if err != nil {
		return nil, leave, err
	}
	return func(row int) (string, error) { return cellText(field, rowIndex(row), b) }, func() { field.Release() }, nil
}

// of takes the field out of records.
func (c *gridColumn) of(v *memoryview.View) (*memoryview.View, error) {
	part, err := v.Select("...")
	for _, name := range c.path {
		if err != nil {
			return nil, err
		}
		var next *memoryview.View
		next, err = part.Field(name)
		part.Release()
		part = next
	}
	return part, err
}

// budget is how many bytes one answer may still read.
type budget int

func (b *budget) take(n int) error {
	if n > int(*b) {
		return fmt.Errorf("%w: more than %s of items at once: look at fewer, or at a field of them", buffer.ErrValue, humanBytes(mostRead))
	}
	*b -= budget(n)
	return nil
}

// cellText reads one item, or the first ones of a subarray that a field adds as dimensions.
func cellText(v *memoryview.View, index []int, b *budget) (string, error) {
	inner := v.Shape()[len(index):]
	total := 1
	for _, extent := range inner {
		total *= extent
	}
	texts := make([]string, 0, min(total, cellItems))
	for i := range min(total, cellItems) {
		if err := b.take(v.ItemSize()); err != nil {
			return "", err
		}
		item, err := v.At(append(slices.Clip(index), unravel(i, inner)...)...)
		if err != nil {
			return "", err
		}
		texts = append(texts, cutText(valueText(item), cellCut))
	}
	if len(inner) == 0 {
		return texts[0], nil
	}
	if total > cellItems {
		texts = append(texts, "...")
	}
	return "[" + strings.Join(texts, ", ") + "]", nil
}

// unravel is the index of the ith item in C order.
func unravel(i int, shape []int) []int {
	index := make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		index[d], i = i%shape[d], i/shape[d]
	}
	return index
}
