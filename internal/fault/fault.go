// Package fault knows the memory whose accesses may fault, as those of a mapped file that is cut short do, and
// makes errors of such faults. Whoever touches the memory lets faults be panics (debug.SetPanicOnFault).
package fault

import (
	"runtime"
	"sync"
	"unsafe"
)

// Memory is a block whose accesses may fault.
type Memory struct {
	base, size uintptr
	explain    func(offset int) error
}

// known is the memory from Watch to Forget. It is searched after a fault only, so that a set does.
var known = struct {
	sync.Mutex
	all map[*Memory]bool
}{all: map[*Memory]bool{}}

// Watch makes a fault in the memory known as one, until Forget. Explain makes the error of a fault at an
// offset; neither it nor the watch keeps the memory.
func Watch(base unsafe.Pointer, size int, explain func(offset int) error) *Memory {
	m := &Memory{uintptr(base), uintptr(size), explain}
	known.Lock()
	defer known.Unlock()
	known.all[m] = true
	return m
}

// Forget ends what Watch began. It comes before the memory is given back, since others may get it then.
func (m *Memory) Forget() {
	known.Lock()
	defer known.Unlock()
	delete(known.all, m)
}

// Of returns the error of a recovered panic, or nil where it is no fault in memory that is watched: a nil pointer,
// somebody else's memory, or no fault at all.
func Of(recovered any) error {
	fault, ok := recovered.(interface {
		runtime.Error
		Addr() uintptr
	})
	if !ok {
		return nil
	}
	m := find(fault.Addr())
	if m == nil {
		return nil
	}
	return m.explain(int(fault.Addr() - m.base))
}

func find(addr uintptr) *Memory {
	known.Lock()
	defer known.Unlock()
	for m := range known.all {
		if addr-m.base < m.size {
			return m
		}
	}
	return nil
}
