package memoryview

import (
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// Count returns how many items equal a value (memoryview.count, in every number of dimensions).
// Numbers are compared by value whatever their type, as Python does; NaN equals nothing.
func (v *View) Count(value any) (int, error) {
	return v.lookup("count", value, typed.Count)
}

// Index returns the position in C order of the first item that equals a value, compared as
// [View.Count] does, or -1 where there is none (memoryview.index).
func (v *View) Index(value any) (int, error) {
	first, err := v.lookup("index", value, typed.Index)
	if err != nil {
		return -1, err
	}
	return first, nil
}

// finder is one of package typed's functions that look for a value among items.
type finder func(items kernel.Items, typ *format.Type, value any) (int, error)

func (v *View) lookup(what string, value any, find finder) (int, error) {
	if err := v.checkLookup(what); err != nil {
		return 0, err
	}
	n, err := v.find(value, find)
	if err != nil {
		return 0, fmt.Errorf("%s in a view: %w", what, err)
	}
	return n, nil
}

func (v *View) find(value any, find finder) (n int, err error) {
	var items kernel.Items
	visit, err := v.buf.Enter(&items)
	if err != nil {
		return 0, err
	}
	defer visit.Leave(&err)
	return find(items, v.buf.Type(), value)
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
