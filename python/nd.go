package main

// #include "engine.h"
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// gmvSelect makes dst, which is src so far but for its numbers, the part that an index of n parts names. What dst has at
// its shape is room for three numbers to each dimension of src.
//
//export gmvSelect
func gmvSelect(dst, src *C.gmvBuffer, index *C.gmvCut, n C.int) (code C.int) {
	defer guarded(&code)
	guard()
	var room [8]buffer.Cut // more dimensions allocate: clearing room for all of them takes as long as the rest
	own := layoutOf(src)
	cuts, err := cutsOf(unsafe.Slice(index, int(n)), own.Shape, room[:0])
	if err != nil {
		return refuse(err, C.gmvBadIndex)
	}
	base, offset, l, err := buffer.CutLayout(src.buf, 0, own, cuts, ints(dst.shape, 3*int(src.ndim)))
	if err != nil {
		return refuse(err, C.gmvBadValue)
	}
	dst.buf = unsafe.Add(base, offset)
	if dst.ndim = C.int(len(l.Shape)); dst.ndim == 0 {
		dst.shape, dst.strides = nil, nil
	}
	if l.Suboffsets == nil {
		dst.suboffsets = nil
	}
	setLength(dst)
	return C.gmvDone
}

// cutsOf resolves an index against the dimensions that it is for: an ellipsis is as many whole ones as there is room for,
// integers count from the end where they are negative, and slices are clamped.
func cutsOf(index []C.gmvCut, shape []int, cuts []buffer.Cut) ([]buffer.Cut, error) {
	ellipses := 0
	for _, part := range index {
		if part.kind == C.gmvEllipsis {
			ellipses++
		}
	}
	if named := len(index) - ellipses; named > len(shape) || ellipses > 1 {
		return nil, fmt.Errorf("an index of %d parts and %d ellipses for %d dimensions: give at most one part to each, and one ellipsis", named, ellipses, len(shape))
	}
	for _, part := range index {
		d := len(cuts)
		switch part.kind {
		case C.gmvEllipsis:
			for range len(shape) - (len(index) - 1) {
				cuts = append(cuts, buffer.Cut{Count: shape[len(cuts)], Step: 1})
			}
		case C.gmvSlice:
			cuts = append(cuts, slice(int(part.start), int(part.stop), int(part.step), shape[d]))
		default:
			if i := int(part.start); i < -shape[d] || i >= shape[d] {
				return nil, fmt.Errorf("index %d is outside of dimension %d, which has %d items", i, d, shape[d])
			}
			cuts = append(cuts, buffer.Cut{Start: int(part.start), Drop: true})
		}
	}
	return cuts, nil
}

// slice clamps a slice to a dimension, as Python's slice.indices does. What is left out stands at an end of the integers.
func slice(start, stop, step, extent int) buffer.Cut {
	low, high := 0, extent
	if step < 0 {
		low, high = -1, extent-1
	}
	clamp := func(i int) int {
		if i < 0 {
			i += extent
		}
		return min(max(i, low), high)
	}
	start, stop = clamp(start), clamp(stop)
	count := 0
	switch {
	case step > 0 && start < stop:
		count = (stop-start-1)/step + 1
	case step < 0 && start > stop:
		count = (start-stop-1)/-step + 1
	}
	return buffer.Cut{Start: start, Count: count, Step: step}
}

// layoutOf describes the items of a buffer by numbers that are the caller's own.
func layoutOf(b *C.gmvBuffer) buffer.Layout {
	it := items(b)
	return buffer.Layout{ItemSize: it.Size, Shape: it.Shape, Strides: it.Strides, Suboffsets: it.Suboffsets}
}

func setLength(b *C.gmvBuffer) {
	it := items(b)
	b.len = C.ptrdiff_t(it.Count() * it.Size)
}

