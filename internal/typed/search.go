package typed

import (
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Count returns how many items equal a value, compared as format.SameValue does.
func Count(items *kernel.Items, typ *format.Type, value any) (int, error) {
	left := *items
	shape, times := once(items.Shape, items)
	left.Shape = shape
	n, err := count(&left, typ, value)
	return n * times, err
}

func count(items *kernel.Items, typ *format.Type, value any) (n int, err error) {
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
func Index(items *kernel.Items, typ *format.Type, value any) (int, error) {
	left := *items
	shape, times := once(items.Shape, items)
	left.Shape = shape
	first, err := index(&left, typ, value)
	if first >= 0 && times > 1 {
		first = position(first, left.Shape, items.Shape)
	}
	return first, err
}

func index(items *kernel.Items, typ *format.Type, value any) (first int, err error) {
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
	if !kernel.Affords(typ.Size()) {
		return value // no item of that size is unpacked
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
