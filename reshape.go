package memoryview

import (
	"fmt"
	"strings"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// ToReadOnly returns a read-only view of the same memory (memoryview.toreadonly): always a new one.
func (v *View) ToReadOnly() (*View, error) {
	return v.derive(0, v.buf.Layout(), true)
}

// Transpose returns a view with its dimensions in another order: axes[i] is the dimension that
// becomes dimension i. Without axes the order is reversed. Axes that are no permutation are
// buffer.ErrValue; items behind pointers (suboffsets) keep their order: buffer.ErrLayout.
func (v *View) Transpose(axes ...int) (*View, error) {
	if err := v.check("transpose"); err != nil {
		return nil, err
	}
	l := v.buf.Layout()
	if len(axes) == 0 {
		for d := range l.Shape {
			axes = append(axes, len(l.Shape)-1-d)
		}
	}
	if !isPermutation(axes, len(l.Shape)) {
		return nil, fmt.Errorf("transpose %v: %w: name each of the %d dimensions once", axes, buffer.ErrValue, len(l.Shape))
	}
	t := v.buf.Layout()
	for d, axis := range axes {
		t.Shape[d], t.Strides[d] = l.Shape[axis], l.Strides[axis]
		if axis != d && t.Suboffsets != nil {
			return nil, fmt.Errorf("transpose %v: %w: pointers (suboffsets) are followed in the order of dimensions: copy first", axes, buffer.ErrLayout)
		}
	}
	return v.derive(0, t, false)
}

func isPermutation(axes []int, n int) bool {
	var seen [buffer.MaxDims]bool
	for _, axis := range axes {
		if uint(axis) >= uint(n) || seen[axis] {
			return false
		}
		seen[axis] = true
	}
	return len(axes) == n
}

// Field returns a view of one field of the records, sharing the memory. A field that is a subarray
// adds its dimensions. A view of other items is buffer.ErrType, an unknown name buffer.ErrValue.
func (v *View) Field(name string) (*View, error) {
	if err := v.check("field"); err != nil {
		return nil, err
	}
	typ := v.buf.Type()
	if typ.Kind() != format.Struct {
		return nil, fmt.Errorf("field %.80q: %w: items of format %.80q have no fields", name, buffer.ErrType, v.buf.Format())
	}
	for i := range typ.NumField() {
		if f := typ.Field(i); f.Name == name && name != "" {
			return v.field(f)
		}
	}
	return nil, fmt.Errorf("field %.80q: %w: there is %s", name, buffer.ErrValue, fieldNames(typ))
}

func (v *View) field(f format.Field) (*View, error) {
	l := v.buf.Layout()
	typ := f.Type
	for typ.Kind() == format.Array {
		step := typ.ElemStride()
		shape := typ.Shape()
		strides, err := buffer.ContiguousStrides(shape, step, buffer.C)
		if err != nil {
			return nil, fmt.Errorf("field %.80q: %w", f.Name, err)
		}
		l.Shape, l.Strides = append(l.Shape, shape...), append(l.Strides, strides...)
		typ = typ.Elem()
	}
	l.ItemSize, l.Format = typ.Size(), typ.String()
	w, err := v.derive(f.Offset, l, false)
	if err != nil {
		return nil, fmt.Errorf("field %.80q: %w", f.Name, err)
	}
	return w, nil
}

func fieldNames(typ *format.Type) string {
	var names []string
	for i := range min(typ.NumField(), 20) {
		if name := typ.Field(i).Name; name != "" {
			names = append(names, fmt.Sprintf("%.40q", name))
		}
	}
	if len(names) == 0 {
		return "no field with a name"
	}
	return strings.Join(names, ", ")
}
