//go:build !purego

package kernel

import "unsafe"

// hexFast writes the digits of the first bytes of src and returns how many these were.
func hexFast(dst, src []byte) (done int) {
	if !hasAVX2 || len(src) < turnNumbers {
		return 0
	}
	to, from := unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0])
	for done < len(src) {
		call := callOf(len(src) - done)
		hexAVX2((*byte)(unsafe.Add(to, 2*done)), (*byte)(unsafe.Add(from, done)), call)
		done += call
	}
	return done
}
