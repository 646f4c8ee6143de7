package buffertest

import (
	"bytes"
	"errors"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// checkLayout checks that the parts of a layout agree.
func (t *tester) checkLayout(b *buffer.Buffer) {
	l := b.Layout()
	n := l.ItemSize
	for _, extent := range l.Shape {
		n *= extent
	}
	if b.Len() != n {
		t.fail(agrees, "Len is %d, the layout %+v has %d bytes", b.Len(), l, n)
	}
	if len(l.Strides) != len(l.Shape) || l.Suboffsets != nil && len(l.Suboffsets) != len(l.Shape) {
		t.fail(agrees, "the layout %+v has not one stride (and suboffset) for each dimension", l)
	}
	if size, err := buffer.SizeFromFormat(l.Format); err != nil || size > l.ItemSize {
		t.fail(agrees, "format %.40q needs %d bytes, the item size is %d: %v", l.Format, size, l.ItemSize, err)
	}
}

// checkItems reads item by item what was read in one go, and asks for items that do not exist.
func (t *tester) checkItems() {
	if !t.begin() {
		return
	}
	b, ok := t.ask(buffer.FullRO)
	if !ok {
		return
	}
	defer t.release(b)
	size := t.layout.ItemSize
	index := make([]int, b.NDim())
	for at := 0; at < len(t.packed); at += size {
		var place unsafe.Pointer
		err := b.Access(func(item unsafe.Pointer) error {
			place = item
			if !bytes.Equal(unsafe.Slice((*byte)(item), size), t.packed[at:at+size]) {
				return errors.New("it differs from the same item of all")
			}
			return nil
		}, index...)
		if err != nil {
			t.fail(stays, "item %v: %w", index, err)
		}
		if p, err := b.Pointer(index...); err != nil || p != place {
			t.fail(stays, "item %v lies at %p by Access, at %p by Pointer: %v", index, place, p, err)
		}
		kernel.Advance(index, t.layout.Shape, false)
	}
	t.checkBadIndices(b)
}

// checkBadIndices asks for items that do not exist.
func (t *tester) checkBadIndices(b *buffer.Buffer) {
	expect := func(want error, index ...int) {
		if p, err := b.Pointer(index...); p != nil || !errors.Is(err, want) {
			t.fail(agrees, "the pointer to item %v of shape %v: %p, %v", index, t.layout.Shape, p, err)
		}
	}
	n := b.NDim()
	expect(buffer.ErrType, make([]int, n+1)...)
	if n == 0 {
		return
	}
	if n > 1 {
		expect(buffer.ErrType, make([]int, n-1)...)
	}
	for d, extent := range t.layout.Shape {
		for _, i := range []int{-1, extent, 1<<31 - 1, -1 << 31} {
			index := make([]int, n)
			index[d] = i
			expect(buffer.ErrBounds, index...)
		}
	}
}
