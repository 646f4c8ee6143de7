package memoryview

import (
	"fmt"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// At returns one item, unpacked to a Go value as package format describes it. It takes one index
// for each dimension, none for a view without dimensions; negative ones count from the end. An
// index outside is buffer.ErrBounds, too few or too many are buffer.ErrType: [View.Sub] takes
// leading indices.
func (v *View) At(index ...int) (value any, err error) {
	err = v.item(index, func(item []byte) (err error) {
		value, err = v.buf.Type().Unpack(item)
		return err
	})
	return value, err
}

// Set stores a value in one item, at an index as [View.At] takes it. A value that the format cannot
// hold is buffer.ErrType or buffer.ErrValue, and nothing is written; read-only memory is
// buffer.ErrReadOnly. [View.CopyFrom] sets many items.
func (v *View) Set(value any, index ...int) error {
	if v.ReadOnly() {
		return fmt.Errorf("set an item: %w: set it in a copy, or in a view of writable memory", buffer.ErrReadOnly)
	}
	return v.item(index, func(item []byte) error {
		return v.buf.Type().Pack(item, value)
	})
}

// item calls f with the bytes of the item at a full index.
func (v *View) item(index []int, f func(item []byte) error) error {
	if len(index) != v.buf.NDim() {
		return v.errIndexCount(len(index))
	}
	return v.buf.Access(func(item unsafe.Pointer) error {
		return f(unsafe.Slice((*byte)(item), v.buf.ItemSize()))
	}, index...)
}

func (v *View) errIndexCount(n int) error {
	if err := v.check("index"); err != nil {
		return err
	}
	return fmt.Errorf("%w: %d indices for a view of %d dimensions: At and Set take one for each, Sub takes leading ones", buffer.ErrType, n, v.buf.NDim())
}

// Sub returns the view at leading indices: a row of a matrix, or with an index for every dimension
// a view without dimensions on one item. Negative indices count from the end. It shares the memory:
// CopyFrom on it assigns to the part.
func (v *View) Sub(index ...int) (*View, error) {
	var store [fewDims]buffer.Cut
	cuts, err := v.subCuts(store[:0], index)
	if err != nil {
		return nil, err
	}
	return v.share(cuts...)
}

// SubInto is [View.Sub] into a View of the caller's, without allocating, as [View.SliceInto] is [View.Slice].
func (v *View) SubInto(dst *View, index ...int) error {
	var store [fewDims]buffer.Cut
	cuts, err := v.subCuts(store[:0], index)
	if err != nil {
		return err
	}
	return v.borrow(dst, cuts...)
}

// fewDims is how many dimensions are dropped without allocating.
const fewDims = 4

func (v *View) subCuts(cuts []buffer.Cut, index []int) ([]buffer.Cut, error) {
	if err := v.check("sub-view"); err != nil {
		return nil, err
	}
	if len(index) > v.buf.NDim() {
		return nil, fmt.Errorf("sub-view: %w: %d indices for a view of %d dimensions", buffer.ErrType, len(index), v.buf.NDim())
	}
	for _, i := range index {
		cuts = append(cuts, buffer.Cut{Start: i, Drop: true})
	}
	return cuts, nil
}

// Slice returns part of dimension 0 and all of the others, sharing the memory. The numbers are
// those of Python's slice.indices: start and stop lie within the dimension, and for a negative step
// between -1 and the last index, so that Slice(n-1, -1, -1) reverses. [View.Select] takes Python's
// notation and clamps as Python does. Numbers outside are buffer.ErrBounds, a step of 0 is
// buffer.ErrValue, a view without dimensions buffer.ErrType.
func (v *View) Slice(start, stop, step int) (*View, error) {
	cut, err := v.sliceCut(start, stop, step)
	if err != nil {
		return nil, err
	}
	return v.share(cut)
}

// SliceInto is [View.Slice] into a View of the caller's, without allocating in up to three
// dimensions: a loop can cut piece after piece into one variable. What it makes is borrowed: it is valid while v is, it does not keep the memory
// from being given back, and it is not for sharing between goroutines. Dst is a zero, a released or a
// borrowed View, and may be v itself where v is borrowed; one with a hold of its own is buffer.ErrValue,
// one whose memory is lent on buffer.ErrExported.
func (v *View) SliceInto(dst *View, start, stop, step int) error {
	if step == 1 && 0 <= start && start <= stop && dst.exports.Load() == 0 && dst.hash.Load() == nil {
		if v.buf.SliceBorrowed(&dst.buf, start, stop-start) == nil {
			return nil
		}
	}
	cut, err := v.sliceCut(start, stop, step)
	if err != nil {
		return err
	}
	return v.borrow(dst, cut)
}

// sliceCut checks a slice of dimension 0.
func (v *View) sliceCut(start, stop, step int) (buffer.Cut, error) {
	n := v.buf.Extent(0)
	low, high := 0, n
	if step < 0 {
		low, high = -1, n-1
	}
	if step == 0 || start < low || start > high || stop < low || stop > high || v.buf.NDim() == 0 || v.buf.Released() {
		return buffer.Cut{}, v.badSlice(start, stop, step, low, high)
	}
	return buffer.Cut{Start: start, Count: sliceLen(start, stop, step), Step: step}, nil
}

// badSlice says what is wrong with a slice.
func (v *View) badSlice(start, stop, step, low, high int) error {
	if _, err := v.Len(); err != nil {
		return fmt.Errorf("slice: %w", err)
	}
	if step == 0 {
		return fmt.Errorf("slice: %w: step is zero", buffer.ErrValue)
	}
	return fmt.Errorf("slice %d:%d:%d: %w: of %d items, start and stop lie from %d to %d: Select clamps", start, stop, step, buffer.ErrBounds, v.buf.Extent(0), low, high)
}

// sliceLen counts the items of a slice whose start and stop lie within its dimension.
func sliceLen(start, stop, step int) int {
	switch {
	case step == 1:
		return max(stop-start, 0) // a division costs as much as all the rest
	case step > 0 && start < stop:
		return (stop-start-1)/step + 1
	case step < 0 && start > stop:
		return (stop-start+1)/step + 1
	}
	return 0
}
