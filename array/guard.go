package array

import (
	"runtime/debug"

	"github.com/go-memoryview/memoryview/internal/fault"
)

// Guard runs f and turns a fault inside it in the memory of a mapped file, which would end the process, into
// buffer.ErrFault with the file and the place: around a typed loop over a file that somebody may cut short. What f
// did until then is done.
//
// It holds for accesses to the memory of exporters that say it is Mapped, by At, Set, loops, and slices of Runs,
// Slice and View.Bytes; in the goroutine that calls it, not in those that f starts; and in Go code, not in C. A system call
// that is handed such a slice fails with EFAULT, Guard or not. Other panics pass through, as do faults elsewhere,
// which are panics inside a Guard.
func Guard(f func()) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			if err = fault.Of(r); err == nil {
				panic(r)
			}
		}
	}()
	f()
	return nil
}
