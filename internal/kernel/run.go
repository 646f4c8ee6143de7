package kernel

import "unsafe"

// move copies a run of bytes. The two runs may overlap.
func move(dst, src unsafe.Pointer, size int) {
	copy(unsafe.Slice((*byte)(dst), size), unsafe.Slice((*byte)(src), size))
}
