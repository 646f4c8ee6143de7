package kernel

import (
	"runtime"
	"runtime/debug"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestFaultIsAPanicWithItsAddress copies from memory that is partly gone, by every kind of kernel, with
// one goroutine and with more: callers turn the panic into an error by the address in it.
func TestFaultIsAPanicWithItsAddress(t *testing.T) {
	const n = 1 << 20 // bytes that are there, in the middle of three times as many
	mem, err := unix.Mmap(-1, 0, 3*n, unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(mem)
	if err := unix.Mprotect(mem[n:2*n], unix.PROT_READ); err != nil {
		t.Fatal(err)
	}
	dst := make([]byte, n)
	for _, c := range []struct {
		name     string
		size     int
		shape    []int
		dst, src []int
		start    int // where item 0 lies
	}{
		{"run", 1, []int{n}, []int{1}, []int{1}, n + n/2},
		{"every second", 1, []int{n / 2}, []int{1}, []int{2}, n + n/2},
		{"backwards", 1, []int{n / 2}, []int{1}, []int{-1}, n + n/4},
		{"transposed", 4, []int{512, 512}, []int{2048, 4}, []int{4, 2048}, n + n/2},
		{"pixels", 1, []int{3, n / 3}, []int{n / 3, 1}, []int{1, 3}, n + n/2},
	} {
		to := Items{Base: unsafe.Pointer(&dst[0]), Size: c.size, Shape: c.shape, Strides: c.dst}
		from := Items{Base: unsafe.Pointer(&mem[c.start]), Size: c.size, Shape: c.shape, Strides: c.src}
		for _, workers := range []int{1, 3} {
			at := int(faultOf(func() { CopyParallel(to, from, workers) }) - uintptr(unsafe.Pointer(&mem[0])))
			if at < 0 || at >= 3*n || at >= n && at < 2*n {
				t.Errorf("%s, %d workers: the fault is at byte %d of the mapping, where %d to %d are there", c.name, workers, at, n, 2*n)
			}
		}
	}
}

// faultOf returns the address of the memory fault that f ends in, or 0.
func faultOf(f func()) (addr uintptr) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault, ok := recover().(interface {
			runtime.Error
			Addr() uintptr
		}); ok {
			addr = fault.Addr()
		}
	}()
	f()
	return 0
}
