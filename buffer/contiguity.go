package buffer

import "fmt"

// StrideError says which dimension stands against an order without gaps. It is ErrNotContiguous.
type StrideError struct {
	Order    Order // the order that was asked for: C where that was Any
	Dim      int   // the dimension, the first that does when they are taken from the one that varies fastest
	Stride   int   // its stride in bytes
	Want     int   // the stride that it would have
	Indirect bool  // pointers are followed along it (suboffsets), so that no stride would do
}

// Error names the dimension and the two strides.
func (e *StrideError) Error() string {
	name := "C"
	if e.Order == F {
		name = "Fortran"
	}
	if e.Indirect {
		return fmt.Sprintf("%v in %s order: pointers are followed along dimension %d", ErrNotContiguous, name, e.Dim)
	}
	return fmt.Sprintf("%v in %s order: dimension %d has stride %d, and not %d", ErrNotContiguous, name, e.Dim, e.Stride, e.Want)
}

// Unwrap gives ErrNotContiguous.
func (e *StrideError) Unwrap() error { return ErrNotContiguous }

// CheckContiguous is nil where IsContiguous is true, and else says why it is not: mostly by a *StrideError. A layout
// or an order that makes no sense is ErrLayout or ErrValue.
func (l Layout) CheckContiguous(order Order) error {
	if l.IsContiguous(order) {
		return nil
	}
	if err := order.check(); err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	if d := l.firstIndirect(); d >= 0 {
		return &StrideError{Order: order, Dim: d, Stride: l.stride(d), Indirect: true}
	}
	if len(l.Suboffsets) > 0 { // which is refused whatever the strides are, and where there are no items too
		return fmt.Errorf("%w: the layout has suboffsets, none of which leads anywhere: leave them out", ErrNotContiguous)
	}
	want := l.ItemSize
	for k := range l.Shape {
		d := k
		if order != F {
			d = len(l.Shape) - 1 - k
		}
		if stride := l.stride(d); l.Shape[d] > 1 && stride != want {
			if order != F {
				order = C
			}
			return &StrideError{Order: order, Dim: d, Stride: stride, Want: want}
		}
		want *= l.Shape[d]
	}
	return ErrNotContiguous
}

// stride is that of a dimension, also where the layout leaves them out.
func (l *Layout) stride(d int) int {
	if l.Strides != nil {
		return l.Strides[d]
	}
	step := l.ItemSize
	for _, extent := range l.Shape[d+1:] {
		step *= extent
	}
	return step
}
