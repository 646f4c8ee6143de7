package kernel

import "unsafe"

// EqualBytes reports whether a and b, of the same shape and item size, hold the same bytes.
func EqualBytes(a, b Items) bool {
	n := a.Count()
	if a.Size == 0 || n == 0 {
		return true
	}
	if isRun(&a) && isRun(&b) {
		return sameBytes(a.Base, b.Base, n*a.Size)
	}
	w := newWorkspace()
	defer w.free()
	limit := max(min(blockItems, workspaceBytes/a.Size), 1)
	for w.blocks.start(a, b, limit, false); w.blocks.next(); {
		if !sameBytes(w.gather(0), w.gather(1), w.blocks.count*a.Size) {
			return false
		}
	}
	return true
}

func sameBytes(a, b unsafe.Pointer, size int) bool {
	ran("sameBytes")
	return string(unsafe.Slice((*byte)(a), size)) == string(unsafe.Slice((*byte)(b), size))
}
