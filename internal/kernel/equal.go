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
	var p plan
	p.build(&a, &b)
	return p.equal(a.Base, b.Base, 0)
}

func (p *plan) equal(a, b unsafe.Pointer, d int) bool {
	if d == p.n {
		return equal(a, b, p.size)
	}
	for i := range p.shape[d] {
		if !p.equal(unsafe.Add(a, i*p.a[d]), unsafe.Add(b, i*p.b[d]), d+1) {
			return false
		}
	}
	return true
}

func equal(a, b unsafe.Pointer, size int) bool {
	return string(unsafe.Slice((*byte)(a), size)) == string(unsafe.Slice((*byte)(b), size))
}
