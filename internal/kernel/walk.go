package kernel

import "unsafe"

// Each calls f for every item in C order until f returns false, and reports whether it never did.
func Each(it Items, f func(item unsafe.Pointer) bool) bool {
	if it.Count() == 0 {
		return true
	}
	return each(&it, f)
}

func each(it *Items, f func(item unsafe.Pointer) bool) bool {
	if len(it.Shape) == 0 {
		return f(it.Base)
	}
	if len(it.Shape) == 1 && it.Suboffsets == nil {
		return eachRow(it, f)
	}
	for i := range it.Shape[0] {
		sub := it.Sub(i)
		if !each(&sub, f) {
			return false
		}
	}
	return true
}

func eachRow(it *Items, f func(item unsafe.Pointer) bool) bool {
	for i := range it.Shape[0] {
		if !f(unsafe.Add(it.Base, i*it.Strides[0])) {
			return false
		}
	}
	return true
}

// EachPair calls f for every pair of items of a and b, which have the same shape, in C order until
// f returns false, and reports whether it never did.
func EachPair(a, b Items, f func(a, b unsafe.Pointer) bool) bool {
	if a.Count() == 0 {
		return true
	}
	return eachPair(&a, &b, f)
}

func eachPair(a, b *Items, f func(a, b unsafe.Pointer) bool) bool {
	if len(a.Shape) == 0 {
		return f(a.Base, b.Base)
	}
	for i := range a.Shape[0] {
		subA, subB := a.Sub(i), b.Sub(i)
		if !eachPair(&subA, &subB, f) {
			return false
		}
	}
	return true
}
