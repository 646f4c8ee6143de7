package memoryview

import (
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
)

// Cast returns a view of the same bytes as items of another format (memoryview.cast), in one
// dimension, or in the given shape. Any format of package format will do, and any shape whose items
// have just as many bytes as the view; CPython's limits on formats, dimensions and zero extents do
// not hold. [View.CastShape] makes a view without dimensions.
//
// The view must be contiguous in C order, else the error is buffer.ErrNotContiguous; bytes that the
// items do not fill are buffer.ErrLayout, a bad format is buffer.ErrFormat.
func (v *View) Cast(format string, shape ...int) (*View, error) {
	if len(shape) > 0 {
		return v.CastShape(format, shape)
	}
	size, err := v.castSize(format)
	if err != nil {
		return nil, err
	}
	n := v.buf.Len()
	if n%size != 0 {
		return nil, fmt.Errorf("cast to %.80q: %w: %d bytes are no whole number of items of %d bytes", format, buffer.ErrLayout, n, size)
	}
	return v.castTo(format, size, []int{n / size})
}

// CastShape is [View.Cast] with a shape; an empty one makes a view without dimensions on one item.
func (v *View) CastShape(format string, shape []int) (*View, error) {
	size, err := v.castSize(format)
	if err != nil {
		return nil, err
	}
	return v.castTo(format, size, shape)
}

func (v *View) castSize(format string) (int, error) {
	if err := v.check("cast"); err != nil {
		return 0, err
	}
	if !v.contiguous(buffer.C) {
		return 0, fmt.Errorf("cast to %.80q: %w in C order: copy it first", format, buffer.ErrNotContiguous)
	}
	size, err := buffer.SizeFromFormat(format)
	if err != nil {
		return 0, fmt.Errorf("cast: %w", err)
	}
	if size == 0 {
		return 0, fmt.Errorf("cast to %.80q: %w: its items have no bytes", format, buffer.ErrFormat)
	}
	return size, nil
}

func (v *View) castTo(format string, size int, shape []int) (*View, error) {
	strides, err := buffer.ContiguousStrides(shape, size, buffer.C)
	if err != nil {
		return nil, fmt.Errorf("cast to %.80q: %w", format, err)
	}
	total := size
	for _, extent := range shape {
		total *= extent
	}
	if total != v.buf.Len() {
		return nil, fmt.Errorf("cast to %.80q: %w: items of %d bytes in shape %s need %d bytes, the view has %d",
			format, buffer.ErrLayout, size, tuple(shape), total, v.buf.Len())
	}
	return v.derive(0, buffer.Layout{ItemSize: size, Format: format, Shape: shape, Strides: strides}, false)
}
