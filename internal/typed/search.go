package typed

import (
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Count returns how many items equal a value, compared as format.SameValue does.
func Count(items *kernel.Items, typ *format.Type, value any) (n int, err error) {
	var p pattern
	switch p.find(typ, value) {
	case equalsNone:
		return 0, nil
	case equalsPattern:
		bytes, mask := p.words()
		return kernel.Count(items, &kernel.Match{Pattern: bytes, Mask: mask, Except: p.except}), nil
	}
	err = search(items, typ, value, func(int) bool {
		n++
		return true
	})
	return n, err
}

// Index returns the position in C order of the first item that equals a value, or -1.
func Index(items *kernel.Items, typ *format.Type, value any) (first int, err error) {
	var p pattern
	switch p.find(typ, value) {
	case equalsNone:
		return -1, nil
	case equalsPattern:
		bytes, mask := p.words()
		return kernel.Index(items, &kernel.Match{Pattern: bytes, Mask: mask, Except: p.except}), nil
	}
	first = -1
	err = search(items, typ, value, func(position int) bool {
		first = position
		return false
	})
	return first, err
}

// search calls found with the position of each item that equals value until it returns false.
func search(items *kernel.Items, typ *format.Type, value any, found func(position int) bool) (err error) {
	value = asItem(typ, value)
	if items.Size == 0 && items.Count() > 1 {
		return searchNothing(typ, value, items.Count(), found)
	}
	position := -1
	kernel.Each(*items, func(p unsafe.Pointer) bool {
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
	if IsLeaf(typ) {
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
