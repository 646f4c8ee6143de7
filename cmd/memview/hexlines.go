package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"strings"

	"github.com/go-memoryview/memoryview/format"
)

// hexLines are how the bytes of an array are shown in lines: a line holds a piece of a field of an item, or several items
// that have no fields. The nth line is found without those before it.
type hexLines struct {
	Lines   int  `json:"lines"`
	Width   int  `json:"width"`   // bytes on a line, at most
	Records bool `json:"records"` // lines have names

	perItem  []hexLine // the lines of an item, where it has more than one; nil where a line has several items
	together int       // items on a line
	items    int
}

// hexLine is a piece of an item.
type hexLine struct {
	hexField

	first bool // of the field
	more  int  // bytes of the field that have no line
}

const (
	hexWidth      = 16
	mostFieldRows = 64 // lines of a field
	mostItemRows  = 4096
	mostHexLines  = 1000 // in a question
)

func hexLinesOf(s *selection) *hexLines {
	t, size := typeOf(s.part.Format()), s.part.ItemSize()
	h := &hexLines{Width: hexWidth, items: summedItems(s.part), Records: t.Kind() == format.Struct, together: 1}
	if !h.Records && size > 0 && size <= hexWidth {
		h.together = hexWidth / size
		h.Lines = (h.items-1)/h.together + 1
		if h.items == 0 {
			h.Lines = 0
		}
		h.Width = h.together * size
		return h
	}
	for _, f := range hexFields(nil, "", 0, size, t) {
		h.perItem = append(h.perItem, linesOf(f)...)
		if len(h.perItem) > mostItemRows {
			h.perItem = h.perItem[:mostItemRows]
			break
		}
	}
	high, low := bits.Mul(uint(h.items), uint(max(len(h.perItem), 1)))
	if high != 0 || low > math.MaxInt {
		low = math.MaxInt
	}
	h.Lines = int(low)
	return h
}

// linesOf cuts a field into lines. What is very long has its first ones.
func linesOf(f hexField) (lines []hexLine) {
	rest := f
	for n := 0; n == 0 || rest.size > 0 && n < mostFieldRows; n++ {
		piece := rest
		piece.size = min(rest.size, hexWidth)
		rest.offset, rest.size = rest.offset+piece.size, rest.size-piece.size
		lines = append(lines, hexLine{hexField: piece, first: n == 0})
	}
	lines[0].hexField.typ = f.typ
	lines[len(lines)-1].more = rest.size
	return lines
}

type hexAnswer struct {
	Offset int64    `json:"offset"`
	Index  []int    `json:"index,omitempty"` // of the item that begins here
	Bytes  string   `json:"bytes"`
	Name   string   `json:"name,omitempty"`
	Kind   string   `json:"kind"` // of the field, or "padding"
	Values []string `json:"values"`
	More   int      `json:"more,omitempty"` // bytes of the field that are not shown
}

// hex gives lines of bytes.
func (a *api) hex(_ context.Context, p *params) (any, error) {
	s, err := a.part(p)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	h := hexLinesOf(s)
	line := p.number("line", 0, max(h.Lines-1, 0), 0)
	lines := min(p.number("lines", 0, mostHexLines, 40), h.Lines-line)
	if p.err != nil {
		return nil, p.err
	}
	r := &hexReader{selection: s, hexLines: h, typ: typeOf(s.part.Format()), start: s.offset()}
	answer := make([]hexAnswer, max(lines, 0))
	for i := range answer {
		if answer[i], err = r.line(line + i); err != nil {
			return nil, fmt.Errorf("%s: %w", s.title(), err)
		}
	}
	return map[string]any{"line": line, "lines": answer}, nil
}

type hexReader struct {
	*selection
	*hexLines

	typ   *format.Type
	start int64
}

// place is the index of an item, and where it lies.
func (r *hexReader) place(item int) (index []int, offset int64) {
	index, offset = unravel(item, r.part.Shape()), r.start
	for d, stride := range r.part.Strides() {
		offset += int64(index[d]) * int64(stride)
	}
	return index, offset
}

// read reads some bytes of an item.
func (r *hexReader) read(item, offset, n int) ([]byte, error) {
	b := make([]byte, n)
	got, err := r.part.ReadAt(b, int64(item)*int64(r.part.ItemSize())+int64(offset))
	if got == n && errors.Is(err, io.EOF) {
		err = nil
	}
	return b, err
}

func (r *hexReader) line(n int) (a hexAnswer, err error) {
	if r.perItem == nil {
		return r.itemsLine(n)
	}
	item := n / len(r.perItem)
	l := r.perItem[n%len(r.perItem)]
	index, offset := r.place(item)
	b, err := r.read(item, l.offset, l.size)
	if err != nil {
		return a, err
	}
	a = hexAnswer{Offset: offset + int64(l.offset), Bytes: hex.EncodeToString(b), Kind: "padding", Values: []string{}, More: l.more}
	if n%len(r.perItem) == 0 {
		a.Index = index
	}
	if l.typ == nil {
		return a, nil
	}
	a.Kind = l.typ.Kind().String()
	if !l.first {
		return a, nil
	}
	a.Name = cutText(l.name, cellCut)
	a.Values = []string{"..."}
	if size := l.typ.Size(); size <= mostValue {
		if b, err = r.read(item, l.offset, size); err != nil {
			return a, err
		}
		a.Values[0] = cutText(unpackedText(l.typ, b), cellCut)
	}
	return a, nil
}

// mostValue bounds the bytes that are read to show a value on one line.
const mostValue = 4096

func unpackedText(t *format.Type, b []byte) string {
	v, err := t.Unpack(b)
	if err != nil {
		return "no text"
	}
	return valueText(v)
}

// itemsLine is a line of several items.
func (r *hexReader) itemsLine(n int) (a hexAnswer, err error) {
	first := n * r.together
	index, offset := r.place(first)
	a = hexAnswer{Offset: offset, Index: index, Kind: r.typ.Kind().String()}
	var text strings.Builder
	for item := first; item < min(first+r.together, r.items); item++ {
		b, err := r.read(item, 0, r.part.ItemSize())
		if err != nil {
			return a, err
		}
		text.WriteString(hex.EncodeToString(b))
		a.Values = append(a.Values, cutText(unpackedText(r.typ, b), cellCut))
	}
	a.Bytes = text.String()
	return a, nil
}
