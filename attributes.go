package memoryview

import (
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
)

// The attributes of a released view are zero values.

// NBytes returns the bytes of all items: product(shape) * itemsize, as if they had no gaps (nbytes).
func (v *View) NBytes() int { return live(v, v.buf.Len()) }

// ReadOnly reports whether the memory cannot be written through this view (readonly).
func (v *View) ReadOnly() bool { return live(v, v.buf.ReadOnly()) }

// Format returns what an item is, in the notation of the struct module and PEP 3118 (format).
func (v *View) Format() string { return live(v, v.buf.Format()) }

// ItemSize returns the bytes of one item (itemsize).
func (v *View) ItemSize() int { return live(v, v.buf.ItemSize()) }

// NDim returns the number of dimensions; 0 for a single item (ndim).
func (v *View) NDim() int { return live(v, v.buf.NDim()) }

// Shape returns a copy of the items along each dimension; empty without dimensions (shape).
func (v *View) Shape() []int { return live(v, v.buf.Layout().Shape) }

// Strides returns a copy of the bytes from one item to the next along each dimension (strides).
func (v *View) Strides() []int { return live(v, v.buf.Layout().Strides) }

// Suboffsets returns a copy of the suboffsets, nil where there are none (suboffsets).
func (v *View) Suboffsets() []int { return live(v, v.buf.Layout().Suboffsets) }

// live returns an attribute, or its zero value for a released view.
func live[T any](v *View, attribute T) T {
	if v.buf.Released() {
		attribute = *new(T)
	}
	return attribute
}

// CContiguous reports whether the items lie without gaps, the last index varying fastest
// (c_contiguous). As in CPython, a view of one dimension without items goes by its stride.
func (v *View) CContiguous() bool { return live(v, v.contiguous(buffer.C)) }

// FContiguous reports whether the items lie without gaps, the first index varying fastest (f_contiguous).
func (v *View) FContiguous() bool { return live(v, v.contiguous(buffer.F)) }

// Contiguous reports whether the items lie without gaps in either order (contiguous).
func (v *View) Contiguous() bool { return live(v, v.contiguous(buffer.Any)) }

// contiguous is the rule of the attributes, of released views too.
func (v *View) contiguous(order buffer.Order) bool {
	if v.buf.NDim() == 1 && v.buf.Extent(0) != 1 && v.buf.Stride(0) != v.buf.ItemSize() {
		return false
	}
	return v.buf.IsContiguous(order)
}

// Len returns the items along dimension 0 (len). A view without dimensions has none:
// buffer.ErrType, as in CPython since 3.12.
func (v *View) Len() (int, error) {
	if err := v.check("length"); err != nil {
		return 0, err
	}
	if v.buf.NDim() == 0 {
		return 0, fmt.Errorf("length of a view without dimensions: %w", buffer.ErrType)
	}
	return v.buf.Extent(0), nil
}

// String describes the view: "<memory at 0xc000012345: shape (3, 4), format 'i', read-only>".
func (v *View) String() string {
	if v.buf.Released() {
		return fmt.Sprintf("<released memory at %p>", v)
	}
	// The buffer's own words: a release meanwhile does not change them.
	access := ""
	if v.buf.ReadOnly() {
		access = ", read-only"
	}
	return fmt.Sprintf("<memory at %p: shape %s, format %.64q%s>", v, tuple(v.buf.Layout().Shape), v.buf.Format(), access)
}

// check returns an error that matches buffer.ErrReleased for a released view.
func (v *View) check(what string) error {
	if v.buf.Released() {
		return fmt.Errorf("%s: %w: take a new view of the exporter", what, buffer.ErrReleased)
	}
	return nil
}

// tuple writes numbers as Python does: "(3, 4)", "(3,)".
func tuple(numbers []int) string {
	s := "("
	for i, n := range numbers {
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprint(n)
	}
	if len(numbers) == 1 {
		s += ","
	}
	return s + ")"
}
