package arraytext

import (
	"errors"
	"fmt"
	"slices"
)

// Array is what can be printed. A *memoryview.View is one.
type Array interface {
	Shape() []int
	ItemSize() int // bytes, since an item is read as a whole
	At(index ...int) (any, error)
}

// Options are NumPy's print options. The zero Options are NumPy's own.
type Options struct {
	Width     int // of a line, in characters; 0 means 75, and for tables no bound
	Threshold int // arrays of more items are shown by their edges; 0 means 1000
	Edge      int // items shown at both ends of a dimension; 0 means 3
}

func (o Options) orDefault() Options {
	o.Threshold = orDefault(o.Threshold, 1000)
	o.Edge = orDefault(o.Edge, 3)
	return o
}

func orDefault(n, whenZero int) int {
	if n == 0 {
		return whenZero
	}
	return n
}

// What one print may take: long arrays print few items, but those of many small dimensions print
// nearly all of theirs, and an item may be a large subarray.
const (
	maxItems = 1 << 20
	maxBytes = 1 << 24
)

// ErrTooMany: more than anybody reads would be printed.
var ErrTooMany = errors.New("too many items to print")

// grid is the part of an array that is printed: its items in C order, with the middle cut out of
// long dimensions.
type grid struct {
	shape []int  // of what is left
	cut   []bool // the dimension has lost its middle, of which Edge items stand on both sides
	items []any
}

// pick reads the items that are printed, and no other.
func pick(a Array, o Options) (*grid, error) {
	shape := a.Shape()
	g := &grid{shape: shape, cut: make([]bool, len(shape))}
	if slices.Contains(shape, 0) {
		return g, nil
	}
	g.shape = Printed(shape, o)
	for d, extent := range shape {
		g.cut[d] = g.shape[d] < extent
	}
	if moreThan(g.shape, maxItems) || moreThan(append([]int{a.ItemSize()}, g.shape...), maxBytes) {
		return nil, fmt.Errorf("%w: shape %v, items of %d bytes: cut it down by a slice, or pick a field of records",
			ErrTooMany, shape, a.ItemSize())
	}
	return g, g.read(a, make([]int, 0, len(shape)), shape)
}

// Printed returns the shape of the items that are printed of an array, of long dimensions half from either end.
func Printed(shape []int, o Options) []int {
	o = o.orDefault()
	left := slices.Clone(shape)
	for d, extent := range shape {
		if moreThan(shape, o.Threshold) {
			left[d] = min(extent, 2*o.Edge)
		}
	}
	return left
}

// moreThan reports whether an array of that shape has more than n items.
func moreThan(shape []int, n int) bool {
	if slices.Contains(shape, 0) {
		return false
	}
	count := 1
	for _, extent := range shape {
		if extent > n/count {
			return true
		}
		count *= extent
	}
	return false
}

// read appends the items below a partial index.
func (g *grid) read(a Array, index, shape []int) error {
	d := len(index)
	if d == len(shape) {
		v, err := a.At(index...)
		g.items = append(g.items, v)
		return err
	}
	for i := range g.shape[d] {
		if g.cut[d] && i >= g.shape[d]/2 {
			i += shape[d] - g.shape[d]
		}
		if err := g.read(a, append(index, i), shape); err != nil {
			return err
		}
	}
	return nil
}
