package kernel

import "unsafe"

// Pack writes the items' bytes to dst, which holds all of them, in C or Fortran order.
func Pack(dst []byte, src Items, fortran bool) {
	if len(dst) > 0 {
		Copy(contiguous(dst, &src, fortran, new([MaxDims]int)), src)
	}
}

// Unpack is the way back: src holds the bytes of all items in C or Fortran order.
func Unpack(dst Items, src []byte, fortran bool) {
	if len(src) > 0 {
		Copy(dst, contiguous(src, &dst, fortran, new([MaxDims]int)))
	}
}

func contiguous(mem []byte, like *Items, fortran bool, strides *[MaxDims]int) Items {
	s := strides[:len(like.Shape)]
	ContiguousStrides(s, like.Shape, like.Size, fortran)
	return Items{Base: unsafe.Pointer(&mem[0]), Size: like.Size, Shape: like.Shape, Strides: s}
}

// PackRange fills dst with the bytes from skip on of the items in C order, as if they had been
// packed; a piece may begin and end inside an item. There must be that many bytes.
func PackRange(dst []byte, src Items, skip int) {
	if len(dst) == 0 {
		return
	}
	if len(src.Shape) == 0 {
		copy(dst, unsafe.Slice((*byte)(src.Base), src.Size)[skip:])
		return
	}
	row := src.rowBytes()
	first := skip / row
	if skip -= first * row; skip > 0 {
		head := min(row-skip, len(dst))
		PackRange(dst[:head], src.Sub(first), skip)
		dst = dst[head:]
		first++
	}
	if whole := len(dst) / row; whole > 0 {
		Pack(dst[:whole*row], src.Range(first, whole, make([]int, 0, len(src.Shape))), false)
		dst = dst[whole*row:]
		first += whole
	}
	if len(dst) > 0 {
		PackRange(dst, src.Sub(first), 0)
	}
}

// rowBytes is how many bytes one index of the first dimension covers when packed.
func (it *Items) rowBytes() int {
	n := it.Size
	for _, extent := range it.Shape[1:] {
		n *= extent
	}
	return n
}

// UnpackFirst writes the first len(src)/Size items in C or Fortran order and leaves the others as
// they are (PyBuffer_FromContiguous with a short source).
func UnpackFirst(dst Items, src []byte, fortran bool) {
	if dst.Size == 0 {
		return
	}
	index := make([]int, len(dst.Shape))
	for len(src) >= dst.Size {
		move(dst.At(index), unsafe.Pointer(&src[0]), dst.Size)
		src = src[dst.Size:]
		Advance(index, dst.Shape, fortran)
	}
}
