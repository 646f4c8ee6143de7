package kernel

import (
	"math/bits"
	"unsafe"
)

// swaps turn around the bytes of words, by size.
var swaps = [4]loop{1: swap16, 2: swap32, 3: swap64}

func swap16(dst, src unsafe.Pointer, n int) {
	ran("swap16")
	to := numbers[uint16](dst, n)
	for i, x := range numbers[uint16](src, n) {
		to[i] = bits.ReverseBytes16(x)
	}
}

func swap32(dst, src unsafe.Pointer, n int) {
	ran("swap32")
	to := numbers[uint32](dst, n)
	for i, x := range numbers[uint32](src, n) {
		to[i] = bits.ReverseBytes32(x)
	}
}

func swap64(dst, src unsafe.Pointer, n int) {
	ran("swap64")
	to := numbers[uint64](dst, n)
	for i, x := range numbers[uint64](src, n) {
		to[i] = bits.ReverseBytes64(x)
	}
}