// gmvDerive makes dst, which has room for ndim dimensions and for one, a view of the memory of src with a layout of its own,
// whose item 0 lies offset bytes from that of src. The format is NULL where it stays, the item size negative where the
// format says it, ndim gmvNoShape for one dimension, and strides are NULL for those of an order. With whole, src must be
// contiguous, its bytes are taken as they lie, and without strides the items must fill them from the offset on.
//
//export gmvDerive
func gmvDerive(dst, src *C.gmvBuffer, to *C.char, itemsize C.ptrdiff_t, ndim C.int, shape, strides *C.ptrdiff_t, order C.char, offset C.ptrdiff_t, whole C.int) (code C.int) {
	defer guarded(&code)
	own := layoutOf(src)
	size, err := derivedSize(src, to, int(itemsize), whole != 0)
	if err != nil {
		return refuse(err, C.gmvBadValue)
	}
	if whole != 0 {
		if !own.IsContiguous(buffer.Any) {
			return refuse(fmt.Errorf("%w: a cast is of the bytes as they lie, without gaps: cast a contiguous copy (View.get_contiguous)", buffer.ErrNotContiguous), C.gmvBadBuffer)
		}
		own = buffer.Layout{ItemSize: 1, Shape: []int{int(src.len)}, Strides: []int{1}}
	}
	derived := buffer.Layout{ItemSize: size, Suboffsets: own.Suboffsets}
	fill := int(src.len) - int(offset)
	if whole != 0 && (offset < 0 || fill < 0) {
		return refuse(fmt.Errorf("offset %d is outside of the memory of %d bytes", offset, src.len), C.gmvBadValue)
	}
	if ndim == C.gmvNoShape {
		if size == 0 || fill%size != 0 {
			return refuse(fmt.Errorf("%w: %d bytes are no whole number of items of %d bytes", buffer.ErrLayout, fill, size), C.gmvBadValue)
		}
		derived.Shape = []int{fill / size}
	} else {
		derived.Shape = ints(shape, int(ndim))
	}
	if strides != nil {
		derived.Strides = ints(strides, len(derived.Shape))
	} else if derived.Strides, err = buffer.ContiguousStrides(derived.Shape, size, buffer.Order(order)); err != nil {
		return refuse(err, C.gmvBadValue)
	}
	if err := own.Holds(&derived, int(offset)); err != nil {
		return refuse(err, C.gmvBadValue)
	}
	dst.ndim, dst.itemsize = C.int(len(derived.Shape)), C.ptrdiff_t(size)
	copy(ints(dst.shape, len(derived.Shape)), derived.Shape)
	copy(ints(dst.strides, len(derived.Shape)), derived.Strides)
	setLength(dst)
	if whole != 0 && strides == nil && int(dst.len) != fill {
		return refuse(fmt.Errorf("%w: items of %d bytes in shape %v are %d bytes, and there are %d", buffer.ErrLayout, size, derived.Shape, dst.len, fill), C.gmvBadValue)
	}
	it := items(src)
	part := it.Part(int(offset), size)
	copy(ints(dst.suboffsets, len(part.Suboffsets)), part.Suboffsets)
	if size > 0 {
		dst.buf = part.Base
	}
	return C.gmvDone
}

// derivedSize is the size of the items that src is to have.
func derivedSize(src *C.gmvBuffer, to *C.char, itemsize int, whole bool) (int, error) {
	if to == nil {
		return int(src.itemsize), nil
	}
	typ, err := parse(text(to))
	if err != nil {
		return 0, err
	}
	if from, err := parse(text(src.format)); whole && (holdsObjects(typ) || err == nil && holdsObjects(from)) {
		return 0, fmt.Errorf("%w: from %.40q to %.40q: bytes do not make Python objects, nor objects bytes", buffer.ErrValue, text(src.format), text(to))
	}
	if itemsize < 0 {
		itemsize = typ.Size()
	}
	if itemsize < typ.Size() {
		return 0, fmt.Errorf("%w: format %.40q needs items of %d bytes", buffer.ErrLayout, text(to), typ.Size())
	}
	return itemsize, nil
}

// gmvAssign assigns the items of src, or its only one where it has no dimensions, to those of dst, as if through a
// temporary where they share memory. Both must have the same format, item size and shape, else it is gmvStructure.
//
//export gmvAssign
func gmvAssign(dst, src *C.gmvBuffer) (code C.int) {
	defer guarded(&code)
	guard()
	typ, err := parse(text(dst.format))
	if err != nil {
		return refuse(err, C.gmvUnreadable)
	}
	if err := refuseObjects(typ); err != nil {
		return refuse(err, C.gmvBadType)
	}
	to, from := items(dst), items(src)
	if src.ndim == 0 && sameItems(dst, src) {
		copyItems(to, everywhere(from, to.Shape))
		return C.gmvDone
	}
	if !sameStructure(dst, src) {
		return C.gmvStructure
	}
	copyItems(to, from)
	return C.gmvDone
}

// gmvConvert assigns the values of the items of src to those of dst, whatever their formats, as memoryview.Convert does.
//
//export gmvConvert
func gmvConvert(dst, src *C.gmvBuffer) (code C.int) {
	defer guarded(&code)
	guard()
	to, err := parse(text(dst.format))
	if err != nil {
		return refuse(err, C.gmvUnreadable)
	}
	from, err := parse(text(src.format))
	if err != nil {
		return refuse(err, C.gmvUnreadable)
	}
	if to.Size() > int(dst.itemsize) || from.Size() > int(src.itemsize) {
		return C.gmvShort
	}
	if err := refuseObjects(to); err != nil {
		return refuse(err, C.gmvBadType)
	}
	into, values := items(dst), items(src)
	err = typed.Convert(&into, &values, to, from)
	switch {
	case err == nil:
		return C.gmvDone
	case errors.Is(err, buffer.ErrType):
		return refuse(err, C.gmvBadType)
	}
	return refuse(err, C.gmvBadValue)
}

// refuse keeps what an error says for gmvReason, and returns the code.
func refuse(err error, code C.int) C.int {
	said := err.Error()
	for _, sort := range []error{buffer.ErrValue, buffer.ErrType, buffer.ErrLayout} { // which Python says by the exception's type
		said = strings.TrimPrefix(said, sort.Error()+": ")
	}
	lastReason.set(said)
	return code
}
