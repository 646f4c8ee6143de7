//go:build !amd64 || purego

package kernel

import "unsafe"

// splitBlocks has no kernels here.
func splitBlocks(_, _ unsafe.Pointer, _, _, _, _ int) (done int) { return 0 }

// mergeBlocks has none either.
func mergeBlocks(_, _ unsafe.Pointer, _, _, _, _ int) (done int) { return 0 }
