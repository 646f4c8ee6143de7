package memoryview

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Bytes returns the memory itself, without copying, where it is contiguous in C order; else
// buffer.ErrNotContiguous. The caller promises to use the slice only while the view is not
// released, and to write to it only where the view is not ReadOnly: such a write can be fatal.
func (v *View) Bytes() (mem []byte, err error) {
	if err := v.check("bytes"); err != nil {
		return nil, err
	}
	if !v.buf.IsContiguous(buffer.C) {
		return nil, fmt.Errorf("bytes: %w: ToBytes copies", v.buf.Layout().CheckContiguous(buffer.C))
	}
	n := v.buf.Len()
	err = v.buf.Access(func(item unsafe.Pointer) error {
		mem = unsafe.Slice((*byte)(item), n)[:n:n]
		return nil
	})
	return mem, err
}

// ToBytes returns a copy of the items' bytes in the given order (memoryview.tobytes).
// buffer.Any means Fortran order for a view that is contiguous so and not in C order, else C.
func (v *View) ToBytes(order buffer.Order) ([]byte, error) {
	return v.AppendBytes(nil, order)
}

// AppendBytes is [View.ToBytes] into a slice of the caller's. On an error dst comes back unchanged.
func (v *View) AppendBytes(dst []byte, order buffer.Order) ([]byte, error) {
	n := v.buf.Len()
	if err := checkCopy(n); err != nil {
		return dst, err
	}
	full := grown(dst, n)
	if err := v.buf.ToContiguous(full[len(dst):], order); err != nil {
		return dst, fmt.Errorf("bytes of a view: %w", err)
	}
	return full, nil
}

// grown makes dst longer by n bytes. Fresh memory of a system's is zero already, which make knows.
func grown(dst []byte, n int) []byte {
	if cap(dst) == 0 {
		return make([]byte, n)
	}
	return slices.Grow(dst, n)[:len(dst)+n]
}

func checkCopy(n int) error {
	if !kernel.Affords(n) {
		return fmt.Errorf("copy of %d bytes: %w: they do not fit into memory: WriteTo and ReadAt go piece by piece", n, buffer.ErrLayout)
	}
	return nil
}
