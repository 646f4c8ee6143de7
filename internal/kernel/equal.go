package kernel

import "unsafe"

// EqualBytes reports whether a and b, of the same shape and item size, hold the same bytes.
func EqualBytes(a, b Items) bool {
	if a.Size == 0 || a.Count() == 0 {
		return true
	}
	if a.Indirect() || b.Indirect() {
		return EachPair(a, b, func(x, y unsafe.Pointer) bool { return equal(x, y, a.Size) })
	}
	var room [MaxDims]axis
	p, x, y := newPlan(&a, &b, room[:])
	return p.equal(p.axes, x, y)
}

func (p plan) equal(axes []axis, a, b unsafe.Pointer) bool {
	if len(axes) == 0 {
		return equal(a, b, p.size)
	}
	for i := range axes[0].n {
		if !p.equal(axes[1:], unsafe.Add(a, i*axes[0].dst), unsafe.Add(b, i*axes[0].src)) {
			return false
		}
	}
	return true
}

func equal(a, b unsafe.Pointer, size int) bool {
	return string(unsafe.Slice((*byte)(a), size)) == string(unsafe.Slice((*byte)(b), size))
}
