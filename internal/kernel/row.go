package kernel

import "unsafe"

// copyRow copies n items of size bytes along one dimension.
func copyRow(dst, src unsafe.Pointer, n, dstStride, srcStride, size int) {
	if dstStride == size {
		switch srcStride {
		case size:
			move(dst, src, n*size)
			return
		case 0:
			fillRun(dst, src, n, size)
			return
		case -size, 2 * size:
			done := shuffleRow(dst, src, n, srcStride, size)
			if n -= done; n == 0 {
				return
			}
			dst, src = unsafe.Add(dst, done*size), unsafe.Add(src, done*srcStride)
		}
	}
	copyItems(dst, src, n, dstStride, srcStride, size)
}

// copyItems moves item by item. A size between two powers is moved in two parts that overlap.
func copyItems(dst, src unsafe.Pointer, n, dstStride, srcStride, size int) {
	ran("copyItems")
	switch {
	case size == 1:
		copyWords[[1]byte](dst, src, n, dstStride, srcStride)
	case size == 2:
		copyWords[[2]byte](dst, src, n, dstStride, srcStride)
	case size == 4:
		copyWords[[4]byte](dst, src, n, dstStride, srcStride)
	case size == 8:
		copyWords[[8]byte](dst, src, n, dstStride, srcStride)
	case size == 16:
		copyWords[[16]byte](dst, src, n, dstStride, srcStride)
	case size == 32:
		copyWords[[32]byte](dst, src, n, dstStride, srcStride)
	case size == 3:
		copyEnds[[2]byte](dst, src, n, dstStride, srcStride, 1)
	case size < 8:
		copyEnds[[4]byte](dst, src, n, dstStride, srcStride, size-4)
	case size < 16:
		copyEnds[[8]byte](dst, src, n, dstStride, srcStride, size-8)
	case size < 32:
		copyEnds[[16]byte](dst, src, n, dstStride, srcStride, size-16)
	case size <= 64:
		copyEnds[[32]byte](dst, src, n, dstStride, srcStride, size-32)
	default:
		for i := range n {
			move(unsafe.Add(dst, i*dstStride), unsafe.Add(src, i*srcStride), size)
		}
	}
}

// copyWords moves items as byte arrays, which compile to plain loads and stores: no alignment is asked
// of either side.
func copyWords[T any](dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for ; n >= 4; n -= 4 {
		*(*T)(unsafe.Add(dst, d)) = *(*T)(unsafe.Add(src, s))
		*(*T)(unsafe.Add(dst, d+dstStride)) = *(*T)(unsafe.Add(src, s+srcStride))
		*(*T)(unsafe.Add(dst, d+2*dstStride)) = *(*T)(unsafe.Add(src, s+2*srcStride))
		*(*T)(unsafe.Add(dst, d+3*dstStride)) = *(*T)(unsafe.Add(src, s+3*srcStride))
		d += 4 * dstStride
		s += 4 * srcStride
	}
	for ; n > 0; n-- {
		*(*T)(unsafe.Add(dst, d)) = *(*T)(unsafe.Add(src, s))
		d += dstStride
		s += srcStride
	}
}

// copyEnds moves each item as its first bytes and its last, the second word tail bytes after the first.
func copyEnds[T any](dst, src unsafe.Pointer, n, dstStride, srcStride, tail int) {
	d, s := 0, 0
	for ; n > 0; n-- {
		*(*T)(unsafe.Add(dst, d)) = *(*T)(unsafe.Add(src, s))
		*(*T)(unsafe.Add(dst, d+tail)) = *(*T)(unsafe.Add(src, s+tail))
		d += dstStride
		s += srcStride
	}
}

const (
	fillStart = 16   // items that are stored one by one
	fillBlock = 4096 // bytes made by doubling; the rest are copies of these, from the first cache
)

// fillRun makes a run of n copies of one item.
func fillRun(dst, src unsafe.Pointer, n, size int) {
	ran("fillRun")
	start := min(n, fillStart)
	copyItems(dst, src, start, size, 0, size)
	run := unsafe.Slice((*byte)(dst), n*size)
	done := start * size
	for done < len(run) && done < fillBlock {
		done += copy(run[done:], run[:done])
	}
	for block := run[:done]; done < len(run); {
		done += copy(run[done:], block)
	}
}
