package buffer

import (
	"fmt"
	"runtime/debug"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/fault"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Access calls f with a pointer to the item at a full index, or to item 0 when no index is given,
// and holds the memory in place until f returns. Negative indices count from the end. It is, with
// Enter, the only way to a buffer's bytes: a release meanwhile takes effect when f is done. The pointer must
// not be kept, and writing through it is for buffers that are not ReadOnly. Where there are no
// items or items of no bytes, it points to nothing of use.
//
// Access fails with ErrReleased, with ErrBounds or ErrType for the index, with f's error, or with
// ErrFault where mapped memory has gone away.
func (b *Buffer) Access(f func(item unsafe.Pointer) error, index ...int) (err error) {
	visit, err := b.enter()
	if err != nil {
		return err
	}
	defer visit.Leave(&err)
	if err := b.checkIndex(index); err != nil {
		return err
	}
	return f(b.locate(index))
}

// Visit is one operation inside a buffer's memory, which stays in place meanwhile.
type Visit struct {
	blk    *block
	before bool // whether faults were panics already
}

// Enter begins what Access does around its function, and describes the items to the loops of this
// module: they are the buffer's own, and nobody may change them. The caller defers Leave. The error
// is ErrReleased.
func (b *Buffer) Enter(items *kernel.Items) (Visit, error) {
	visit, err := b.enter()
	if err == nil {
		b.describe(items, b.locate(nil))
	}
	return visit, err
}

func (b *Buffer) enter() (Visit, error) {
	blk := b.live()
	if blk == nil || !blk.enter() {
		return Visit{}, errReleased("access to a buffer")
	}
	return blk.visit(), nil
}

// visit is a Visit of a block that was entered.
func (blk *block) visit() Visit {
	return Visit{blk, blk.mapped && debug.SetPanicOnFault(true)}
}

// Leave ends what Enter began, and is called by defer: a fault inside mapped memory, which would end the
// process, becomes the error. Other panics go on.
func (v Visit) Leave(err *error) {
	if !v.blk.mapped {
		v.blk.leave()
		return
	}
	defer v.blk.leave()
	debug.SetPanicOnFault(v.before)
	if r := recover(); r != nil {
		if *err = fault.Of(r); *err == nil {
			panic(r)
		}
	}
}

// live returns the block, or nil after the release.
func (b *Buffer) live() *block {
	if b.lender != nil {
		return b.lender.block.Load()
	}
	return b.block.Load()
}

func (b *Buffer) checkIndex(index []int) error {
	if len(index) == 0 {
		return nil
	}
	shape, _, _ := b.dims()
	if len(index) != len(shape) {
		return fmt.Errorf("%w: %d indices for %d dimensions", ErrType, len(index), len(shape))
	}
	for d, i := range index {
		if n := shape[d]; i >= n || i < -n {
			return errIndex(i, d, n)
		}
	}
	return nil
}

func errIndex(i, d, n int) error {
	if n == 0 {
		return fmt.Errorf("%w: index %d of dimension %d, which has no items", ErrBounds, i, d)
	}
	return fmt.Errorf("%w: index %d of dimension %d, which has %d items: use %d to %d", ErrBounds, i, d, n, -n, n-1)
}

// nothing is where items of no bytes lie: a pointer past the end of a Go object must never exist.
var nothing [pointerSize]byte

// locate returns the place of an item whose index is checked.
func (b *Buffer) locate(index []int) unsafe.Pointer {
	if b.nbytes == 0 {
		return unsafe.Pointer(&nothing)
	}
	p := unsafe.Add(b.base, b.offset)
	shape, strides, suboffsets := b.dims()
	for d, i := range index {
		if i < 0 {
			i += shape[d]
		}
		p = unsafe.Add(p, i*strides[d])
		if suboffsets != nil {
			p = kernel.Follow(p, suboffsets[d])
		}
	}
	return p
}

// HeapBytes returns the memory of one dimension of unsigned bytes without gaps, where it is the collector's: no
// release takes it away, so that nothing needs to be held. Of all else, and of no items, it returns nil.
func (b *Buffer) HeapBytes() []byte {
	blk := b.live()
	if blk == nil || blk.end != nil || blk.mapped || b.nbytes == 0 || b.ndim != 1 || b.more != nil || b.inline[1] != 1 || !b.item.isByte {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Add(b.base, b.offset)), b.nbytes)
}

// Items is what Enter describes, with item 0 where Access says.
func (b *Buffer) Items(item0 unsafe.Pointer) (items kernel.Items) {
	b.describe(&items, item0)
	return items
}

func (b *Buffer) describe(items *kernel.Items, item0 unsafe.Pointer) {
	items.Base, items.Size = item0, b.ItemSize()
	items.Shape, items.Strides, items.Suboffsets = b.dims()
	if items.Size == 0 { // they all lie at one place
		items.Strides, items.Suboffsets = make([]int, b.ndim), nil
	}
}
