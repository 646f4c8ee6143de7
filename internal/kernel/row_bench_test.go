package kernel

import (
	"fmt"
	"testing"
	"unsafe"
)

// BenchmarkRow measures the kernels of one dimension beside a copy of the same bytes and the same
// kernel in Go.
func BenchmarkRow(b *testing.B) {
	for _, bytes := range []int{256, 4 << 10, 16 << 10, 256 << 10, 8 << 20} {
		dst, src := make([]byte, bytes), make([]byte, 4*bytes)
		copy(src, noise)
		b.Run(fmt.Sprintf("%d/copy", bytes), func(b *testing.B) {
			b.SetBytes(int64(bytes))
			for b.Loop() {
				copy(dst, src)
			}
		})
		for _, size := range []int{1, 2, 3, 4, 8, 16} {
			n := bytes / size
			for _, step := range []int{-1, 0, 2, 3} {
				start := 0
				if step < 0 {
					start = (n - 1) * size
				}
				for _, assembly := range []bool{true, false} {
					if assembly && (step == 0 || step == 3 || size == 3 || size == 16) {
						continue
					}
					b.Run(fmt.Sprintf("%d/item %d/step %d/assembly %v", bytes, size, step, assembly), func(b *testing.B) {
						defer setAVX2(setAVX2(assembly))
						b.SetBytes(int64(bytes))
						for b.Loop() {
							copyRow(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[start]), n, size, step*size, size)
						}
						if last := start + (n-1)*step*size; dst[(n-1)*size] != src[last] {
							b.Error("wrong item at the end")
						}
					})
				}
			}
		}
	}
}
