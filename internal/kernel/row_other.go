//go:build !amd64 || purego

package kernel

import "unsafe"

// shuffleRow has no kernels here.
func shuffleRow(dst, src unsafe.Pointer, n, srcStride, size int) (done int) { return 0 }
