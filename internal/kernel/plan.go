package kernel

import "unsafe"

// axis is one dimension of a walk over two arrays of the same shape: how many steps there are, and
// how many bytes a step is on each side.
type axis struct{ n, dst, src int }

// axisOf is dimension d of the walk over a and b.
func axisOf(a, b *Items, d int) axis { return axis{a.Shape[d], a.Strides[d], b.Strides[d]} }

// plan is such a walk in its simplest form: no axis of extent 1, every axis forward in dst, the
// longest strides of dst first, neighbours that lie evenly made one, and rows without gaps made part
// of the item. The order of a walk is free, since the two sides share no bytes.
type plan struct {
	size int // bytes an item
	axes []axis
}

// fewDims is how many axes a plan has room for at no cost worth speaking of.
const fewDims = 4

// newPlan simplifies the walk over a and b, which have items, and returns where it starts. Room has a
// place for each dimension and stays the caller's: a plan is small enough for registers, and nothing
// is stored through a pointer, which would send it to the heap.
func newPlan(a, b *Items, room []axis) (p plan, dst, src unsafe.Pointer) {
	axes, size := room[:0], a.Size
	dstShift, srcShift := 0, 0
	for d, n := range a.Shape {
		if n == 1 {
			continue
		}
		x := axisOf(a, b, d)
		if x.dst < 0 {
			dstShift += (n - 1) * x.dst
			srcShift += (n - 1) * x.src
			x.dst, x.src = -x.dst, -x.src
		}
		axes = insert(axes, x)
	}
	axes = coalesce(axes)
	if last := len(axes) - 1; last >= 0 && axes[last].dst == size && axes[last].src == size {
		size *= axes[last].n
		axes = axes[:last]
	}
	return plan{size, axes}, unsafe.Add(a.Base, dstShift), unsafe.Add(b.Base, srcShift)
}

// insert puts an axis in its place.
func insert(axes []axis, a axis) []axis {
	i := len(axes)
	axes = axes[:i+1]
	for ; i > 0 && a.outside(axes[i-1]); i-- {
		axes[i] = axes[i-1]
	}
	axes[i] = a
	return axes
}

// outside reports whether a belongs outside b: its stride is longer, in dst first of all.
func (a axis) outside(b axis) bool {
	return a.dst > b.dst || a.dst == b.dst && abs(a.src) > abs(b.src)
}

// coalesce makes one axis of an axis and the next where each step of the first goes on exactly where
// the second ends.
func coalesce(axes []axis) []axis {
	n := 0
	for _, a := range axes {
		if n > 0 && axes[n-1].dst == a.dst*a.n && axes[n-1].src == a.src*a.n {
			n--
			a.n *= axes[n].n
		}
		axes[n] = a
		n++
	}
	return axes[:n]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
