package memoryview

import (
	"fmt"
	"iter"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Equal reports whether the view and the memory of other have the same shape and equal items
// (memoryview's ==). Items of any formats are compared by value, number by number: 1 equals 1.0, NaN
// equals nothing, bytes never equal numbers, records and subarrays are equal when all that is in them
// is, in order, whatever its names. Dimensions after one without items do not count.
//
// A released view equals itself and nothing else; what lends no memory is unequal. An error is one
// of reading the items.
func (v *View) Equal(other any) (bool, error) {
	if v.buf.Released() {
		return any(v) == other, nil
	}
	loan, err := buffer.Get(other, buffer.FullRO)
	if err != nil {
		return false, nil
	}
	defer loan.Release()
	if !sameShape(&v.buf, loan) {
		return false, nil
	}
	equal := false
	err = v.walk(func(a kernel.Items) error {
		return walkBuffer(loan, func(b kernel.Items) (err error) {
			equal, err = equalItems(a, b, v.buf.Type(), loan.Type())
			return err
		})
	})
	if err != nil {
		return false, fmt.Errorf("comparison with %T: %w", other, err)
	}
	return equal, nil
}

// sameShape compares the dimensions up to the first without items, as CPython's equiv_shape does.
func sameShape(a, b *buffer.Buffer) bool {
	if a.NDim() != b.NDim() {
		return false
	}
	for d := range a.NDim() {
		if a.Extent(d) != b.Extent(d) {
			return false
		}
		if a.Extent(d) == 0 {
			break
		}
	}
	return true
}

func equalItems(a, b kernel.Items, typA, typB *format.Type) (equal bool, err error) {
	if a.Count() == 0 {
		return true, nil
	}
	a.Size, b.Size = typA.Size(), typB.Size() // what lies behind an item's format does not count
	same := typA.Equal(typB)
	switch {
	case same && comparesAsBytes(typA):
		return kernel.EqualBytes(a, b), nil
	case a.Size == 0 && b.Size == 0:
		a.Shape, b.Shape = nil, nil // all items are as the first
	}
	compare := equalItem
	if same {
		compare = equalSameType
	}
	equal = kernel.EachPair(a, b, func(p, q unsafe.Pointer) (goOn bool) {
		goOn, err = compare(unsafe.Slice((*byte)(p), a.Size), unsafe.Slice((*byte)(q), b.Size), typA, typB)
		return goOn
	})
	return equal && err == nil, err
}

// comparesAsBytes reports whether items of that type are equal exactly when their bytes are.
func comparesAsBytes(t *format.Type) bool {
	switch t.Kind() {
	case format.Int, format.Uint, format.Bytes, format.Pointer:
		return true
	}
	return false
}

// equalSameType compares what is in two items of the same type, leaf by leaf.
func equalSameType(a, b []byte, typ, _ *format.Type) (equal bool, err error) {
	for offset, leaf := range typ.Leaves() {
		if equal, err = equalLeaf(a[offset:], b[offset:], leaf, leaf); !equal {
			return false, err
		}
	}
	return true, nil
}

// equalItem compares what is in two items of different types, leaf by leaf.
func equalItem(a, b []byte, typA, typB *format.Type) (bool, error) {
	if isLeaf(typA) && isLeaf(typB) {
		return equalLeaf(a, b, typA, typB)
	}
	nextB, stop := iter.Pull2(typB.Leaves())
	defer stop()
	for offsetA, leafA := range typA.Leaves() {
		offsetB, leafB, ok := nextB()
		if !ok {
			return false, nil
		}
		if same, err := equalLeaf(a[offsetA:], b[offsetB:], leafA, leafB); !same {
			return false, err
		}
	}
	_, _, more := nextB()
	return !more, nil
}

func isLeaf(t *format.Type) bool { return t.Kind() != format.Struct && t.Kind() != format.Array }

func equalLeaf(a, b []byte, typA, typB *format.Type) (bool, error) {
	x, err := typA.Unpack(a)
	if err != nil {
		return false, err
	}
	y, err := typB.Unpack(b)
	if err != nil {
		return false, err
	}
	return format.SameValue(x, y), nil
}
