package array

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/go-memoryview/memoryview/buffer"
)

// Guard runs f and turns a memory fault inside it, which would end the process, into
// buffer.ErrFault: around a typed loop over a mapped file that somebody may cut short. It holds for
// the goroutine that calls it, not for those that f starts. Other panics pass through.
func Guard(f func()) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		fault, ok := r.(interface {
			runtime.Error
			Addr() uintptr
		})
		if !ok {
			panic(r)
		}
		err = fmt.Errorf("%w: address %#x could not be reached: was the file cut short? open it again", buffer.ErrFault, fault.Addr())
	}()
	f()
	return nil
}
