package kernel

import "unsafe"

// splitPixels and mergePixels are the matrices that are pixels on one side and planes on the other
// (HWC and CHW): pixels of few components, without a gap. What the kernels leave is transposed like others.

// splitPixels copies n pixels to planes that lie dstStride apart.
func splitPixels(dst, src unsafe.Pointer, n, planes, dstStride, size int) {
	done := splitBlocks(dst, src, n, planes, dstStride, size)
	if done < n {
		transpose(unsafe.Add(dst, done*size), unsafe.Add(src, done*planes*size), n-done, planes, dstStride, planes*size, size)
	}
}

// mergePixels copies n pixels from planes that lie srcStride apart.
func mergePixels(dst, src unsafe.Pointer, n, planes, srcStride, size int) {
	done := mergeBlocks(dst, src, n, planes, srcStride, size)
	if done < n {
		transpose(unsafe.Add(dst, done*planes*size), unsafe.Add(src, done*size), planes, n-done, planes*size, srcStride, size)
	}
}
