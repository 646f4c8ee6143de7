package picture

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// Map says how the items of a layout lie in memory.
type Map struct {
	Format     string `json:"format"`
	ItemSize   int    `json:"itemsize"`
	Shape      []int  `json:"shape"`
	Strides    []int  `json:"strides"`
	Suboffsets []int  `json:"suboffsets,omitempty"`
	Offset     int64  `json:"offset"` // of item 0

	Count      int64       `json:"count"`
	Low        int64       `json:"low"`        // the first byte that an item has, and the one behind the last: of pointers, where items lie behind some
	High       int64       `json:"high"`       //
	Contiguity Contiguity  `json:"contiguous"` //
	Order      []int       `json:"order"`      // of dimensions in memory: the last varies fastest
	Jumps      []Jump      `json:"path"`       // of iteration in C order
	Strips     []Strip     `json:"memory"`     //
	Fields     []FieldPart `json:"fields,omitempty"`
}

// Contiguity says whether items lie without gaps in an order, and if not, why.
type Contiguity struct {
	C    bool   `json:"c"`
	F    bool   `json:"f"`
	WhyC string `json:"why_not_c,omitempty"`
	WhyF string `json:"why_not_f,omitempty"`
}

// Jump is a step of iteration in C order, from an item to the next: the index of one dimension grows, and all behind it start anew.
type Jump struct {
	Dimension int   `json:"dimension"`
	Bytes     int64 `json:"bytes"`
	Times     int64 `json:"times"`
}

// Strip is a part of memory: items by the offset where they begin. The middle is left out where there are many.
type Strip struct {
	Name     string  `json:"name,omitempty"`
	Pointers bool    `json:"pointers,omitempty"` // what is listed are no items, but pointers to some
	ItemSize int     `json:"itemsize"`
	Items    []Place `json:"items"`
	Hidden   int64   `json:"hidden,omitempty"` // items that are not listed, behind the first half of those that are
}

// Place is an item in memory.
type Place struct {
	Index  []int `json:"index"`
	Offset int64 `json:"offset"`
	Step   int64 `json:"step"`           // its position in C order
	More   int   `json:"more,omitempty"` // listed items that begin there too
}

// FieldPart is a field of a record, or padding, which has no name.
type FieldPart struct {
	Name   string `json:"name"`
	Offset int    `json:"offset"`
	Size   int    `json:"size"`
	Format string `json:"format,omitempty"`
}

// mostPlaces bounds the numbers that places are made of, so that sums of them do not overflow.
const mostPlaces = 1 << 61

// MapOf maps a layout, of which item 0 lies at an offset, and lists so many items. The layout need not have memory: what no
// memory could hold is buffer.ErrLayout.
func MapOf(l buffer.Layout, offset int64, items int) (*Map, error) {
	if err := complete(&l); err != nil {
		return nil, err
	}
	t, err := format.Parse(cmp.Or(l.Format, "B"))
	if err != nil {
		return nil, err
	}
	m := &Map{
		Format: cmp.Or(l.Format, "B"), ItemSize: l.ItemSize, Shape: l.Shape, Strides: l.Strides, Suboffsets: l.Suboffsets, Offset: offset,
		Count: product(l.Shape), Low: offset, High: offset, Contiguity: contiguityOf(l), Order: memoryOrder(l.Strides), Fields: fieldParts(t, l.ItemSize),
	}
	direct := slices.IndexFunc(l.Suboffsets, func(s int) bool { return s >= 0 })
	if m.Count > 0 {
		of, size := l, l.ItemSize
		if direct >= 0 {
			of, size = buffer.Layout{Shape: l.Shape[:direct+1], Strides: l.Strides[:direct+1]}, strconv.IntSize/8
		}
		for d, extent := range of.Shape {
			reach := int64(extent-1) * int64(of.Strides[d])
			m.Low, m.High = m.Low+min(reach, 0), m.High+max(reach, 0)
		}
		m.High += int64(size)
	}
	m.jumps()
	m.strips(direct, max(items, 2))
	return m, nil
}

