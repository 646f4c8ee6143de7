//go:build !purego

package kernel

import "unsafe"

const (
	blockSize  = 32   // bytes a block of the kernels below
	callBlocks = 4096 // that one call makes: the scheduler cannot stop a kernel in assembly
)

// shuffleRow copies the first items of a row whose source stride is -size or 2*size to a run, as many
// as the kernels take, and returns how many these were.
func shuffleRow(dst, src unsafe.Pointer, n, srcStride, size int) (done int) {
	if !hasAVX2 || size > 8 || size&(size-1) != 0 {
		return 0
	}
	items := blockSize / size
	blocks := n / items
	if srcStride > 0 {
		blocks = (n - 1) / items // those that take every second item read what lies behind the last
	}
	for blocks > 0 {
		call := min(blocks, callBlocks)
		to, from := (*byte)(unsafe.Add(dst, done*size)), (*byte)(unsafe.Add(src, done*srcStride))
		if srcStride < 0 {
			reverse(to, from, call, size)
		} else {
			second(to, from, call, size)
		}
		blocks -= call
		done += call * items
	}
	return done
}

func reverse(dst, src *byte, blocks, size int) {
	switch size {
	case 1:
		reverse1(dst, src, blocks)
	case 2:
		reverse2(dst, src, blocks)
	case 4:
		reverse4(dst, src, blocks)
	case 8:
		reverse8(dst, src, blocks)
	}
}

func second(dst, src *byte, blocks, size int) {
	switch size {
	case 1:
		second1(dst, src, blocks)
	case 2:
		second2(dst, src, blocks)
	case 4:
		second4(dst, src, blocks)
	case 8:
		second8(dst, src, blocks)
	}
}
