package kernel

import (
	"slices"
	"unsafe"
)

// Pack writes the items' bytes to dst, which holds all of them, in C or Fortran order.
func Pack(dst []byte, src Items, fortran bool) {
	if len(dst) == 0 || packMatrix(dst, &src, fortran) {
		return
	}
	var few [fewDims]int
	strides := few[:]
	if len(src.Shape) > fewDims {
		strides = make([]int, MaxDims)
	}
	Copy(contiguous(dst, &src, fortran, strides), src)
}

// packMatrix is for matrices in the other order, of which small ones should not wait to be described.
func packMatrix(dst []byte, src *Items, fortran bool) bool {
	if len(src.Shape) != 2 || src.Suboffsets != nil {
		return false
	}
	rows, cols := axis{src.Shape[0], src.Size, src.Strides[0]}, axis{src.Shape[1], src.Size, src.Strides[1]}
	if fortran {
		cols.dst *= rows.n
	} else {
		rows.dst *= cols.n
	}
	return copyMatrix(unsafe.Pointer(&dst[0]), src.Base, rows, cols, src.Size)
}

// Unpack is the way back: src holds the bytes of all items in C or Fortran order.
func Unpack(dst Items, src []byte, fortran bool) {
	if len(src) > 0 {
		var few [fewDims]int
		strides := few[:]
		if len(dst.Shape) > fewDims {
			strides = make([]int, MaxDims)
		}
		Copy(dst, contiguous(src, &dst, fortran, strides))
	}
}

// contiguous describes mem as an array like another, whose items lie side by side. Strides is room.
func contiguous(mem []byte, like *Items, fortran bool, strides []int) Items {
	strides = strides[:len(like.Shape)]
	ContiguousStrides(strides, like.Shape, like.Size, fortran)
	return Items{Base: unsafe.Pointer(&mem[0]), Size: like.Size, Shape: like.Shape, Strides: strides}
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
		var few [fewDims]int
		Pack(dst[:whole*row], src.Range(first, whole, few[:]), false)
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
	src = src[:len(src)/dst.Size*dst.Size]
	switch {
	case !fortran || len(dst.Shape) < 2:
		unpackFirst(dst, src)
	case dst.Indirect():
		unpackItems(dst, src) // pointers are followed in the order of the dimensions: these cannot be turned
	default:
		dst.Shape, dst.Strides = slices.Clone(dst.Shape), slices.Clone(dst.Strides)
		slices.Reverse(dst.Shape)
		slices.Reverse(dst.Strides)
		dst.Suboffsets = nil
		unpackFirst(dst, src)
	}
}

// unpackFirst is the way back from PackRange, for whole items from the first on.
func unpackFirst(dst Items, src []byte) {
	if len(src) == 0 {
		return
	}
	if len(dst.Shape) == 0 {
		move(dst.Base, unsafe.Pointer(&src[0]), dst.Size)
		return
	}
	row := dst.rowBytes()
	whole := len(src) / row
	if whole > 0 {
		var few [fewDims]int
		Unpack(dst.Range(0, whole, few[:]), src[:whole*row], false)
	}
	if src = src[whole*row:]; len(src) > 0 {
		unpackFirst(dst.Sub(whole), src)
	}
}

// unpackItems finds the place of each item by itself.
func unpackItems(dst Items, src []byte) {
	index := make([]int, len(dst.Shape))
	for ; len(src) > 0; src = src[dst.Size:] {
		move(dst.At(index), unsafe.Pointer(&src[0]), dst.Size)
		Advance(index, dst.Shape, true)
	}
}
