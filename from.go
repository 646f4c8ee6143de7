package memoryview

import (
	"fmt"
	"runtime"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// FromObject returns a view of any object that lends its memory (PyMemoryView_FromObject): a
// [buffer.Exporter], a *View, or a plain Go value as [buffer.Get] takes them: strings, and all with a
// bool inside, are lent read-only. The view is
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
