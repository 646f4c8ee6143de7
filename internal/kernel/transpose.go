package kernel

import "unsafe"

// transpose copies rows x cols items of size bytes: item (i, j) from src + i*srcStride + j*size to
// dst + j*dstStride + i*size. Each side has its items next to each other along the axis that is the
// other's long step. The two do not overlap.
func transpose(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride, size int) {
	for j := range cols {
		copyRow(unsafe.Add(dst, j*dstStride), unsafe.Add(src, j*size), rows, size, srcStride, size)
	}
}
