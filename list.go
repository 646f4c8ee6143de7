package memoryview

import (
	"fmt"
	"iter"
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
		if err := checkCopy(v.count()); err != nil {
			return err
		}
		list, err = nest(items, v.buf.Type())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list of a view: %w", err)
	}
	return list, nil
}

func nest(items kernel.Items, typ *format.Type) (any, error) {
	if len(items.Shape) == 0 {
		return typ.Unpack(unsafe.Slice((*byte)(items.Base), items.Size))
	}
	if items.Count() == 0 {
		return emptyList(items.Shape)
	}
	list := make([]any, items.Shape[0])
	for i := range list {
		var err error
		if list[i], err = nest(items.Sub(i), typ); err != nil {
			return nil, err
		}
	}
	return list, nil
}

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

// All iterates over the items in C order, whatever the number of dimensions, unpacked as [View.At]
// does. The count is fixed when it starts; that the view is not released is checked for each item,
// and an error ends the iteration. A view without dimensions cannot be iterated over:
// buffer.ErrType, as in CPython.
func (v *View) All() iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		if err := v.checkLookup("iteration"); err != nil {
			yield(nil, err)
			return
		}
		shape := v.buf.Layout().Shape
		index := make([]int, len(shape))
		for range v.count() {
			item, err := v.At(index...)
			if !yield(item, err) || err != nil {
				return
			}
			kernel.Advance(index, shape, false)
		}
	}
}

// Count returns how many items equal a value (memoryview.count, in every number of dimensions).
// Numbers are compared by value whatever their type, as Python does; NaN equals nothing.
func (v *View) Count(value any) (n int, err error) {
	err = v.search("count", value, func(int) bool {
		n++
		return true
	})
	return n, err
}

// Index returns the position in C order of the first item that equals a value, compared as
// [View.Count] does, or -1 where there is none (memoryview.index).
func (v *View) Index(value any) (int, error) {
	first := -1
	err := v.search("index", value, func(position int) bool {
		first = position
		return false
	})
	return first, err
}

// search calls found with the position of each item that equals value until it returns false.
func (v *View) search(what string, value any, found func(position int) bool) error {
	if err := v.checkLookup(what); err != nil {
		return err
	}
	err := v.walk(func(items kernel.Items) (err error) {
		typ, position := v.buf.Type(), -1
		if items.Size == 0 && items.Count() > 1 {
			return searchNothing(typ, value, items.Count(), found)
		}
		kernel.Each(items, func(p unsafe.Pointer) bool {
			position++
			var item any
			if item, err = typ.Unpack(unsafe.Slice((*byte)(p), items.Size)); err != nil {
				return false
			}
			return !format.SameValue(item, value) || found(position)
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("%s in a view: %w", what, err)
	}
	return nil
}

// searchNothing is the search among items of no bytes, which are all the same.
func searchNothing(typ *format.Type, value any, count int, found func(position int) bool) error {
	item, err := typ.Unpack(nil)
	if err != nil || !format.SameValue(item, value) {
		return err
	}
	for position := 0; position < count && found(position); position++ {
	}
	return nil
}

// checkLookup refuses released views and, as CPython does, those without dimensions.
func (v *View) checkLookup(what string) error {
	if err := v.check(what); err != nil {
		return err
	}
	if v.buf.NDim() == 0 {
		return fmt.Errorf("%s: %w: a view without dimensions has one item and no list of them: use At", what, buffer.ErrType)
	}
	return nil
}
