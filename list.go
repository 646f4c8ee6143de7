package memoryview

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// ToList returns the items, unpacked as [View.At] does, in nested []any, one level for each
// dimension; a view without dimensions gives its item (memoryview.tolist).
func (v *View) ToList() (list any, err error) {
	err = v.walk(func(items kernel.Items) error {
		if n := v.count(); n > mostItems {
			return fmt.Errorf("%w: a list of %d items: at most %d fit into memory: take parts of the view", buffer.ErrLayout, n, mostItems)
		}
		list, err = nest(items, v.buf.Type(), rowUnpacker(v.buf.Type()))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list of a view: %w", err)
	}
	return list, nil
}

// nest unpacks rows of numbers by unpack, where it is not nil, and other items one by one.
func nest(items kernel.Items, typ *format.Type, unpack func(row kernel.Items) []any) (any, error) {
	if len(items.Shape) == 0 {
		return typ.Unpack(unsafe.Slice((*byte)(items.Base), items.Size))
	}
	if items.Count() == 0 {
		return emptyList(items.Shape)
	}
	if unpack != nil && len(items.Shape) == 1 && items.Suboffsets == nil {
		return unpack(items), nil
	}
	list := make([]any, items.Shape[0])
	for i := range list {
		var err error
		if list[i], err = nest(items.Sub(i), typ, unpack); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// rowUnpacker returns what unpacks a row of items of a type, or nil for what is no number.
func rowUnpacker(typ *format.Type) func(row kernel.Items) []any {
	n, ok := numberOf(typ)
	if !ok {
		return nil
	}
	unpack := unpackers[n.Kind][n.Size]
	if typ.Kind() == format.Pointer {
		unpack = unpackRow[uintptr]
	}
	return func(row kernel.Items) []any { return unpack(row, n) }
}

var unpackers = map[kernel.Kind]map[int]func(kernel.Items, kernel.Number) []any{
	kernel.Bool:       {1: unpackRow[bool]},
	kernel.Int:        {1: unpackRow[int8], 2: unpackRow[int16], 4: unpackRow[int32], 8: unpackRow[int64]},
	kernel.Uint:       {1: unpackRow[uint8], 2: unpackRow[uint16], 4: unpackRow[uint32], 8: unpackRow[uint64]},
	kernel.Float:      {2: unpackRow[format.Float16], 4: unpackRow[float32], 8: unpackRow[float64]},
	kernel.BrainFloat: {2: unpackRow[format.BFloat16]},
	kernel.Complex:    {8: unpackRow[complex64], 16: unpackRow[complex128]},
}

// unpackRow brings the numbers in order block by block, so that no call is made for each.
func unpackRow[T any](row kernel.Items, n kernel.Number) []any {
	const block = 64
	var values [block]T
	list := make([]any, row.Shape[0])
	native := kernel.Number{Kind: n.Kind, Size: n.Size}
	out := kernel.Items{Base: unsafe.Pointer(&values), Size: n.Size, Strides: []int{n.Size}}
	for first := 0; first < len(list); first += block {
		count := min(block, len(list)-first)
		piece := row.Range(first, count, nil)
		out.Shape = piece.Shape
		kernel.Convert(out, piece, native, n)
		for i, v := range values[:count] {
			list[first+i] = v
		}
	}
	return list
}

// mostItems is as much as a list may have: an item takes 16 bytes in it, and what it points to.
const mostItems = mostBytes / 64

// mostEmptyLists bounds what a shape without items may cost: (1<<40, 0) is easily said.
const mostEmptyLists = 1 << 20

// emptyList returns the nested lists of a shape that holds no items.
func emptyList(shape []int) (any, error) {
	lists := 1
	for _, extent := range shape[:slices.Index(shape, 0)] {
		if extent > mostEmptyLists/lists {
			return nil, fmt.Errorf("%w: shape %s has no items, but more than %d empty lists", buffer.ErrLayout, tuple(shape), mostEmptyLists)
		}
		lists *= extent
	}
	return nestEmpty(shape), nil
}

func nestEmpty(shape []int) []any {
	list := make([]any, shape[0])
	for i := range list {
		list[i] = nestEmpty(shape[1:])
	}
	return list
}
