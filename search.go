package memoryview

import (
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// Count returns how many items equal a value (memoryview.count, in every number of dimensions).
// Numbers are compared by value whatever their type, as Python does; NaN equals nothing.
func (v *View) Count(value any) (n int, err error) {
	err = v.lookup("count", func(items kernel.Items) error {
		n, err = typed.Count(items, v.buf.Type(), value)
		return err
	})
	return n, err
}

// Index returns the position in C order of the first item that equals a value, compared as
// [View.Count] does, or -1 where there is none (memoryview.index).
func (v *View) Index(value any) (int, error) {
	first := -1
	err := v.lookup("index", func(items kernel.Items) (err error) {
		first, err = typed.Index(items, v.buf.Type(), value)
		return err
	})
	return first, err
}

func (v *View) lookup(what string, find func(items kernel.Items) error) error {
	if err := v.checkLookup(what); err != nil {
		return err
	}
	if err := v.walk(find); err != nil {
		return fmt.Errorf("%s in a view: %w", what, err)
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
