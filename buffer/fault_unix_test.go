//go:build unix

package buffer_test

import (
	"errors"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview/buffer"
)

// TestParallelCopyOfMemoryThatIsGone meets the fault in any of the goroutines, and on either side.
func TestParallelCopyOfMemoryThatIsGone(t *testing.T) {
	const size = 4 << 20
	mem := must(unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE))
	defer unix.Munmap(mem)
	if err := unix.Mprotect(mem[size/2:], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	gone := exporterFunc(func(flags buffer.Flags) (*buffer.Buffer, error) {
		m := buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: size, Mapped: true}
		return m.Lend(0, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{size}}, flags)
	})
	for workers := 1; workers <= 4; workers++ {
		if err := buffer.Copy(make([]byte, size), gone, buffer.Parallel(workers)); !errors.Is(err, buffer.ErrFault) {
			t.Errorf("%d workers, as the source: %v", workers, err)
		}
		if err := buffer.Copy(gone, make([]byte, size), buffer.Parallel(workers)); !errors.Is(err, buffer.ErrFault) {
			t.Errorf("%d workers, as the destination: %v", workers, err)
		}
	}
}
