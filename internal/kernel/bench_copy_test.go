package kernel

import (
	"testing"
	"unsafe"
)
func BenchmarkSmall(b *testing.B) {
	src, dst := make([]byte, 512), make([]byte, 512)
	for _, c := range []struct {
		name          string
		shape, ds, ss []int
		size          int
	}{
		{"8x8T", []int{8, 8}, []int{64, 8}, []int{8, 64}, 8},
		{"8x8", []int{8, 8}, []int{64, 8}, []int{64, 8}, 8},
		{"64", []int{64}, []int{8}, []int{8}, 8},
		{"8x8rev", []int{8, 8}, []int{64, 8}, []int{64, 8}, 8},
		{"8x4gap", []int{8, 4}, []int{32, 8}, []int{64, 16}, 8},
		{"4x4x4T", []int{4, 4, 4}, []int{128, 32, 8}, []int{8, 32, 128}, 8},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := Items{Base: unsafe.Pointer(&dst[0]), Size: c.size, Shape: c.shape, Strides: c.ds}
			s := Items{Base: unsafe.Pointer(&src[0]), Size: c.size, Shape: c.shape, Strides: c.ss}
			for b.Loop() {
				Copy(d, s)
			}
		})
	}
}
