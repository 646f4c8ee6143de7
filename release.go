package memoryview

import (
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
)

// GetBuffer lends the view's memory on, so that a view is an exporter too. The flags are checked as
// CPython's memoryview does: buffer.ErrReleased first, then buffer.ErrReadOnly,
// buffer.ErrNotContiguous, suboffsets, and buffer.Format without buffer.ND, which is
// buffer.ErrValue. While the loan is out, Release answers buffer.ErrExported.
func (v *View) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	if v == nil {
		return nil, fmt.Errorf("%w: nil *View", buffer.ErrType)
	}
	if !v.beginExport() {
		return nil, fmt.Errorf("loan of a view: %w", buffer.ErrReleased)
	}
	b, err := v.buf.Lend(v, flags, v.endExport)
	if err != nil {
		v.endExport()
		return nil, fmt.Errorf("loan of a view: %w", err)
	}
	if err := v.refusal(flags); err != nil {
		_ = b.Release()
		return nil, fmt.Errorf("loan of a view: %w", err)
	}
	return b, nil
}

// loanOf is buffer.Get for the length of one operation: of a view it is the view's own buffer, without
// a new loan. Where temporary is true, the caller ends it by Done.
func loanOf(obj any, flags buffer.Flags) (b *buffer.Buffer, temporary bool, err error) {
	v, ok := obj.(*View)
	if !ok || v == nil || v.buf.Released() || flags.Has(buffer.Writable) && v.buf.ReadOnly() {
		b, err = buffer.Peek(obj, flags)
		return b, err == nil, err
	}
	return &v.buf, false, nil
}

// refusal is where a view is stricter than other exporters: it goes by its contiguity attributes,
// also without items, and Format without ND is refused for bytes too.
func (v *View) refusal(flags buffer.Flags) error {
	needsRun := !flags.Has(buffer.Strides) || flags.Has(buffer.CContiguous) || flags.Has(buffer.FContiguous) || flags.Has(buffer.AnyContiguous)
	if needsRun && v.buf.Len() == 0 && !v.contiguous(buffer.Any) {
		return fmt.Errorf("%w: request %v: ask for Strides", buffer.ErrNotContiguous, flags)
	}
	if flags.Has(buffer.Format) && !flags.Has(buffer.ND) {
		return fmt.Errorf("%w: request Format without ND: without a shape items are bytes, which have no format", buffer.ErrValue)
	}
	return nil
}

// beginExport counts a loan, unless the view is released.
func (v *View) beginExport() bool {
	for {
		n := v.exports.Load()
		if n < 0 || v.buf.Released() {
			return false
		}
		if v.exports.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (v *View) endExport() { v.exports.Add(-1) }

// Release gives the view's share of the buffer back (memoryview.release). It may be repeated. While
// loans of this view are out it is refused with buffer.ErrExported. Operations that are under way
// in other goroutines finish first; the exporter has its memory back after the last of them.
func (v *View) Release() error {
	for {
		n := v.exports.Load()
		if n > 0 {
			return fmt.Errorf("release of a view: %w: %d loans of it are out: release them first", buffer.ErrExported, n)
		}
		if n < 0 || v.exports.CompareAndSwap(0, -1) {
			return v.buf.Release()
		}
	}
}
