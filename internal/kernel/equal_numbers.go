package kernel

import "unsafe"

// EqualNumbers reports whether every pair of items of a and b, which have the same shape, is the same
// number. The exact values are compared, as in Python: int64 2^53+1 is not float64 2^53, -0 is 0, a
// NaN equals nothing, true is 1, and a complex number without imaginary part is a real one.
func EqualNumbers(a, b Items, na, nb Number) bool {
	if na.Kind > nb.Kind {
		a, b, na, nb = b, a, nb, na
	}
	a.Size, b.Size = na.Size, nb.Size
	n := a.Count()
	switch {
	case n == 0:
		return true
	case na == nb && na.integer():
		return EqualBytes(a, b)
	case nb.Kind == Complex && na.Kind != Complex:
		return EqualNumbers(a, b.part(0, nb.Size/2), na, nb.part()) && zero(b.part(nb.Size/2, nb.Size/2), nb.part())
	}
	e := equalityOf(na, nb, n)
	if e.paths[0].n == 0 && e.paths[1].n == 0 && isRun(&a) && isRun(&b) {
		return e.same(a.Base, b.Base, n*na.parts())
	}
	return e.blocks(a, b)
}

// zeroByte and zeroStrides are a number 0 of every shape.
var (
	zeroByte    [1]byte
	zeroStrides [MaxDims]int
)

func zero(it Items, n Number) bool {
	zeros := Items{Base: unsafe.Pointer(&zeroByte), Shape: it.Shape, Strides: zeroStrides[:len(it.Shape)]}
	return EqualNumbers(it, zeros, n, Number{Kind: Uint, Size: 1})
}

// part returns what lies at an offset in each item.
func (it *Items) part(offset, size int) Items {
	part := *it
	part.Size = size
	if d := indirectDims(it); d > 0 {
		part.Suboffsets = append([]int(nil), it.Suboffsets...)
		part.Suboffsets[d-1] += offset
	} else {
		part.Base = unsafe.Add(it.Base, offset)
	}
	return part
}

// An equality compares runs of numbers, once both are in forms that it knows how to compare.
type equality struct {
	same  comparison
	paths [2]path
	parts int
}

// equalityOf finds the equality. The kind of a is not after that of b, and both are complex or none.
func equalityOf(a, b Number, n int) equality {
	formA, formB, same := comparisonOf(a.part(), b.part())
	if a.Kind == Complex {
		formA, formB = Number{Kind: Complex, Size: 2 * formA.Size}, Number{Kind: Complex, Size: 2 * formB.Size}
	}
	return equality{same, [2]path{pathTo(formA, a, n), pathTo(formB, b, n)}, a.parts()}
}

func (e *equality) blocks(x, y Items) bool {
	w := newWorkspace()
	defer w.free()
	b := &w.blocks
	for b.start(x, y, blockItems, false); b.next(); {
		p, q := w.gather(0), w.gather(1)
		for at := 0; at < b.count; at += blockItems {
			n := min(b.count-at, blockItems)
			left := e.paths[0].follow(nil, unsafe.Add(p, at*x.Size), n, &w.staged[0])
			right := e.paths[1].follow(nil, unsafe.Add(q, at*y.Size), n, &w.staged[1])
			if !e.same(left, right, n*e.parts) {
				return false
			}
		}
	}
	return true
}