// complete adds strides of C order where there are none, and checks what there is.
func complete(l *buffer.Layout) error {
	const mostDims = 64
	if len(l.Shape) > mostDims {
		return fmt.Errorf("%w: %d dimensions, of at most %d", buffer.ErrLayout, len(l.Shape), mostDims)
	}
	if l.ItemSize < 0 || slices.ContainsFunc(l.Shape, func(n int) bool { return n < 0 }) {
		return fmt.Errorf("%w: a negative extent or item size: shape %s, items of %d bytes", buffer.ErrLayout, shapeText(l.Shape), l.ItemSize)
	}
	if l.Strides == nil {
		var err error
		if l.Strides, err = buffer.ContiguousStrides(l.Shape, l.ItemSize, buffer.C); err != nil {
			return err
		}
	}
	if len(l.Strides) != len(l.Shape) || l.Suboffsets != nil && len(l.Suboffsets) != len(l.Shape) {
		return fmt.Errorf("%w: %s and %d suboffsets for %s: one for each", buffer.ErrLayout, count(len(l.Strides), "stride"), len(l.Suboffsets), count(len(l.Shape), "dimension"))
	}
	items, span := big.NewInt(1), big.NewInt(int64(l.ItemSize))
	for d, n := range l.Shape {
		items.Mul(items, big.NewInt(int64(n)))
		reach := big.NewInt(int64(max(n-1, 0)))
		reach.Mul(reach, big.NewInt(int64(l.Strides[d])))
		span.Add(span, reach.Abs(reach))
	}
	if most := big.NewInt(mostPlaces); items.Cmp(most) > 0 || span.Cmp(most) > 0 {
		return fmt.Errorf("%w: shape %s and strides %s reach farther than any memory", buffer.ErrLayout, shapeText(l.Shape), shapeText(l.Strides))
	}
	return nil
}

func product(shape []int) int64 {
	n := int64(1)
	for _, extent := range shape {
		n *= int64(extent)
	}
	return n
}

// contiguityOf compares strides with those that an order wants. Dimensions of one item do not count.
func contiguityOf(l buffer.Layout) (c Contiguity) {
	c.C, c.F = l.IsContiguous(buffer.C), l.IsContiguous(buffer.F)
	why := func(is bool, order string, dimension func(k int) int) string {
		if is {
			return ""
		}
		if slices.ContainsFunc(l.Suboffsets, func(s int) bool { return s >= 0 }) {
			return "items lie behind pointers"
		}
		wanted := int64(l.ItemSize)
		for k := range l.Shape {
			d := dimension(k)
			if l.Shape[d] > 1 && int64(l.Strides[d]) != wanted {
				return fmt.Sprintf("%s order wants stride %d in dimension %d, and it is %d", order, wanted, d, l.Strides[d])
			}
			wanted *= int64(l.Shape[d])
		}
		return "items lie behind pointers"
	}
	c.WhyC = why(c.C, "C", func(k int) int { return len(l.Shape) - 1 - k })
	c.WhyF = why(c.F, "Fortran", func(k int) int { return k })
	return c
}

// memoryOrder sorts dimensions by how far their steps go.
func memoryOrder(strides []int) []int {
	order := make([]int, len(strides))
	for d := range order {
		order[d] = d
	}
	slices.SortStableFunc(order, func(a, b int) int { return -cmp.Compare(magnitude(strides[a]), magnitude(strides[b])) })
	return order
}

func magnitude(stride int) uint64 { return uint64(max(int64(stride), -int64(stride))) }

// jumps lists the steps of iteration, the shortest loop first.
func (m *Map) jumps() {
	if m.Count == 0 || m.Suboffsets != nil {
		return
	}
	back, outer := int64(0), m.Count
	for d := len(m.Shape) - 1; d >= 0; d-- {
		n, stride := int64(m.Shape[d]), int64(m.Strides[d])
		outer /= n
		if n > 1 {
			m.Jumps = append(m.Jumps, Jump{d, stride - back, outer * (n - 1)})
		}
		back += (n - 1) * stride
	}
}

// mostBlocks behind pointers are shown.
const mostBlocks = 3

func (m *Map) strips(direct, items int) {
	if direct < 0 {
		m.Strips = []Strip{m.strip("", nil, 0, len(m.Shape), m.Offset, m.ItemSize, items)}
		return
	}
	m.Strips = []Strip{m.strip("pointers", nil, 0, direct+1, m.Offset, strconv.IntSize/8, items)}
	m.Strips[0].Pointers = true
	last := len(m.Suboffsets) - 1
	for m.Suboffsets[last] < 0 {
		last--
	}
	blocks := product(m.Shape[:last+1])
	if m.Count == 0 {
		return
	}
	for k := range min(blocks, mostBlocks) {
		prefix := unravel(k, m.Shape[:last+1])
		name := fmt.Sprintf("behind pointer %s, %d bytes on", shapeText(prefix), m.Suboffsets[last])
		if last > direct {
			name = fmt.Sprintf("behind the pointers to %s, %d bytes on", shapeText(prefix), m.Suboffsets[last])
		}
		m.Strips = append(m.Strips, m.strip(name, prefix, last+1, len(m.Shape), int64(m.Suboffsets[last]), m.ItemSize, items/mostBlocks))
	}
	if more := blocks - mostBlocks; more > 0 {
		m.Strips[len(m.Strips)-1].Name += fmt.Sprintf(" (%d more follow)", more)
	}
}

