package kernel

import "unsafe"

// Pixels of few components, without gaps, to planes of a component each and back (HWC and CHW) are
// matrices with kernels of their own. What these leave is copied like other narrow matrices.

// splitPixels copies n pixels to planes that lie dstStride apart.
func splitPixels(dst, src unsafe.Pointer, n, planes, dstStride, size int) {
	pixel := planes * size
	if done := splitBlocks(dst, src, n, planes, dstStride, size); done < n {
		copyTiles(unsafe.Add(dst, done*size), unsafe.Add(src, done*pixel), axis{n - done, size, pixel}, axis{planes, dstStride, size}, size)
	}
}

// mergePixels copies n pixels from planes that lie srcStride apart.
func mergePixels(dst, src unsafe.Pointer, n, planes, srcStride, size int) {
	pixel := planes * size
	if done := mergeBlocks(dst, src, n, planes, srcStride, size); done < n {
		copyTiles(unsafe.Add(dst, done*pixel), unsafe.Add(src, done*size), axis{planes, size, srcStride}, axis{n - done, pixel, size}, size)
	}
}
