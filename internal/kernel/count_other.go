//go:build !amd64 || purego

package kernel

import "unsafe"

func countBlocks[T words](_ unsafe.Pointer, _ int, _, _ T) (found, done int) { return 0, 0 }

func indexBlocks[T words](_ unsafe.Pointer, _ int, _, _ T, _ bool) (index, done int) { return -1, 0 }
