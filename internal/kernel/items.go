// Package kernel holds the loops over items: copy, walk, compare.
//
// It works on plain numbers: a pointer, a shape, strides. Everything is checked before it comes
// here; nothing here returns an error. Pointers are formed for items that exist and for no others,
// because a pointer past the end of a Go object is fatal in the collector: loops therefore count in
// byte offsets (ints) and form the pointer at the moment of use.
package kernel

import "unsafe"

// MaxDims is the highest number of dimensions, as in CPython (PyBUF_MAX_NDIM).
const MaxDims = 64

// Items says where the items of an array lie. Item (i, j, ...) is found by PEP 3118's rule: for each
// dimension in turn add index*stride, and where the dimension has a suboffset >= 0 follow the
// pointer found there and add the suboffset.
type Items struct {
	Base       unsafe.Pointer // where the walk to any item begins; never used when there are no items
	Size       int            // bytes an item
	Shape      []int          // items along each dimension
	Strides    []int          // bytes, one for each dimension
	Suboffsets []int          // nil, or one for each dimension; negative means no pointer to follow
}

// Count returns the number of items.
func (it *Items) Count() int {
	n := 1
	for _, extent := range it.Shape {
		n *= extent
	}
	return n
}

// Sub returns the items at index i of the first dimension.
func (it *Items) Sub(i int) Items {
	sub := Items{Base: unsafe.Add(it.Base, i*it.Strides[0]), Size: it.Size, Shape: it.Shape[1:], Strides: it.Strides[1:]}
	if it.Suboffsets != nil {
		sub.Base = Follow(sub.Base, it.Suboffsets[0])
		sub.Suboffsets = it.Suboffsets[1:]
	}
	return sub
}

// Range returns count items of the first dimension, from index start. Count must not be zero.
func (it *Items) Range(start, count int, shape []int) Items {
	part := *it
	part.Base = unsafe.Add(it.Base, start*it.Strides[0])
	part.Shape = append(append(shape[:0], count), it.Shape[1:]...)
	return part
}

// At returns where the item at a full index lies.
func (it *Items) At(index []int) unsafe.Pointer {
	p := it.Base
	for d, i := range index {
		p = unsafe.Add(p, i*it.Strides[d])
		if it.Suboffsets != nil {
			p = Follow(p, it.Suboffsets[d])
		}
	}
	return p
}

// Indirect reports whether pointers must be followed to reach the items.
func (it *Items) Indirect() bool {
	for _, s := range it.Suboffsets {
		if s >= 0 {
			return true
		}
	}
	return false
}

// Window returns the first byte that any item covers and the one after the last, in bytes from
// Base. There must be at least one item, and no indirect dimension.
func (it *Items) Window() (low, high int) {
	high = it.Size
	for d, extent := range it.Shape {
		reach := (extent - 1) * it.Strides[d]
		if reach < 0 {
			low += reach
		} else {
			high += reach
		}
	}
	return low, high
}

// Part describes what lies at an offset in each item. What has no bytes lies nowhere: it may end an object.
func (it *Items) Part(offset, size int) Items {
	part := *it
	part.Size = size
	if size == 0 {
		part.Base, part.Strides, part.Suboffsets = unsafe.Pointer(&nothing), make([]int, len(it.Shape)), nil
	} else if d := indirectDims(it); d > 0 {
		part.Suboffsets = append([]int(nil), it.Suboffsets...)
		part.Suboffsets[d-1] += offset
	} else {
		part.Base = unsafe.Add(it.Base, offset)
	}
	return part
}

// nothing is where items of no bytes lie.
var nothing [1]byte

// Follow is the indirect step of the rule. The pointer is read byte by byte: nobody promises that
// those of a second level are aligned.
func Follow(p unsafe.Pointer, suboffset int) unsafe.Pointer {
	if suboffset < 0 {
		return p
	}
	var next unsafe.Pointer
	*(*[unsafe.Sizeof(next)]byte)(unsafe.Pointer(&next)) = *(*[unsafe.Sizeof(next)]byte)(p)
	return unsafe.Add(next, suboffset)
}

// Advance counts an index up by one item, in C or Fortran order, like an odometer.
func Advance(index, shape []int, fortran bool) {
	for k := range shape {
		d := k
		if !fortran {
			d = len(shape) - 1 - k
		}
		if index[d]++; index[d] < shape[d] {
			return
		}
		index[d] = 0
	}
}

// ContiguousStrides fills strides with those of a contiguous array: the last dimension varies
// fastest in C order, the first in Fortran order. The caller has checked that the product fits.
func ContiguousStrides(strides, shape []int, size int, fortran bool) {
	step := size
	for k := range shape {
		d := k
		if !fortran {
			d = len(shape) - 1 - k
		}
		strides[d] = step
		step *= shape[d]
	}
}
