package memoryview

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// ToList returns the items, unpacked as [View.At] does, in nested []any, one level for each
// dimension; a view without dimensions gives its item (memoryview.tolist).
func (v *View) ToList() (any, error) {
	list, err := v.list()
	if err != nil {
		return nil, fmt.Errorf("list of a view: %w", err)
	}
	return list, nil
}

func (v *View) list() (list any, err error) {
	var items kernel.Items
	visit, err := v.buf.Enter(&items)
	if err != nil {
		return nil, err
	}
	defer visit.Leave(&err)
	if n := items.Count(); n > kernel.MostBytes/listItem || !kernel.Affords(n*listItem) {
		return nil, fmt.Errorf("%w: a list of %d items does not fit into memory: take parts of the view", buffer.ErrLayout, n)
	}
	return nest(items, v.buf.Type(), typed.RowUnpacker(v.buf.Type()))
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

// listItem is the bytes of an item in a list: a pointer to its type, and one to what it is.
const listItem = 2 * int(unsafe.Sizeof(uintptr(0)))

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
