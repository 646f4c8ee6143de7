package memoryview

import (
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// inlineDims is how many dimensions a walk describes without allocating.
const inlineDims = 4

// walk calls f with the view's items as the kernels want them, holding the memory until f returns.
func (v *View) walk(f func(items kernel.Items) error) error {
	return walkBuffer(&v.buf, f)
}

func walkBuffer(b *buffer.Buffer, f func(items kernel.Items) error) error {
	var store [3 * inlineDims]int
	items := describe(b, store[:])
	return b.Access(func(item unsafe.Pointer) error {
		items.Base = item
		if items.Size == 0 {
			clear(items.Strides) // items of no bytes all lie at one place
		}
		return f(items)
	})
}

// describe copies the dimensions to store where it is large enough.
func describe(b *buffer.Buffer, store []int) kernel.Items {
	n := b.NDim()
	if len(store) < 3*n {
		store = make([]int, 3*n)
	}
	items := kernel.Items{Size: b.ItemSize(), Shape: store[:n], Strides: store[n : 2*n]}
	for d := range n {
		items.Shape[d], items.Strides[d] = b.Extent(d), b.Stride(d)
	}
	if b.Indirect() && items.Size > 0 {
		items.Suboffsets = store[2*n : 3*n]
		for d := range n {
			items.Suboffsets[d] = b.Suboffset(d)
		}
	}
	return items
}

// count returns the number of items.
func (v *View) count() int {
	n := 1
	for d := range v.buf.NDim() {
		n *= v.buf.Extent(d)
	}
	return n
}
