package kernel

import "unsafe"

// Copy copies every item of src to its place in dst. Both have the same shape and item size. The
// items must not overlap, unless each lies exactly on its own copy, or both sides are one run.
func Copy(dst, src Items) {
	if dst.Size == 0 || dst.Count() == 0 {
		return
	}
	if dst.Indirect() || src.Indirect() {
		copyIndirect(dst, src)
		return
	}
	var p plan
	p.build(&dst, &src)
	p.copy(dst.Base, src.Base, 0)
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

func (p *plan) copy(dst, src unsafe.Pointer, d int) {
	if d == p.n {
		move(dst, src, p.size)
		return
	}
	if d == p.n-1 {
		copyRow(dst, src, p.shape[d], p.a[d], p.b[d], p.size)
		return
	}
	for i := range p.shape[d] {
		p.copy(unsafe.Add(dst, i*p.a[d]), unsafe.Add(src, i*p.b[d]), d+1)
	}
}

// copyRow copies n items along one dimension.
func copyRow(dst, src unsafe.Pointer, n, dstStride, srcStride, size int) {
	switch size {
	case 1:
		copyWords[[1]byte](dst, src, n, dstStride, srcStride)
	case 2:
		copyWords[[2]byte](dst, src, n, dstStride, srcStride)
	case 4:
		copyWords[[4]byte](dst, src, n, dstStride, srcStride)
	case 8:
		copyWords[[8]byte](dst, src, n, dstStride, srcStride)
	case 16:
		copyWords[[16]byte](dst, src, n, dstStride, srcStride)
	default:
		for i := range n {
			move(unsafe.Add(dst, i*dstStride), unsafe.Add(src, i*srcStride), size)
		}
	}
}

// copyWords moves items as byte arrays: no alignment is asked of either side.
func copyWords[T any](dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	for i := range n {
		*(*T)(unsafe.Add(dst, i*dstStride)) = *(*T)(unsafe.Add(src, i*srcStride))
	}
}

func move(dst, src unsafe.Pointer, size int) {
	copy(unsafe.Slice((*byte)(dst), size), unsafe.Slice((*byte)(src), size))
}
