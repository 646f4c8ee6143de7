package buffer

import (
	"fmt"
	"math"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/fault"
)

// block is memory with an owner, shared by all buffers that were made of one loan. It is the
// managed buffer of CPython's memoryview: the owner gets its memory back when the last holder is
// released.
type block struct {
	base     unsafe.Pointer // the memory, kept alive by this pointer where it is Go's
	size     int
	readOnly bool   // of the memory, not only of a view
	mapped   bool   // an access may fault
	obj      any    // who lent it
	parent   *block // whose memory was lent on: kept alive
	end      *ending
}

// ending counts the holders of memory that must be given back, and the operations that are inside.
// It is apart from the block so that the collector can see that a block was leaked.
type ending struct {
	count   atomic.Int64
	release func()
	leak    runtime.Cleanup
}

// closed is far below zero: late comers may add to it and still see a negative count.
const closed = math.MinInt64 / 2

// newBlock returns a block with one holder, of memory that has to be given back. Other memory is not
// counted: it is the collector's.
func newBlock(m *Memory) *block {
	blk := new(block)
	*blk = blockOf(m)
	blk.end = &ending{release: m.Release}
	if m.Mapped {
		blk.end.release = m.watch()
	}
	blk.end.count.Store(1)
	blk.end.leak = runtime.AddCleanup(blk, (*ending).collected, blk.end)
	return blk
}

// watch lets faults in mapped memory be errors, and returns what ends that together with the loan.
func (m *Memory) watch() (release func()) {
	size, explain, end := m.Size, m.Explain, m.Release
	watched := fault.Watch(m.Base, size, func(offset int) error { return errFault(offset, size, explain) })
	return func() {
		watched.Forget()
		if end != nil {
			end()
		}
	}
}

func errFault(offset, size int, explain func(offset int) error) error {
	if explain != nil {
		return fmt.Errorf("%w: %w", ErrFault, explain(offset))
	}
	return fmt.Errorf("%w: byte %d of %d could not be reached: was the file cut short? open it again", ErrFault, offset, size)
}

func blockOf(m *Memory) block {
	return block{base: m.Base, size: m.Size, readOnly: m.ReadOnly, mapped: m.Mapped, obj: m.Obj}
}

// enter adds a holder or an operation, or reports false when the memory was given back.
func (blk *block) enter() bool {
	if blk.end == nil {
		return true
	}
	if blk.end.count.Add(1) > 0 {
		return true
	}
	blk.end.count.Add(-1)
	return false
}

// leave is the end of what enter began. The last to leave gives the memory back.
func (blk *block) leave() {
	if blk.end != nil && blk.end.count.Add(-1) == 0 && blk.end.count.CompareAndSwap(0, closed) {
		blk.end.leak.Stop()
		blk.end.release()
	}
	runtime.KeepAlive(blk)
}

// collected is the net for leaks: nobody can reach the block any more.
func (e *ending) collected() {
	if e.count.Swap(closed) >= 0 {
		e.release()
	}
}

func errReleased(what string) error {
	return fmt.Errorf("%w: %s: ask the exporter for a new loan", ErrReleased, what)
}
