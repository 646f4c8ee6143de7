package kernel

import "unsafe"

// Copy copies every item of src to its place in dst. Both have the same shape and item size. The
// items must not overlap, unless each lies exactly on its own copy, or both sides are one run.
func Copy(dst, src Items) {
	bytes := dst.Count() * dst.Size
	switch {
	case bytes == 0:
	case dst.Indirect() || src.Indirect():
		copyIndirect(dst, src)
	case len(dst.Shape) == 2 && copyMatrix(dst.Base, src.Base, axisOf(&dst, &src, 0), axisOf(&dst, &src, 1), dst.Size):
	case dst.packed() && src.packed():
		move(dst.Base, src.Base, bytes)
	case len(dst.Shape) == 1 && dst.Strides[0] > 0:
		copyRow(dst.Base, src.Base, dst.Shape[0], dst.Strides[0], src.Strides[0], dst.Size)
	default:
		var few [fewDims]axis
		room := few[:]
		if len(dst.Shape) > fewDims {
			room = make([]axis, MaxDims) // on the stack too, but cleared only here
		}
		p, to, from := newPlan(&dst, &src, room)
		p.copy(to, from)
	}
}

// packed reports whether the items lie side by side in C order, as far as strides say so: the plan would
// find out too, but what is small already should stay so.
func (it *Items) packed() bool {
	step := it.Size
	for d := len(it.Shape) - 1; d >= 0; d-- {
		if it.Strides[d] != step {
			return false
		}
		step *= it.Shape[d]
	}
	return true
}

// copyIndirect follows pointers dimension by dimension, down to where none are left to follow.
func copyIndirect(dst, src Items) {
	if len(dst.Shape) == 0 {
		move(dst.Base, src.Base, dst.Size)
		return
	}
	for i := range dst.Shape[0] {
		Copy(dst.Sub(i), src.Sub(i))
	}
}

// copyMatrix is for what needs no plan: a matrix between C and Fortran order, where small ones are common.
func copyMatrix(dst, src unsafe.Pointer, rows, cols axis, size int) bool {
	switch {
	case rows.n == 1 || cols.n == 1:
		return false
	case cols.dst == size && rows.src == size && abs(cols.src) > size:
		copyTransposed(dst, src, cols, rows, size)
	case rows.dst == size && cols.src == size && abs(rows.src) > size:
		copyTransposed(dst, src, rows, cols, size)
	default:
		return false
	}
	return true
}

// copy chooses the innermost loops by how the last axis, whose items lie closest in dst, lies in src.
func (p plan) copy(dst, src unsafe.Pointer) {
	last := len(p.axes) - 1
	if last < 0 {
		move(dst, src, p.size)
		return
	}
	u, i := p.axes[last], p.closest()
	v := p.axes[i]
	switch {
	case i != last && u.dst == p.size && abs(v.src) == p.size && max(u.n, v.n) >= narrow:
		if v.src < 0 {
			dst = unsafe.Add(dst, (v.n-1)*v.dst)
			src = unsafe.Add(src, (v.n-1)*v.src)
			v.dst, v.src = -v.dst, -v.src
		}
		copyPlanes(p.outside(i), dst, src, u, v, p.size, false)
	case p.size >= wideItem || i == last && u.n >= shortRow:
		copyRows(p.axes[:last], dst, src, u, p.size)
	case i != last && max(u.n, v.n) >= shortRow:
		copyPlanes(p.outside(i), dst, src, u, v, p.size, true)
	default:
		i = p.longest()
		copyAcross(p.axes[:i], dst, src, p.axes[i], p.axes[i+1:], p.size)
	}
}

// closest is the axis whose items lie closest in src. Items that are repeated there lie nowhere closer
// than others, unless it is the closest axis of dst that repeats them.
func (p plan) closest() int {
	best := len(p.axes) - 1
	if p.axes[best].src == 0 {
		return best
	}
	for i := best - 1; i >= 0; i-- {
		if s := abs(p.axes[i].src); s != 0 && s < abs(p.axes[best].src) {
			best = i
		}
	}
	return best
}

// longest is the axis of most steps among the inner ones, whose items are near enough to each other.
func (p plan) longest() int {
	best := len(p.axes) - 1
	items := 1
	for i := best; i >= 0 && items <= tileItems/shortRow; i-- {
		if p.axes[i].n > p.axes[best].n {
			best = i
		}
		items *= p.axes[i].n
	}
	return best
}

// outside returns the axes without the last and without axis i.
func (p plan) outside(i int) []axis {
	last := len(p.axes) - 1
	copy(p.axes[i:last], p.axes[i+1:last])
	return p.axes[:last-1]
}

// copyRows walks the outer axes and copies a row along u at each place.
func copyRows(outer []axis, dst, src unsafe.Pointer, u axis, size int) {
	if len(outer) == 0 {
		copyRow(dst, src, u.n, u.dst, u.src, size)
		return
	}
	for i := range outer[0].n {
		copyRows(outer[1:], unsafe.Add(dst, i*outer[0].dst), unsafe.Add(src, i*outer[0].src), u, size)
	}
}

// copyAcross copies along w, because the inner axes are too short for it, but only so far at a time that
// it comes back to the same cache lines soon.
func copyAcross(outer []axis, dst, src unsafe.Pointer, w axis, inner []axis, size int) {
	if len(outer) > 0 {
		for i := range outer[0].n {
			copyAcross(outer[1:], unsafe.Add(dst, i*outer[0].dst), unsafe.Add(src, i*outer[0].src), w, inner, size)
		}
		return
	}
	step := tileItems
	for _, a := range inner {
		step = max(step/a.n, 1)
	}
	for i := 0; i < w.n; i += step {
		copyRows(inner, unsafe.Add(dst, i*w.dst), unsafe.Add(src, i*w.src), axis{min(step, w.n-i), w.dst, w.src}, size)
	}
}

// copyPlanes walks the outer axes and copies a plane along u and v at each place, in tiles where the
// plane is no matrix transposed.
func copyPlanes(outer []axis, dst, src unsafe.Pointer, u, v axis, size int, tiles bool) {
	if len(outer) > 0 {
		for i := range outer[0].n {
			copyPlanes(outer[1:], unsafe.Add(dst, i*outer[0].dst), unsafe.Add(src, i*outer[0].src), u, v, size, tiles)
		}
		return
	}
	if tiles {
		copyTiles(dst, src, u, v, size)
	} else {
		copyTransposed(dst, src, u, v, size)
	}
}

// copyTransposed copies a plane where u has the unit stride in dst and v that in src.
func copyTransposed(dst, src unsafe.Pointer, u, v axis, size int) {
	switch short := min(u.n, v.n); {
	case short >= narrow:
		transpose(dst, src, u.n, v.n, v.dst, u.src, size)
	case v.n <= 4 && u.src == v.n*size:
		splitPixels(dst, src, u.n, v.n, v.dst, size)
	case u.n <= 4 && v.dst == u.n*size:
		mergePixels(dst, src, v.n, u.n, u.src, size)
	case short == 4 && size >= 4:
		transpose(dst, src, u.n, v.n, v.dst, u.src, size)
	default:
		copyTiles(dst, src, u, v, size)
	}
}
