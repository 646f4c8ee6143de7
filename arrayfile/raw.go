package arrayfile

import (
	"fmt"
	"slices"

	"github.com/go-memoryview/memoryview/buffer"
)

// unknownSize stands for the size of what is still to be read.
const unknownSize = 1<<63 - 1

// rawArray makes an array of what the options say of a raw file of that size.
func rawArray(s settings, size int64) (*Array, error) {
	a := &Array{offset: s.offset, order: s.order}
	l := &a.layout
	l.Format, l.Shape = s.format, slices.Clone(s.shape)
	var err error
	if l.ItemSize, err = buffer.SizeFromFormat(s.format); err != nil {
		return nil, err
	}
	if s.offset > size {
		return nil, fmt.Errorf("%w: offset %d lies behind the file's %d bytes", ErrTruncated, s.offset, size)
	}
	if l.Shape == nil {
		if l.Shape, err = rowOf(l.ItemSize, size-s.offset); err != nil {
			return nil, err
		}
	}
	if len(l.Shape) > buffer.MaxDims {
		return nil, fmt.Errorf("%w: %d dimensions: at most %d are possible", buffer.ErrLayout, len(l.Shape), buffer.MaxDims)
	}
	if l.Strides, err = buffer.ContiguousStrides(l.Shape, l.ItemSize, s.order); err != nil {
		return nil, err
	}
	return a, a.fits(size)
}

// rowOf is the shape of n bytes of items.
func rowOf(itemSize int, n int64) ([]int, error) {
	if itemSize == 0 {
		return nil, fmt.Errorf("%w: items of no bytes: give a shape, since any number of them fits", buffer.ErrLayout)
	}
	count, left := n/int64(itemSize), n%int64(itemSize)
	if left != 0 {
		return nil, fmt.Errorf("%w: %d bytes hold %d whole items of %d bytes, and %d left over: give a shape, an offset or another format",
			buffer.ErrLayout, n, count, itemSize, left)
	}
	if int64(int(count)) != count {
		return nil, fmt.Errorf("%w: %d items are more than the address space holds: give a shape", buffer.ErrLayout, count)
	}
	return []int{int(count)}, nil
}
