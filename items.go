package memoryview

import (
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// walk calls f with the view's items as the kernels want them, holding the memory until f returns.
func (v *View) walk(f func(items kernel.Items) error) error {
	return walkBuffer(&v.buf, f)
}

func walkBuffer(b *buffer.Buffer, f func(items kernel.Items) error) error {
	return b.Access(func(item unsafe.Pointer) error { return f(b.Items(item)) })
}

// count returns the number of items.
func (v *View) count() int {
	n := 1
	for d := range v.buf.NDim() {
		n *= v.buf.Extent(d)
	}
	return n
}
