//go:build !purego

package kernel

import "unsafe"

func sameFloat32(a, b unsafe.Pointer, n int) bool {
	if !hasAVX2 || n < turnNumbers {
		return sameFloats[float32](a, b, n)
	}
	for done := 0; done < n; {
		call := callOf(n - done)
		if !sameFloat32AVX2((*byte)(unsafe.Add(a, done*4)), (*byte)(unsafe.Add(b, done*4)), call) {
			return false
		}
		done += call
	}
	return true
}

func sameFloat64(a, b unsafe.Pointer, n int) bool {
	if !hasAVX2 || n < turnNumbers {
		return sameFloats[float64](a, b, n)
	}
	for done := 0; done < n; {
		call := callOf(n - done)
		if !sameFloat64AVX2((*byte)(unsafe.Add(a, done*8)), (*byte)(unsafe.Add(b, done*8)), call) {
			return false
		}
		done += call
	}
	return true
}
