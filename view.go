package memoryview

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"unsafe"

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

// FromObject returns a view of any object that lends its memory (PyMemoryView_FromObject): a
// [buffer.Exporter], a *View, or a plain Go value as [buffer.Get] takes them. The view is
// read/write where the object can lend its memory so. A view of a view is another handle on the
// same shared buffer, with the same exporter as Base.
//
// What lends no memory is buffer.ErrType; a released view buffer.ErrReleased.
func FromObject(obj any) (*View, error) {
	if v, ok := obj.(*View); ok {
		return v.share()
	}
	b, err := buffer.Get(obj, buffer.FullRO)
	if err != nil {
		return nil, fmt.Errorf("view of %T: %w", obj, err)
	}
	return takeOver(b)
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

// derive returns a view of the same block with another layout.
func (v *View) derive(delta int, l buffer.Layout, readOnly bool) (*View, error) {
	w := new(View)
	if err := v.buf.Derive(&w.buf, delta, l, readOnly); err != nil {
		return nil, err
	}
	return w, nil
}

// takeOver makes a view of a loan and is its only holder afterwards.
func takeOver(b *buffer.Buffer) (*View, error) {
	defer b.Release()
	v := new(View)
	if err := b.Cut(&v.buf); err != nil {
		return nil, err
	}
	return v, nil
}

// A MemoryOption says who owns the memory given to [FromMemory].
type MemoryOption func(*memoryOptions)

type memoryOptions struct {
	owner   any
	release func()
}

// WithOwner keeps owner reachable as long as a view of the memory lives.
func WithOwner(owner any) MemoryOption {
	return func(o *memoryOptions) { o.owner = owner }
}

// WithRelease calls release once, when the last view and loan of the memory is released or, where
// one is leaked, after the collector noticed.
func WithRelease(release func()) MemoryOption {
	return func(o *memoryOptions) { o.release = release }
}

// FromMemory returns a view of size bytes of raw memory (PyMemoryView_FromMemory): one dimension of
// format "B". Access is buffer.Read or buffer.Write. Base is nil. Memory of Go is kept alive by the
// pointer; other memory must stay until the view and all made of it are released, which WithRelease
// reports; it does not where FromMemory fails. A negative size, nil memory with a size, or another access is buffer.ErrValue.
func FromMemory(mem unsafe.Pointer, size int, access buffer.Flags, opts ...MemoryOption) (*View, error) {
	if err := checkAccess(access); err != nil {
		return nil, err
	}
	var o memoryOptions
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	m := buffer.Memory{Base: mem, Size: size, ReadOnly: access == buffer.Read, Release: o.whenReleased()}
	b, err := m.Lend(0, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{size}}, buffer.FullRO)
	if err != nil {
		return nil, fmt.Errorf("view of memory: %w", err)
	}
	return takeOver(b)
}

// whenReleased returns the release function; an owner without one gets one that keeps it alive.
func (o *memoryOptions) whenReleased() func() {
	if o.owner == nil {
		return o.release
	}
	owner, release := o.owner, o.release
	return func() {
		if release != nil {
			release()
		}
		runtime.KeepAlive(owner)
	}
}

func checkAccess(access buffer.Flags) error {
	if access != buffer.Read && access != buffer.Write {
		return fmt.Errorf("%w: access %v: use buffer.Read or buffer.Write", buffer.ErrValue, access)
	}
	return nil
}

// FromBuffer returns a view wrapping a loan (PyMemoryView_FromBuffer). It shares the loan's block:
// the memory is given back when the loan and the view, in either order, are both released. Base is
// nil. A nil buffer is buffer.ErrValue, a released one buffer.ErrReleased.
func FromBuffer(b *buffer.Buffer) (*View, error) {
	if b == nil {
		return nil, fmt.Errorf("view of a buffer: %w: the buffer is nil", buffer.ErrValue)
	}
	loan, err := b.Lend(nil, buffer.FullRO, nil)
	if err != nil {
		return nil, fmt.Errorf("view of a buffer: %w", err)
	}
	return takeOver(loan)
}

// GetContiguous returns a view of the object's memory in one run (PyMemoryView_GetContiguous).
// Where the memory is contiguous in that order, it is the original memory, for both accesses; where
// it is not, buffer.Read gets a read-only copy, whose Base is the new []byte, in C order for
// buffer.Any, and buffer.Write is refused with buffer.ErrNotContiguous, since writes to a copy
// would be lost. buffer.Write on read-only memory is buffer.ErrReadOnly.
func GetContiguous(obj any, access buffer.Flags, order buffer.Order) (*View, error) {
	if err := checkAccess(access); err != nil {
		return nil, err
	}
	if !order.Valid() {
		return nil, fmt.Errorf("%w: order %q: use buffer.C, buffer.F or buffer.Any", buffer.ErrValue, rune(order))
	}
	v, err := FromObject(obj)
	if err != nil {
		return nil, err
	}
	if access == buffer.Write && v.buf.ReadOnly() {
		_ = v.Release()
		return nil, fmt.Errorf("contiguous view of %T: %w: ask for buffer.Read", obj, buffer.ErrReadOnly)
	}
	if v.buf.IsContiguous(order) {
		return v, nil
	}
	defer v.Release()
	if access == buffer.Write {
		return nil, fmt.Errorf("contiguous view of %T: %w: a copy would lose what is written: ask for buffer.Read", obj, buffer.ErrNotContiguous)
	}
	return v.contiguousCopy(order)
}

// contiguousCopy returns a read-only view of a copy, contiguous in that order.
func (v *View) contiguousCopy(order buffer.Order) (*View, error) {
	if order == buffer.Any {
		order = buffer.C
	}
	data, err := v.ToBytes(order)
	if err != nil {
		return nil, err
	}
	l := v.buf.Layout()
	l.Suboffsets = nil
	if l.Strides, err = buffer.ContiguousStrides(l.Shape, l.ItemSize, order); err != nil {
		return nil, err
	}
	m := buffer.Memory{Base: unsafe.Pointer(unsafe.SliceData(data)), Size: len(data), ReadOnly: true, Obj: data}
	b, err := m.Lend(0, l, buffer.FullRO)
	if err != nil {
		return nil, err
	}
	return takeOver(b)
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
