package memoryview

import (
	"bytes"
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// Count returns how many items equal a value (memoryview.count, in every number of dimensions).
// Numbers are compared by value whatever their type, as Python does; NaN equals nothing.
func (v *View) Count(value any) (int, error) {
	if b, ok := value.(byte); ok {
		if row := v.buf.HeapBytes(); row != nil { // so quick that all the rest would be seen
			return bytes.Count(row, []byte{b}), nil
		}
	}
	if err := v.checkLookup("count"); err != nil {
		return 0, err
	}
	n, err := v.find(value, false)
	if err != nil {
		return 0, fmt.Errorf("count in a view: %w", err)
	}
	return n, nil
}

// Index returns the position in C order of the first item that equals a value, compared as
// [View.Count] does, or -1 where there is none (memoryview.index).
func (v *View) Index(value any) (int, error) {
	if b, ok := value.(byte); ok {
		if row := v.buf.HeapBytes(); row != nil {
			return bytes.IndexByte(row, b), nil
		}
	}
	if err := v.checkLookup("index"); err != nil {
		return -1, err
	}
	first, err := v.find(value, true)
	if err != nil {
		return -1, fmt.Errorf("index in a view: %w", err)
	}
	return first, nil
}

// find returns the position of the first item that equals a value, or how many there are.
func (v *View) find(value any, first bool) (n int, err error) {
	var items kernel.Items
	visit, err := v.buf.Enter(&items)
	if err != nil {
		return 0, err
	}
	defer visit.Leave(&err)
	if first {
		return typed.Index(&items, v.buf.Type(), value)
	}
	return typed.Count(&items, v.buf.Type(), value)
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
