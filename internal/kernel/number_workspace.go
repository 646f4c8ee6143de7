package kernel

import (
	"sync"
	"unsafe"
)

const (
	// blockItems is how many numbers are brought together at a time: few enough that what is made of
	// them stays in the first cache.
	blockItems     = 1024
	workspaceBytes = blockItems * 16
)

// memory is room for the items of a block, aligned for all numbers.
type memory [workspaceBytes / 8]uint64

func (m *memory) pointer() unsafe.Pointer { return unsafe.Pointer(m) }

// A workspace is what a loop needs whose items cannot be worked on as they lie. It is large, and so
// it is pooled.
type workspace struct {
	blocks   blocks
	gathered [2]memory    // for each side
	staged   [2][2]memory // for each side, what a path makes of them: every step reads one and writes the other
	packed   [2][MaxDims]int
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

func newWorkspace() *workspace { return workspaces.Get().(*workspace) }

// free forgets where other people's memory was: the collector must not meet the address here when it
// has become somebody else's.
func (w *workspace) free() {
	w.blocks.forget()
	workspaces.Put(w)
}

// gather returns where the items of a side of the current block lie in one run: where they are, or
// copied together.
func (w *workspace) gather(side int) unsafe.Pointer {
	it := w.blocks.side(side)
	run := w.run(side, &it)
	if run.Base != it.Base {
		Copy(run, it)
	}
	return run.Base
}

// run returns the items of a side of the current block themselves, where they lie in one run, or room
// for them that does.
func (w *workspace) run(side int, it *Items) Items {
	if isRun(it) {
		return *it
	}
	strides := w.packed[side][:len(it.Shape)]
	ContiguousStrides(strides, it.Shape, it.Size, false)
	return Items{Base: w.gathered[side].pointer(), Size: it.Size, Shape: it.Shape, Strides: strides}
}

// largestNumber is that of a complex128. What is larger is compared as bytes, at any address.
const largestNumber = 16

// isRun reports whether loops can work on the items as they lie: in C order without gaps, and aligned
// where the machine wants that.
func isRun(it *Items) bool { return isRunOf(it, it.Size) }

// isRunOf is isRun for items of another size.
func isRunOf(it *Items, size int) bool {
	step := size
	for d := len(it.Shape) - 1; d >= 0; d-- {
		if it.Shape[d] != 1 && it.Strides[d] != step {
			return false
		}
		step *= it.Shape[d]
	}
	return !it.Indirect() && (anyAddress || size > largestNumber || uintptr(it.Base)%uintptr(size&-size) == 0)
}
