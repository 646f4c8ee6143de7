package buffer

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// ToContiguous writes the bytes of all items to dst, in that order (PyBuffer_ToContiguous). Any
// means the order in which they lie, and C for items that lie in neither. The length of dst must be
// Len, else nothing is written and the error is ErrValue.
func (b *Buffer) ToContiguous(dst []byte, order Order) (err error) {
	if err := order.check(); err != nil {
		return err
	}
	var src kernel.Items
	visit, err := b.Enter(&src)
	if err != nil {
		return err
	}
	defer visit.Leave(&err)
	if len(dst) != b.nbytes {
		return fmt.Errorf("%w: %d bytes to receive %d", ErrValue, len(dst), b.nbytes)
	}
	room := roomBeside(&src, dst)
	kernel.Pack(room, src, b.fortran(order))
	moveTo(dst, room)
	return nil
}

// roomBeside returns dst, or a temporary as large where dst is part of the memory that is packed.
func roomBeside(src *kernel.Items, dst []byte) []byte {
	if len(dst) == 0 {
		return dst
	}
	if out := (kernel.Items{Base: unsafe.Pointer(&dst[0]), Size: len(dst)}); kernel.Overlap(&out, src) {
		return make([]byte, len(dst))
	}
	return dst
}

// moveTo brings what was packed to where it belongs.
func moveTo(dst, room []byte) {
	if len(dst) > 0 && &dst[0] != &room[0] {
		copy(dst, room)
	}
}

// fortran resolves Any.
func (b *Buffer) fortran(order Order) bool {
	return order == F || order == Any && !b.IsContiguous(C) && b.IsContiguous(F)
}

// FromContiguous fills the items from src, which holds their bytes in that order; Any means C
// (PyBuffer_FromContiguous). As in C, a longer src is read as far as there are items, a shorter one
// fills the first items, and a part of an item at its end is left out. Read-only memory is
// ErrReadOnly.
func (b *Buffer) FromContiguous(src []byte, order Order) (err error) {
	if err := order.check(); err != nil {
		return err
	}
	var items kernel.Items
	visit, err := b.Enter(&items)
	if err != nil {
		return err
	}
	defer visit.Leave(&err)
	if b.readOnly {
		return fmt.Errorf("%w: write of %d bytes", ErrReadOnly, len(src))
	}
	if src = src[:min(len(src), b.nbytes)]; len(src) == 0 {
		return nil
	}
	if in := (kernel.Items{Base: unsafe.Pointer(&src[0]), Size: len(src)}); kernel.Overlap(&in, &items) {
		src = slices.Clone(src)
	}
	if len(src) < b.nbytes {
		kernel.UnpackFirst(items, src, order == F)
	} else {
		kernel.Unpack(items, src, order == F)
	}
	return nil
}

// Read copies bytes of the items in C order, from byte offset on, as if they had been packed, and
// returns how many there were: fewer than len(dst) only at the end, and 0 after ErrFault.
func (b *Buffer) Read(dst []byte, offset int) (n int, err error) {
	var src kernel.Items
	visit, err := b.Enter(&src)
	if err != nil {
		return 0, err
	}
	defer visit.Leave(&err)
	if offset < 0 || offset > b.nbytes {
		return 0, fmt.Errorf("%w: byte %d of %d", ErrBounds, offset, b.nbytes)
	}
	dst = dst[:min(len(dst), b.nbytes-offset)]
	room := roomBeside(&src, dst)
	kernel.PackRange(room, src, offset)
	moveTo(dst, room)
	return len(dst), nil
}

// A CopyOption says how [Copy] goes about it.
type CopyOption func(*copyOptions)

type copyOptions struct{ workers int }

// Parallel lets [Copy] use so many goroutines, or as many as GOMAXPROCS says for 0, where the copy is
// large enough to gain by it. Without this option it uses the caller's only.
func Parallel(workers int) CopyOption {
	return func(o *copyOptions) {
		if o.workers = workers; workers <= 0 {
			o.workers = runtime.GOMAXPROCS(0)
		}
	}
}

// Copy copies all items of src to dst, as if through a temporary where they overlap
// (PyObject_CopyData). Both are anything that [Get] takes, of the same shape, format and item size:
// else nothing is written and the error is ErrValue. After ErrFault, on either side, some items of dst are written,
// which may be any of them.
func Copy(dst, src any, opts ...CopyOption) error {
	to, err := Peek(dst, Full)
	if err != nil {
		return fmt.Errorf("copy to %T: %w", dst, err)
	}
	defer to.Done()
	from, err := Peek(src, FullRO)
	if err != nil {
		return fmt.Errorf("copy from %T: %w", src, err)
	}
	defer from.Done()
	return to.copyFrom(from, opts)
}

// CopyFrom copies all items of src, under the rules of [Copy].
func (b *Buffer) CopyFrom(src *Buffer) error {
	if src == nil {
		return fmt.Errorf("%w: copy from a nil *Buffer", ErrType)
	}
	return b.copyFrom(src, nil)
}

func (b *Buffer) copyFrom(src *Buffer, opts []CopyOption) (err error) {
	workers := workersOf(opts)
	var to, from kernel.Items
	visitTo, err := b.Enter(&to)
	if err != nil {
		return err
	}
	defer visitTo.Leave(&err)
	visitFrom, err := src.Enter(&from)
	if err != nil {
		return err
	}
	defer visitFrom.Leave(&err)
	if b.readOnly {
		return fmt.Errorf("%w: copy of %d bytes", ErrReadOnly, src.nbytes)
	}
	if err := b.sameStructure(src); err != nil {
		return err
	}
	return copyItems(to, from, workers)
}

func workersOf(opts []CopyOption) int {
	if len(opts) == 0 {
		return 0
	}
	var o copyOptions
	for _, opt := range opts {
		opt(&o)
	}
	return o.workers
}

// sameStructure is memoryview's rule for assignments: shape, item size and format must be the same;
// a leading '@' in the format does not count.
func (b *Buffer) sameStructure(src *Buffer) error {
	to, from := b.layout(), src.layout()
	if !slices.Equal(to.Shape, from.Shape) {
		return fmt.Errorf("%w: different structures: copy of shape %v to shape %v", ErrValue, from.Shape, to.Shape)
	}
	if b.item == src.item {
		return nil
	}
	if strings.TrimPrefix(to.Format, "@") != strings.TrimPrefix(from.Format, "@") || to.ItemSize != from.ItemSize {
		return fmt.Errorf("%w: different structures: copy of %.40q items (%d bytes) to %.40q (%d bytes): values are not converted; where the bytes mean the same, cast one side",
			ErrValue, from.Format, from.ItemSize, to.Format, to.ItemSize)
	}
	return nil
}

// copyItems uses up to so many goroutines where it needs no temporary.
func copyItems(dst, src kernel.Items, workers int) error {
	n := src.Count() * src.Size
	switch {
	case n == 0:
	case !kernel.Overlap(&dst, &src):
		kernel.CopyParallel(dst, src, workers)
	case !kernel.Affords(n):
		return fmt.Errorf("%w: copy of %d bytes onto their own memory: a temporary that large does not fit into memory: copy parts", ErrLayout, n)
	default:
		tmp := make([]byte, n)
		kernel.Pack(tmp, src, false)
		kernel.Unpack(dst, tmp, false)
	}
	return nil
}
