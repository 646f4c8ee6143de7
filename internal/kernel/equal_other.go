//go:build !amd64 || purego

package kernel

import "unsafe"

func sameFloat32(a, b unsafe.Pointer, n int) bool { return sameFloats[float32](a, b, n) }

func sameFloat64(a, b unsafe.Pointer, n int) bool { return sameFloats[float64](a, b, n) }
