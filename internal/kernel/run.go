package kernel

import "unsafe"

const (
	// longRun is the size from which Go's copy stores past the caches. Pieces of pieceSize stay under it.
	longRun   = 1 << 20
	pieceSize = 512 << 10
)

// move copies a run of bytes. The two runs may overlap.
func move(dst, src unsafe.Pointer, size int) {
	to, from := unsafe.Slice((*byte)(dst), size), unsafe.Slice((*byte)(src), size)
	if size < longRun || size > longestInPieces || overlapping(dst, src, size) {
		copy(to, from)
		return
	}
	ran("movePieces")
	for len(from) > pieceSize {
		copy(to[:pieceSize], from)
		to, from = to[pieceSize:], from[pieceSize:]
	}
	copy(to, from)
}

func overlapping(a, b unsafe.Pointer, size int) bool {
	apart := uintptr(a) - uintptr(b)
	return apart < uintptr(size) || -apart < uintptr(size)
}
