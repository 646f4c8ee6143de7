//go:build !purego

package kernel

import "unsafe"

// pixelBlocks is how many blocks one call makes: about 256 KiB.
const pixelBlocks = 2048

// splitBlocks splits as many of the first pixels as the kernels take, and returns how many these were.
func splitBlocks(dst, src unsafe.Pointer, n, planes, dstStride, size int) (done int) {
	if !hasPixelKernel(planes, size) {
		return 0
	}
	items := blockSize / size
	for n-done >= items {
		blocks := min((n-done)/items, pixelBlocks)
		to, from := (*byte)(unsafe.Add(dst, done*size)), (*byte)(unsafe.Add(src, done*planes*size))
		switch {
		case planes == 4:
			split4x1(to, from, dstStride, blocks)
		case size == 1:
			split3x1(to, from, dstStride, blocks)
		case size == 2:
			split3x2(to, from, dstStride, blocks)
		default:
			split3x4(to, from, dstStride, blocks)
		}
		done += blocks * items
	}
	return done
}

// mergeBlocks merges as many of the first pixels as the kernels take, and returns how many these were.
func mergeBlocks(dst, src unsafe.Pointer, n, planes, srcStride, size int) (done int) {
	if !hasPixelKernel(planes, size) {
		return 0
	}
	items := blockSize / size
	for n-done >= items {
		blocks := min((n-done)/items, pixelBlocks)
		to, from := (*byte)(unsafe.Add(dst, done*planes*size)), (*byte)(unsafe.Add(src, done*size))
		switch {
		case planes == 4:
			merge4x1(to, from, srcStride, blocks)
		case size == 1:
			merge3x1(to, from, srcStride, blocks)
		case size == 2:
			merge3x2(to, from, srcStride, blocks)
		default:
			merge3x4(to, from, srcStride, blocks)
		}
		done += blocks * items
	}
	return done
}

func hasPixelKernel(planes, size int) bool {
	return hasAVX2 && (planes == 3 && (size == 1 || size == 2 || size == 4) || planes == 4 && size == 1)
}
