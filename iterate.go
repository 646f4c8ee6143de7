package memoryview

import (
	"iter"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

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

// count returns the number of items.
func (v *View) count() int {
	n := 1
	for d := range v.buf.NDim() {
		n *= v.buf.Extent(d)
	}
	return n
}
