package memoryview

import (
	"fmt"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Count returns how many items equal a value (memoryview.count, in every number of dimensions).
// Numbers are compared by value whatever their type, as Python does; NaN equals nothing.
func (v *View) Count(value any) (n int, err error) {
	err = v.lookup("count", value, func(items kernel.Items, m kernel.Match) {
		n = kernel.Count(items, m)
	}, func(int) bool {
		n++
		return true
	})
	return n, err
}

// Index returns the position in C order of the first item that equals a value, compared as
// [View.Count] does, or -1 where there is none (memoryview.index).
func (v *View) Index(value any) (int, error) {
	first := -1
	err := v.lookup("index", value, func(items kernel.Items, m kernel.Match) {
		first = kernel.Index(items, m)
	}, func(position int) bool {
		first = position
		return false
	})
	return first, err
}

// lookup looks for a value: by what its bytes must be where they tell, which is bulk's, else by unpacking
// the items and calling found with the position of each that equals the value, until it returns false.
func (v *View) lookup(what string, value any, bulk func(kernel.Items, kernel.Match), found func(position int) bool) error {
	if err := v.checkLookup(what); err != nil {
		return err
	}
	m, how := matchOf(v.buf.Type(), value)
	if how == matchesNone {
		return nil
	}
	err := v.walk(func(items kernel.Items) error {
		if how == matchesBytes {
			bulk(items, m)
			return nil
		}
		return search(items, v.buf.Type(), value, found)
	})
	if err != nil {
		return fmt.Errorf("%s in a view: %w", what, err)
	}
	return nil
}

// matching is how items that equal a value are found.
type matching int

const (
	matchesNone  matching = iota // no item can equal it
	matchesBytes                 // by their bytes
	matchesValue                 // by unpacking them
)

func matchOf(typ *format.Type, value any) (kernel.Match, matching) {
	if n, ok := numberOf(typ); ok {
		if s, ok := scalarOf(value); ok {
			if m, found := matchNumber(n, &s); found {
				return m, matchesBytes
			}
		}
		return kernel.Match{}, matchesNone
	}
	if typ.Kind() == format.Bytes && typ.Size() > 0 {
		if text, ok := value.([]byte); ok && len(text) == typ.Size() {
			return kernel.Match{Pattern: text}, matchesBytes
		}
		return kernel.Match{}, matchesNone
	}
	return kernel.Match{}, matchesValue
}

// search calls found with the position of each item that equals value until it returns false.
func search(items kernel.Items, typ *format.Type, value any, found func(position int) bool) (err error) {
	value = asItem(typ, value)
	if items.Size == 0 && items.Count() > 1 {
		return searchNothing(typ, value, items.Count(), found)
	}
	position := -1
	kernel.Each(items, func(p unsafe.Pointer) bool {
		position++
		var item any
		if item, err = typ.Unpack(unsafe.Slice((*byte)(p), items.Size)); err != nil {
			return false
		}
		return !format.SameValue(item, value) || found(position)
	})
	return err
}

// asItem gives a record or list in the form in which items are unpacked, so that a Go struct is found
// among records. What is no item stays as it is, and equals none.
func asItem(typ *format.Type, value any) any {
	if isLeaf(typ) {
		return value
	}
	packed := make([]byte, typ.Size())
	if typ.Pack(packed, value) != nil {
		return value
	}
	if item, err := typ.Unpack(packed); err == nil {
		return item
	}
	return value
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
