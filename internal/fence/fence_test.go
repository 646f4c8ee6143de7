package fence

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// recorder is a test whose failure can be looked at.
type recorder struct {
	testing.TB
	cleanups []func()
	failures []string
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) end() {
	for _, f := range slices.Backward(r.cleanups) {
		f()
	}
	r.cleanups = nil
}

func TestMemoryIsZeroedAndUsedAgain(t *testing.T) {
	r := &recorder{TB: t}
	sizes := []int{0, 1, 100, Page - 1, Page, Page + 1, 3 * Page, 4 * Page}
	for range 2 {
		for _, side := range Sides {
			for _, size := range sizes {
				mem := Bytes(r, size, side)
				if len(mem) != size || cap(mem) != size {
					t.Errorf("%v: %d bytes of %d instead of %d", side, len(mem), cap(mem), size)
				}
				for i := range mem {
					if mem[i] != 0 {
						t.Fatalf("%v: byte %d of %d is %d", side, i, size, mem[i])
					}
					mem[i] = 1
				}
			}
		}
		r.end()
		if r.failures != nil {
			t.Fatal(r.failures)
		}
	}
	first := unsafe.SliceData(Bytes(r, Page, After))
	r.end()
	if again := unsafe.SliceData(Bytes(r, Page, Before)); again != first {
		t.Errorf("memory at %p was given back, and %p is taken", first, again)
	}
	r.end()
}

func TestWriteOnTheOtherSideIsFound(t *testing.T) {
	for _, side := range Sides {
		r := &recorder{TB: t}
		mem := Bytes(r, 100, side)
		place := unsafe.Pointer(&mem[0])
		if side == After {
			place = unsafe.Add(place, -1)
		} else {
			place = unsafe.Add(place, 100)
		}
		*(*byte)(place) = 0
		r.end()
		if len(r.failures) != 1 || !strings.Contains(r.failures[0], side.String()) {
			t.Errorf("%v: %q", side, r.failures)
		}
	}
}

func TestSliceIsAligned(t *testing.T) {
	for _, side := range Sides {
		items := Slice[uint64](t, 3, side)
		if items[2] = 1; uintptr(unsafe.Pointer(&items[0]))%8 != 0 || len(items) != 3 {
			t.Errorf("%v: %d items at %p", side, len(items), &items[0])
		}
	}
}
