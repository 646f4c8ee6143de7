package kernel

import "unsafe"

// axis is one dimension of a walk over two arrays of the same shape: how many steps there are, and
// how many bytes a step is on each side.
type axis struct{ n, dst, src int }

// plan is such a walk in its simplest form: no axis of extent 1, every axis forward in dst, the
// longest strides of dst first, neighbours that lie evenly made one, and rows without gaps made part
// of the item. The order of a walk is free, since the two sides share no bytes.
type plan struct {
	dst, src unsafe.Pointer
	size     int // bytes an item
	axes     []axis
}

// fewDims is how many axes a plan has room for at no cost worth speaking of.
const fewDims = 4

// newPlan simplifies the walk over dst and src, which have items. Room has a place for each dimension
// and stays the caller's: nothing here is stored through a pointer, which would send it to the heap.
func newPlan(dst, src *Items, room []axis) plan {
	p := plan{dst: dst.Base, src: src.Base, size: dst.Size}
	axes := room[:0]
	for d, n := range dst.Shape {
		if n == 1 {
			continue
		}
		a := axis{n, dst.Strides[d], src.Strides[d]}
		if a.dst < 0 {
			p.dst = unsafe.Add(p.dst, (n-1)*a.dst)
			p.src = unsafe.Add(p.src, (n-1)*a.src)
			a.dst, a.src = -a.dst, -a.src
		}
		axes = insert(axes, a)
	}
	p.axes = coalesce(axes)
	if last := len(p.axes) - 1; last >= 0 && p.axes[last].dst == p.size && p.axes[last].src == p.size {
		p.size *= p.axes[last].n
		p.axes = p.axes[:last]
	}
	return p
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
