package memoryview

import (
	"fmt"
	"sync/atomic"

	"github.com/go-memoryview/memoryview/buffer"
)

// View is the memoryview object: a handle on a shared buffer, with a layout of its own.
//
// All views made of one loan share it: the exporter has its memory back when the last of them is
// released, and releasing one leaves the others alive. A view that is dropped without Release gives
// its share back some time after the collector noticed.
//
// Views are safe for use by many goroutines, Release included: an operation sees the whole view or
// fails with buffer.ErrReleased. What the memory holds is not guarded: concurrent writes race as
// they do in a slice. The zero View is a released one. A View must not be copied.
type View struct {
	buf     buffer.Buffer
	exports atomic.Int64 // loans of this view that are out; released once negative
	hash    atomic.Pointer[uint64]
}

// share returns another handle on v's buffer.
func (v *View) share(cuts ...buffer.Cut) (*View, error) {
	if v == nil {
		return nil, fmt.Errorf("%w: nil *View", buffer.ErrType)
	}
	w := new(View)
	if err := v.buf.Cut(&w.buf, cuts...); err != nil {
		return nil, err
	}
	return w, nil
}

// borrow makes dst, the caller's own, a view that v keeps alive.
func (v *View) borrow(dst *View, cuts ...buffer.Cut) error {
	if n := dst.exports.Load(); n > 0 {
		return fmt.Errorf("view into a variable: %w: %d loans of the view in it are out: release them first", buffer.ErrExported, n)
	} else if n < 0 {
		dst.exports.Store(0)
	}
	if dst.hash.Load() != nil {
		dst.hash.Store(nil)
	}
	return v.buf.CutBorrowed(&dst.buf, cuts...)
}

// derive returns a view of the same block with another layout.
func (v *View) derive(delta int, l buffer.Layout, readOnly bool) (*View, error) {
	w := new(View)
	if err := v.buf.Derive(&w.buf, delta, l, readOnly); err != nil {
		return nil, err
	}
	return w, nil
}

// Check reports whether obj is a view (PyMemoryView_Check).
func Check(obj any) bool {
	v, ok := obj.(*View)
	return ok && v != nil
}

// Buffer returns the view's own buffer (PyMemoryView_GET_BUFFER), borrowed: it ends with the view,
// and its Release is buffer.ErrValue.
func (v *View) Buffer() *buffer.Buffer { return v.buf.Borrow() }

// Base returns the exporter (PyMemoryView_GET_BASE, memoryview.obj): nil for a view that came from
// FromMemory or FromBuffer, and for a released one.
func (v *View) Base() any { return v.buf.Obj() }
