package kernel

import "unsafe"

// Each calls f for every item in C order until f returns false, and reports whether it never did.
func Each(it Items, f func(item unsafe.Pointer) bool) bool {
	return it.Count() == 0 || each(it, f)
}

// each passes Items by value, so that those of the recursion stay on the stack.
func each(it Items, f func(item unsafe.Pointer) bool) bool {
	switch {
	case len(it.Shape) == 0:
		return f(it.Base)
	case len(it.Shape) > 1 || it.Suboffsets != nil:
		for i := range it.Shape[0] {
			if !each(it.Sub(i), f) {
				return false
			}
		}
		return true
	}
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
	return a.Count() == 0 || eachPair(a, b, f)
}

func eachPair(a, b Items, f func(a, b unsafe.Pointer) bool) bool {
	switch {
	case len(a.Shape) == 0:
		return f(a.Base, b.Base)
	case len(a.Shape) > 1 || a.Suboffsets != nil || b.Suboffsets != nil:
		for i := range a.Shape[0] {
			if !eachPair(a.Sub(i), b.Sub(i), f) {
				return false
			}
		}
		return true
	}
	for i := range a.Shape[0] {
		if !f(unsafe.Add(a.Base, i*a.Strides[0]), unsafe.Add(b.Base, i*b.Strides[0])) {
			return false
		}
	}
	return true
}
