package buffer

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// ToContiguous writes the bytes of all items to dst, in that order (PyBuffer_ToContiguous). Any
// means the order in which they lie, and C for items that lie in neither. The length of dst must be
// Len, else nothing is written and the error is ErrValue.
func (b *Buffer) ToContiguous(dst []byte, order Order) error {
	if err := order.check(); err != nil {
		return err
	}
	return b.Access(func(item unsafe.Pointer) error {
		if len(dst) != b.nbytes {
			return fmt.Errorf("%w: %d bytes to receive %d", ErrValue, len(dst), b.nbytes)
		}
		kernel.Pack(dst, b.items(item), b.fortran(order))
		return nil
	})
}

// fortran resolves Any.
func (b *Buffer) fortran(order Order) bool {
	return order == F || order == Any && !b.IsContiguous(C) && b.IsContiguous(F)
}

// FromContiguous fills the items from src, which holds their bytes in that order; Any means C
// (PyBuffer_FromContiguous). As in C, a longer src is read as far as there are items, a shorter one
// fills the first items, and a part of an item at its end is left out. Read-only memory is
// ErrReadOnly. Src must not overlap the buffer.
func (b *Buffer) FromContiguous(src []byte, order Order) error {
	if err := order.check(); err != nil {
		return err
	}
	return b.Access(func(item unsafe.Pointer) error {
		if b.readOnly {
			return fmt.Errorf("%w: write of %d bytes", ErrReadOnly, len(src))
		}
		if len(src) < b.nbytes {
			kernel.UnpackFirst(b.items(item), src, order == F)
		} else {
			kernel.Unpack(b.items(item), src[:b.nbytes], order == F)
		}
		return nil
	})
}

// Read copies bytes of the items in C order, from byte offset on, as if they had been packed, and
// returns how many there were: fewer than len(dst) only at the end.
func (b *Buffer) Read(dst []byte, offset int) (n int, err error) {
	err = b.Access(func(item unsafe.Pointer) error {
		if offset < 0 || offset > b.nbytes {
			return fmt.Errorf("%w: byte %d of %d", ErrBounds, offset, b.nbytes)
		}
		n = min(len(dst), b.nbytes-offset)
		kernel.PackRange(dst[:n], b.items(item), offset)
		return nil
	})
	if err != nil {
		n = 0
	}
	return n, err
}

// Copy copies all items of src to dst, as if through a temporary where they overlap
// (PyObject_CopyData). Both are anything that [Get] takes, of the same shape, format and item size:
// else nothing is written and the error is ErrValue.
func Copy(dst, src any) error {
	to, err := Get(dst, Full)
	if err != nil {
		return fmt.Errorf("copy to %T: %w", dst, err)
	}
	defer to.Release()
	from, err := Get(src, FullRO)
	if err != nil {
		return fmt.Errorf("copy from %T: %w", src, err)
	}
	defer from.Release()
	return to.CopyFrom(from)
}

// CopyFrom copies all items of src, under the rules of [Copy].
func (b *Buffer) CopyFrom(src *Buffer) error {
	return b.Access(func(to unsafe.Pointer) error {
		return src.Access(func(from unsafe.Pointer) error {
			if b.readOnly {
				return fmt.Errorf("%w: copy of %d bytes", ErrReadOnly, src.nbytes)
			}
			if err := b.sameStructure(src); err != nil {
				return err
			}
			copyItems(b.items(to), src.items(from))
			return nil
		})
	})
}

// sameStructure is memoryview's rule for assignments: shape, item size and format must be the same;
// a leading '@' in the format does not count.
func (b *Buffer) sameStructure(src *Buffer) error {
	to, from := b.layout(), src.layout()
	if !slices.Equal(to.Shape, from.Shape) {
		return fmt.Errorf("%w: different structures: copy of shape %v to shape %v", ErrValue, from.Shape, to.Shape)
	}
	if strings.TrimPrefix(to.Format, "@") != strings.TrimPrefix(from.Format, "@") || to.ItemSize != from.ItemSize {
		return fmt.Errorf("%w: different structures: copy of %q items (%d bytes) to %q (%d bytes): cast one side to the other's format where the bytes agree",
			ErrValue, from.Format, from.ItemSize, to.Format, to.ItemSize)
	}
	return nil
}

func copyItems(dst, src kernel.Items) {
	if dst.Count() == 0 || dst.Size == 0 {
		return
	}
	if !overlap(&dst, &src) {
		kernel.Copy(dst, src)
		return
	}
	tmp := make([]byte, src.Count()*src.Size)
	kernel.Pack(tmp, src, false)
	kernel.Unpack(dst, tmp, false)
}

// overlap reports whether the two might share bytes. Behind pointers anything might.
func overlap(a, b *kernel.Items) bool {
	if a.Indirect() || b.Indirect() {
		return true
	}
	aLow, aHigh := a.Window()
	bLow, bHigh := b.Window()
	apart := uintptr(b.Base) - uintptr(a.Base) // wraps where b lies first: so does the sum below
	return int(apart)+bLow < aHigh && aLow < int(apart)+bHigh
}
