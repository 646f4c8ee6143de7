package kernel

import (
	"fmt"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/fence"
)

func TestEachStopsAndCounts(t *testing.T) {
	mem := fence.Bytes(t, 24, fence.After)
	items := Items{Base: unsafe.Pointer(&mem[0]), Size: 1, Shape: []int{2, 3, 4}, Strides: []int{12, 4, 1}}
	for stop := 1; stop <= 25; stop++ {
		calls := 0
		done := Each(items, func(unsafe.Pointer) bool { calls++; return calls != stop })
		if want := min(stop, 24); calls != want || done != (stop > 24) {
			t.Errorf("stop at %d: %d calls, done %v", stop, calls, done)
		}
	}
}

// TestIndirect walks rows behind pointers, as in PIL's images, in both roles of a copy.
func TestIndirect(t *testing.T) {
	rows := [][]byte{fence.Bytes(t, 5, fence.After), fence.Bytes(t, 5, fence.After)}
	copy(rows[0], "xxabc")
	copy(rows[1], "xxdef")
	table := fence.Slice[unsafe.Pointer](t, 2, fence.After)
	table[0], table[1] = unsafe.Pointer(&rows[0][0]), unsafe.Pointer(&rows[1][0])
	items := Items{
		Base: unsafe.Pointer(&table[0]), Size: 1,
		Shape: []int{2, 3}, Strides: []int{int(unsafe.Sizeof(table[0])), 1}, Suboffsets: []int{2, -1},
	}
	got := fence.Bytes(t, 6, fence.After)
	Pack(got, items, false)
	if string(got) != "abcdef" {
		t.Errorf("C order: %q", got)
	}
	Pack(got, items, true)
	if string(got) != "adbecf" {
		t.Errorf("Fortran order: %q", got)
	}
	Unpack(items, []byte("uvwxyz"), false)
	if fmt.Sprintf("%s", rows) != "[xxuvw xxxyz]" {
		t.Errorf("after Unpack the rows are %s", rows)
	}
	if p := items.At([]int{1, 2}); *(*byte)(p) != 'z' {
		t.Errorf("item (1, 2) is %q", *(*byte)(p))
	}
}

func TestSmallCopiesDoNotAllocate(t *testing.T) {
	mem, dst := fence.Bytes(t, 64, fence.After), fence.Bytes(t, 32, fence.After)
	shape, strides := []int{4, 4}, []int{16, 4}
	allocs := testing.AllocsPerRun(100, func() {
		Pack(dst, Items{Base: unsafe.Pointer(&mem[0]), Size: 2, Shape: shape, Strides: strides}, false)
	})
	if allocs != 0 {
		t.Errorf("Pack of a small matrix allocates %v times", allocs)
	}
}
