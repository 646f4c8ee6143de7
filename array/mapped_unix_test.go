//go:build unix

package array_test

import (
	"errors"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/buffer"
)

// mapping is an exporter of mapped memory, which is gone when the last loan ends.
type mapping struct {
	mem  []byte
	gone func()
}

func (m mapping) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	return buffer.Memory{
		Base: unsafe.Pointer(&m.mem[0]), Size: len(m.mem), Mapped: true,
		Release: func() {
			if err := unix.Munmap(m.mem); err != nil {
				panic(err)
			}
			m.gone()
		},
	}.Lend(0, buffer.Layout{ItemSize: 8, Format: "q", Shape: []int{len(m.mem) / 8}}, flags)
}

// TestReleaseInsideALoop releases an array in the middle of loops over it, and lets the collector
// run: the loop that is under way goes on to its end.
func TestReleaseInsideALoop(t *testing.T) {
	for name, loop := range map[string]func(v *memoryview.View, release func()) int{
		"All of a run": func(v *memoryview.View, release func()) int { return countAll(must(array.Of[int64](v)), release) },
		"All of every second": func(v *memoryview.View, release func()) int {
			return 2 * countAll(must(array.Of[int64](must(v.Select("::2")))), release)
		},
		"Decoder": func(v *memoryview.View, release func()) (n int) {
			d := must(array.DecoderOf[int64](v))
			for i := range d.All() {
				if i == 1 {
					_ = d.Release()
					release()
				}
				n++
			}
			return n
		},
	} {
		mem := must(unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_SHARED))
		v := view(mapping{mem, func() {}})
		n := loop(v, func() {
			_ = v.Release()
			for range 3 {
				runtime.GC()
				time.Sleep(5 * time.Millisecond) // the runtime releases in a goroutine of its own
			}
		})
		if n != 512 {
			t.Errorf("%s: %d items", name, n)
		}
	}
}

func countAll(a *array.Array[int64], release func()) (n int) {
	for i, x := range a.All() {
		if i == 1 {
			_ = a.Release()
			release()
		}
		n += 1 + int(x)
	}
	return n
}

// TestMappingsAreNotExhausted maps more often than the system allows at a time (65,530 on Linux),
// with a collector that does not run by itself, as beside a large heap.
func TestMappingsAreNotExhausted(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for range 70_000 {
		mem, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_SHARED) // private ones would merge
		if err != nil {
			t.Fatal(err)
		}
		v := view(mapping{mem, func() {}})
		a := must(array.Of[int64](v))
		a.Set1(1, 5)
		if err := errors.Join(v.Release(), a.Release()); err != nil {
			t.Fatal(err)
		}
	}
}
