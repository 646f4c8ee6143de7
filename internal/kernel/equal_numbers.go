package kernel

import "unsafe"

// EqualNumbers reports whether every pair of items of a and b, which have the same shape, is the same
// number. The exact values are compared, as in Python: int64 2^53+1 is not float64 2^53, -0 is 0, a
// NaN equals nothing, true is 1, and a complex number without imaginary part is a real one.
func EqualNumbers(a, b Items, na, nb Number) bool {
	if na.rank() > nb.rank() {
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
		return EqualNumbers(a, b.Part(0, nb.Size/2), na, nb.part()) && zero(b.Part(nb.Size/2, nb.Size/2), nb.part())
	}
	var e equality
	parts := na.parts()
	e.find(na.part(), nb.part(), n*parts)
	switch {
	case !isRun(&a) || !isRun(&b):
		return e.blocks(a, b, parts)
	case e.paths[0].n == 0 && e.paths[1].n == 0:
		return e.compare(a.Base, b.Base, n*parts)
	}
	w := newWorkspace()
	defer w.free()
	return e.runs(a.Base, b.Base, n*parts, w)
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

// An equality compares runs of numbers: as they are, or once they are in forms that hold them exactly.
type equality struct {
	numbers [2]Number // none of them Complex
	paths   [2]path   // to the forms
	same    comparison
	kernel  sameKernel // in its place
	sizes   [2]int     // bytes of what is compared
}

// A sameKernel is a comparison in assembly. It takes as many numbers as a kernel does.
type sameKernel func(a, b *byte, n int) bool

// find makes it the equality of n numbers or more. The rank of a is not above that of b.
func (e *equality) find(a, b Number, n int) {
	e.numbers, e.sizes = [2]Number{a, b}, [2]int{a.Size, b.Size}
	if n >= turnNumbers {
		if e.kernel = sameKernelOf(a, b); e.kernel != nil {
			return
		}
	}
	formA, formB, same := comparisonOf(a, b)
	if n >= turnNumbers {
		e.kernel = sameKernelOf(formA, formB)
	}
	e.same, e.sizes = same, [2]int{formA.Size, formB.Size}
	e.paths[0].find(formA, a, n)
	e.paths[1].find(formB, b, n)
}

func (e *equality) blocks(a, b Items, parts int) bool {
	w := newWorkspace()
	defer w.free()
	for w.blocks.start(a, b, blockItems, false); w.blocks.next(); {
		if !e.runs(w.gather(0), w.gather(1), w.blocks.count*parts, w) {
			return false
		}
	}
	return true
}

func (e *equality) runs(a, b unsafe.Pointer, n int, w *workspace) bool {
	if e.kernel != nil && n < turnNumbers {
		var short equality
		short.find(e.numbers[0], e.numbers[1], n)
		return short.runs(a, b, n, w)
	}
	if e.paths[0].n == 0 && e.paths[1].n == 0 {
		return e.compare(a, b, n)
	}
	for done := 0; done < n; {
		here := blockOf(n - done)
		left := e.paths[0].follow(nil, unsafe.Add(a, done*e.numbers[0].Size), here, &w.staged[0])
		right := e.paths[1].follow(nil, unsafe.Add(b, done*e.numbers[1].Size), here, &w.staged[1])
		if !e.compare(left, right, here) {
			return false
		}
		done += here
	}
	return true
}

func (e *equality) compare(a, b unsafe.Pointer, n int) bool {
	if e.kernel == nil {
		return e.same(a, b, n)
	}
	for done := 0; done < n; {
		call := callOf(n - done)
		if !e.kernel((*byte)(unsafe.Add(a, done*e.sizes[0])), (*byte)(unsafe.Add(b, done*e.sizes[1])), call) {
			return false
		}
		done += call
	}
	return true
}
