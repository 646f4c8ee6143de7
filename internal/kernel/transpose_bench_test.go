package kernel

import (
	"fmt"
	"testing"
	"unsafe"
)

// BenchmarkTranspose compares both versions with a copy of as many bytes. Memory was touched before.
func BenchmarkTranspose(b *testing.B) {
	for _, size := range []int{1, 2, 4, 8, 16, 3, 12} {
		for _, extents := range [][2]int{{8, 8}, {64, 64}, {1000, 1000}, {4096, 4096}, {4097, 4095}, {2000, 17}, {100_000, 3}, {3, 100_000}} {
			rows, cols := extents[0], extents[1]
			if rows*cols*size > 1<<27 {
				continue
			}
			run := func(name string, assembly bool, f func(dst, src []byte)) {
				b.Run(fmt.Sprintf("%d/%dx%d/%s", size, rows, cols, name), func(b *testing.B) {
					defer setAVX2(setAVX2(assembly))
					dst, src := make([]byte, rows*cols*size), make([]byte, rows*cols*size)
					side{mem: src}.fill(1)
					side{mem: dst}.fill(2)
					b.SetBytes(int64(len(dst)))
					for b.Loop() {
						f(dst, src)
					}
				})
			}
			turn := func(dst, src []byte) {
				transpose(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), rows, cols, rows*size, cols*size, size)
			}
			run("asm", true, turn)
			run("go", false, turn)
			run("copy", true, func(dst, src []byte) {
				const piece = 256 << 10
				for at := 0; at < len(src); at += piece {
					copy(dst[at:], src[at:min(at+piece, len(src))])
				}
			})
		}
	}
}
