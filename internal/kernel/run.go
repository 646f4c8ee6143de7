package kernel

import "unsafe"

const (
	longRun   = 1 << 20   // bytes from which Go's copy may store past the caches
	pieceSize = 512 << 10 // bytes that it copies through them
)

// move copies a run of bytes. The two runs may overlap.
func move(dst, src unsafe.Pointer, size int) {
	if size >= longRun && piecesPay && !overlapping(dst, src, size) {
		movePieces(dst, src, size)
		return
	}
	copy(unsafe.Slice((*byte)(dst), size), unsafe.Slice((*byte)(src), size))
}

func movePieces(dst, src unsafe.Pointer, size int) {
	ran("movePieces")
	for done := 0; done < size; done += pieceSize {
		piece := min(pieceSize, size-done)
		copy(unsafe.Slice((*byte)(unsafe.Add(dst, done)), piece), unsafe.Slice((*byte)(unsafe.Add(src, done)), piece))
	}
}

func overlapping(a, b unsafe.Pointer, size int) bool {
	apart := uintptr(a) - uintptr(b)
	return apart < uintptr(size) || -apart < uintptr(size)
}
