//go:build !purego

package kernel

import (
	"math"
	"unsafe"
)

const (
	countBlock = 32   // bytes a block of the kernels
	countCall  = 8192 // blocks a call: the scheduler cannot stop one
)

// countBlocks counts among the first items, and returns among how many of them.
func countBlocks[T words](p unsafe.Pointer, n int, pattern, mask T) (found, done int) {
	size := int(unsafe.Sizeof(pattern))
	if !hasAVX2 || size == 1 {
		return 0, 0
	}
	pattern64, mask64 := repeated(pattern), repeated(mask)
	for blocks := n * size / countBlock; blocks > 0; {
		call, from := min(blocks, countCall), (*byte)(unsafe.Add(p, done*size))
		switch size {
		case 2:
			found += count2AVX2(from, call, pattern64, mask64)
		case 4:
			found += count4AVX2(from, call, pattern64, mask64)
		case 8:
			found += count8AVX2(from, call, pattern64, mask64)
		}
		blocks -= call
		done += call * countBlock / size
	}
	return found, done
}

// indexBlocks looks for a match among the first items, and returns among how many of them.
func indexBlocks[T words](p unsafe.Pointer, n int, pattern, mask T, except bool) (index, done int) {
	if !hasAVX2 {
		return -1, 0
	}
	size, flip := int(unsafe.Sizeof(pattern)), -uint64(bit(except))
	pattern64, mask64 := repeated(pattern), repeated(mask)
	for blocks := n * size / countBlock; blocks > 0; {
		call, from := min(blocks, countCall), (*byte)(unsafe.Add(p, done*size))
		offset := -1
		switch size {
		case 1:
			offset = index1AVX2(from, call, pattern64, mask64, flip)
		case 2:
			offset = index2AVX2(from, call, pattern64, mask64, flip)
		case 4:
			offset = index4AVX2(from, call, pattern64, mask64, flip)
		case 8:
			offset = index8AVX2(from, call, pattern64, mask64, flip)
		}
		if offset >= 0 {
			return done + offset/size, 0
		}
		blocks -= call
		done += call * countBlock / size
	}
	return -1, done
}

// repeated fills 64 bits with a word.
func repeated[T words](word T) uint64 {
	return uint64(word) * (math.MaxUint64 / uint64(^T(0)))
}
