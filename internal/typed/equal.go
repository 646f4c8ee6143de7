package typed

import (
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Equal reports whether both have the same shape and equal items. Types of the same build are compared
// part by part, so that each part is a loop over numbers; the rest goes item by item.
func Equal(a, b kernel.Items, typA, typB *format.Type) (equal bool, err error) {
	if !sameShape(a.Shape, b.Shape) {
		return false, nil
	}
	if a.Count() == 0 {
		return true, nil
	}
	if typA.Size() == 0 && typB.Size() == 0 { // all items are as the first
		a.Shape, b.Shape = nil, nil
	}
	a.Shape, _ = once(a.Shape, &a, &b)
	b.Shape = a.Shape
	if !sameBuild(typA, typB, len(a.Shape)) {
		return eachEqual(a, b, typA, typB, equalItem)
	}
	if IsLeaf(typA) || len(a.Shape) == 0 {
		return equalParts(a, b, typA, typB)
	}
	var shapeA, shapeB [kernel.MaxDims]int
	rows := max(1, blockBytes/(max(a.Size, b.Size, 1)*(a.Count()/a.Shape[0])))
	for first := 0; first < a.Shape[0]; first += rows {
		n := min(rows, a.Shape[0]-first)
		equal, err = equalParts(a.Range(first, n, shapeA[:]), b.Range(first, n, shapeB[:]), typA, typB)
		if !equal {
			return false, err
		}
	}
	return true, nil
}

// sameShape compares the dimensions up to the first without items, as CPython's equiv_shape does.
func sameShape(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for d, extent := range a {
		if extent != b[d] {
			return false
		}
		if extent == 0 {
			break
		}
	}
	return true
}

// blockBytes is how much is compared part by part at a time: each part passes over it anew.
const blockBytes = 64 << 10

// sameBuild reports whether two types consist of the same parts, whatever the numbers in them are, and
// whether all of their dimensions can be walked over, with those outside.
func sameBuild(a, b *format.Type, dims int) bool {
	switch {
	case dims > kernel.MaxDims:
		return false
	case a.Kind() == format.Struct && b.Kind() == format.Struct && a.NumField() == b.NumField():
		for i := range a.NumField() {
			if !sameBuild(a.Field(i).Type, b.Field(i).Type, dims) {
				return false
			}
		}
		return true
	case a.Kind() == format.Array && b.Kind() == format.Array:
		shape := a.Shape()
		return slices.Equal(shape, b.Shape()) && sameBuild(a.Elem(), b.Elem(), dims+len(shape))
	}
	return IsLeaf(a) && IsLeaf(b)
}

// equalParts compares items of the same build.
func equalParts(a, b kernel.Items, typA, typB *format.Type) (bool, error) {
	switch {
	case ComparesAsBytes(typA) && typA.Equal(typB):
		a.Size, b.Size = typA.Size(), typA.Size() // what lies behind an item's format does not count
		return kernel.EqualBytes(a, b), nil
	case typA.Kind() == format.Array:
		a, b = Elements(a, typA), Elements(b, typB)
		if a.Count() == 0 {
			return true, nil
		}
		return equalParts(a, b, typA.Elem(), typB.Elem())
	case typA.Kind() == format.Struct:
		return equalFields(a, b, typA, typB)
	}
	numberA, okA := NumberOf(typA)
	numberB, okB := NumberOf(typB)
	if okA && okB {
		return kernel.EqualNumbers(a, b, numberA, numberB), nil
	}
	return eachEqual(a, b, typA, typB, equalLeaf)
}

func equalFields(a, b kernel.Items, typA, typB *format.Type) (bool, error) {
	for i := range typA.NumField() {
		fieldA, fieldB := typA.Field(i), typB.Field(i)
		equal, err := equalParts(a.Part(fieldA.Offset, fieldA.Type.Size()), b.Part(fieldB.Offset, fieldB.Type.Size()), fieldA.Type, fieldB.Type)
		if !equal {
			return false, err
		}
	}
	return true, nil
}

// Elements describes the elements of subarrays as items of their own, in further dimensions.
func Elements(it kernel.Items, typ *format.Type) kernel.Items {
	shape := typ.Shape()
	n, dims := len(it.Shape), len(it.Shape)+len(shape)
	strides := make([]int, dims)
	copy(strides, it.Strides)
	kernel.ContiguousStrides(strides[n:], shape, typ.ElemStride(), false)
	if it.Suboffsets != nil {
		it.Suboffsets = slices.Clone(it.Suboffsets)
		for range shape {
			it.Suboffsets = append(it.Suboffsets, -1)
		}
	}
	it.Shape, it.Strides = slices.Concat(it.Shape, shape), strides
	it.Size = typ.Elem().Size()
	return it
}

// ComparesAsBytes reports whether items of that type are equal exactly when their bytes are.
func ComparesAsBytes(t *format.Type) bool {
	switch t.Kind() {
	case format.Int, format.Uint, format.Bytes, format.Pointer:
		return true
	case format.Array:
		return t.ElemStride() == t.Elem().Size() && ComparesAsBytes(t.Elem())
	case format.Struct:
		size := 0
		for i := range t.NumField() {
			if !ComparesAsBytes(t.Field(i).Type) {
				return false
			}
			size += t.Field(i).Type.Size()
		}
		return size == t.Size() // no padding
	}
	return false
}

// eachEqual compares item by item.
func eachEqual(a, b kernel.Items, typA, typB *format.Type, compare func(a, b []byte, typA, typB *format.Type) (bool, error)) (equal bool, err error) {
	a.Size, b.Size = typA.Size(), typB.Size()
	equal = kernel.EachPair(a, b, func(p, q unsafe.Pointer) (goOn bool) {
		goOn, err = compare(unsafe.Slice((*byte)(p), a.Size), unsafe.Slice((*byte)(q), b.Size), typA, typB)
		return goOn
	})
	return equal && err == nil, err
}

// equalItem compares what is in two items of different types, leaf by leaf.
func equalItem(a, b []byte, typA, typB *format.Type) (bool, error) {
	walkA, walkB := leavesOf(typA), leavesOf(typB)
	for {
		offsetA, leafA := walkA.next()
		offsetB, leafB := walkB.next()
		if leafA == nil || leafB == nil {
			return leafA == leafB, nil
		}
		if same, err := equalLeaf(a[offsetA:], b[offsetB:], leafA, leafB); !same {
			return false, err
		}
	}
}

// IsLeaf reports whether an item is a single one: no record, no subarray.
func IsLeaf(t *format.Type) bool { return t.Kind() != format.Struct && t.Kind() != format.Array }

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
