package buffer

import (
	"fmt"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
)

// Buffer is one loan (Py_buffer): where the items lie, what they are, who lent them. It is taken
// once and released once, and always carries its whole layout, whatever was asked for; the layout
// can be read after the release too. Its methods are safe to call from many goroutines, Release
// included; what the memory holds is not guarded.
//
// The zero Buffer is a released one without dimensions. A Buffer must not be copied.
type Buffer struct {
	block  atomic.Pointer[block] // nil once released
	lender *Buffer               // for a borrowed buffer, the one whose block it uses
	part
}

// Layout returns a copy of the layout. Strides are always set.
func (b *Buffer) Layout() Layout {
	l := b.layout()
	l.Shape, l.Strides, l.Suboffsets = slices.Clone(l.Shape), slices.Clone(l.Strides), slices.Clone(l.Suboffsets)
	return l
}

// NDim returns the number of dimensions, 0 for a single item.
func (b *Buffer) NDim() int { return int(b.ndim) }

// Extent returns the items along dimension i, or 0 where there is no such dimension.
func (b *Buffer) Extent(i int) int {
	shape, _, _ := b.dims()
	if uint(i) >= uint(len(shape)) {
		return 0
	}
	return shape[i]
}

// Stride returns the bytes from one item to the next along dimension i, or 0 where there is no such dimension.
func (b *Buffer) Stride(i int) int {
	_, strides, _ := b.dims()
	if uint(i) >= uint(len(strides)) {
		return 0
	}
	return strides[i]
}

// Suboffset returns what is added after dimension i's pointer is followed, or -1 where there is no pointer.
func (b *Buffer) Suboffset(i int) int {
	_, _, suboffsets := b.dims()
	if uint(i) >= uint(len(suboffsets)) {
		return -1
	}
	return suboffsets[i]
}

// Indirect reports whether the layout has suboffsets.
func (b *Buffer) Indirect() bool { return b.indirect }

// ItemSize returns the bytes of one item.
func (b *Buffer) ItemSize() int { return b.kind().size }

// Format returns the format of an item, as the exporter wrote it; "B" where it wrote none.
func (b *Buffer) Format() string { return b.kind().format }

// Type returns the parsed format.
func (b *Buffer) Type() *format.Type { return b.kind().typ }

// Len returns the bytes of all items: product(shape) * itemsize, also where they lie with gaps.
func (b *Buffer) Len() int { return b.nbytes }

// ReadOnly reports whether the memory must not be written through this loan.
func (b *Buffer) ReadOnly() bool { return b.readOnly }

// Immutable reports whether nobody may write to the memory through any loan of it: a read-only
// buffer of writable memory is not immutable. It is false once the loan is released.
func (b *Buffer) Immutable() bool {
	blk := b.live()
	return blk != nil && blk.readOnly
}

// Mapped reports whether an access may fault, as in a mapped file that is cut short.
func (b *Buffer) Mapped() bool {
	blk := b.live()
	return blk != nil && blk.mapped
}

// Obj returns the exporter; nil for memory that has none, and once the loan is released.
func (b *Buffer) Obj() any {
	if blk := b.live(); blk != nil {
		return blk.obj
	}
	return nil
}

// Flags returns the request that the loan answers.
func (b *Buffer) Flags() Flags { return b.flags }

// Released reports whether the loan was given back.
func (b *Buffer) Released() bool { return b.live() == nil }

// IsContiguous reports whether the items lie without gaps in that order (PyBuffer_IsContiguous).
func (b *Buffer) IsContiguous(order Order) bool { return b.layout().IsContiguous(order) }

// Pointer returns where the item at a full index lies (PyBuffer_GetPointer, with bounds). The
// caller promises to use it only while the loan lasts, and to write only where it is not ReadOnly:
// Access makes that promise for you.
func (b *Buffer) Pointer(index ...int) (p unsafe.Pointer, err error) {
	if len(index) != int(b.ndim) {
		return nil, fmt.Errorf("%w: %d indices for %d dimensions", ErrType, len(index), b.ndim)
	}
	for d, i := range index {
		if i < 0 {
			return nil, fmt.Errorf("%w: index %d of dimension %d", ErrBounds, i, d)
		}
	}
	err = b.Access(func(item unsafe.Pointer) error {
		p = item
		return nil
	}, index...)
	return p, err
}

// Release gives the loan back (PyBuffer_Release). The exporter has its memory back when every
// buffer and view made of the loan is released. A second call does nothing. A borrowed buffer
// answers ErrValue: its lender releases it.
func (b *Buffer) Release() error {
	if b.handle {
		return fmt.Errorf("%w: this buffer is borrowed: release the view it belongs to", ErrValue)
	}
	if b.lender != nil {
		b.lender = nil
		return nil
	}
	if b.block.Load() == nil { // an atomic exchange costs ten times as much
		return nil
	}
	if blk := b.block.Swap(nil); blk != nil {
		blk.leave()
	}
	return nil
}

// Borrow returns a handle on the same loan that cannot release it, to be handed to others. It ends
// when b does or, where b is borrowed itself, when its lender does.
func (b *Buffer) Borrow() *Buffer {
	h := &Buffer{lender: b.holder(), part: b.part}
	h.handle = true
	return h
}