func unravel(position int64, shape []int) []int {
	index := make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		index[d] = int(position % int64(shape[d]))
		position /= int64(shape[d])
	}
	return index
}

// strip lists items of the dimensions from one to another, as they lie in memory: the first and the last, so many in all. Dimensions without steps
// are not walked: what lies there is listed once.
func (m *Map) strip(name string, prefix []int, from, to int, offset int64, size, items int) Strip {
	s := Strip{Name: name, ItemSize: size}
	var dims []int
	for _, d := range m.Order {
		if d >= from && d < to && m.Strides[d] != 0 {
			dims = append(dims, d)
		}
	}
	total := int64(1)
	if product(m.Shape[from:to]) == 0 {
		return s
	}
	for _, d := range dims {
		total *= int64(m.Shape[d])
	}
	head := total
	if total > int64(items) {
		head = int64(items+1) / 2
		s.Hidden = total - int64(items)
	}
	place := func(position int64) {
		p := Place{Index: make([]int, to), Offset: offset}
		copy(p.Index, prefix)
		for k := len(dims) - 1; k >= 0; k-- {
			d := dims[k]
			i := int(position % int64(m.Shape[d]))
			position /= int64(m.Shape[d])
			if m.Strides[d] < 0 {
				i = m.Shape[d] - 1 - i
			}
			p.Index[d] = i
			p.Offset += int64(i) * int64(m.Strides[d])
		}
		for d, i := range p.Index {
			p.Step = p.Step*int64(m.Shape[d]) + int64(i)
		}
		s.Items = append(s.Items, p)
	}
	for k := range head {
		place(k)
	}
	for k := total - int64(items) + head; s.Hidden > 0 && k < total; k++ {
		place(k)
	}
	s.sort()
	return s
}

// sort puts items by their offsets, and joins those that begin at the same.
func (s *Strip) sort() {
	slices.SortStableFunc(s.Items, func(a, b Place) int { return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Step, b.Step)) })
	all := s.Items[:0]
	for _, p := range s.Items {
		if n := len(all); n > 0 && all[n-1].Offset == p.Offset {
			all[n-1].More++
		} else {
			all = append(all, p)
		}
	}
	s.Items = all
}

// indexText writes an index as Python does, with ':' in dimensions whose items all lie in the same place.
func (m *Map) indexText(index []int) string {
	parts := make([]string, len(index))
	for d, i := range index {
		parts[d] = strconv.Itoa(i)
		if m.Strides[d] == 0 && m.Shape[d] > 1 {
			parts[d] = ":"
		}
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// mostParts of a record are listed.
const mostParts = 64

// fieldParts lists the fields of a record with those of records in it, and the padding between them.
func fieldParts(t *format.Type, size int) (all []FieldPart) {
	if t.Kind() != format.Struct {
		return nil
	}
	all = appendParts(nil, "", 0, t)
	slices.SortStableFunc(all, func(a, b FieldPart) int { return cmp.Compare(a.Offset, b.Offset) })
	var padded []FieldPart
	at := 0
	pad := func(to int) {
		if to > at {
			padded = append(padded, FieldPart{Offset: at, Size: to - at})
		}
	}
	for _, f := range all {
		pad(f.Offset)
		padded = append(padded, f)
		at = max(at, f.Offset+f.Size)
	}
	if len(all) < mostParts {
		pad(size)
	}
	return padded
}

func appendParts(all []FieldPart, around string, offset int, t *format.Type) []FieldPart {
	for i := range t.NumField() {
		f := t.Field(i)
		name := around + cmp.Or(f.Name, strconv.Itoa(i))
		if len(all) >= mostParts {
			return all
		}
		if f.Type.Kind() == format.Struct {
			all = appendParts(all, name+".", offset+f.Offset, f.Type)
		} else {
			all = append(all, FieldPart{name, offset + f.Offset, f.Type.Size(), f.Type.String()})
		}
	}
	return all
}
