package fence

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"
)

// recorder is a test whose failures can be looked at.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func TestMemoryIsZeroedAndUsedAgain(t *testing.T) {
	for range 2 {
		Within(t, func(t T) {
			for _, side := range Sides {
				for _, size := range []int{0, 1, 100, Page - 1, Page, Page + 1, 3 * Page, 4 * Page} {
					mem := Bytes(t, size, side)
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
		})
	}
	var first, again *byte
	Within(t, func(t T) { first = unsafe.SliceData(Bytes(t, Page, After)) })
	Within(t, func(t T) { again = unsafe.SliceData(Bytes(t, Page, Before)) })
	if again != first {
		t.Errorf("memory at %p was given back, and %p is taken", first, again)
	}
}

func TestWriteOnTheOtherSideIsFound(t *testing.T) {
	for _, side := range Sides {
		r := &recorder{TB: t}
		Within(r, func(t T) {
			place := unsafe.Pointer(unsafe.SliceData(Bytes(t, 100, side)))
			if side == After {
				place = unsafe.Add(place, -1)
			} else {
				place = unsafe.Add(place, 100)
			}
			*(*byte)(place) = 0
		})
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
