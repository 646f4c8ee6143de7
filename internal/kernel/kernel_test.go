package kernel

import (
	"bytes"
	"fmt"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// strided is a random array: memory with a margin on both sides, and items that lie anywhere in it.
type strided struct {
	mem   []byte
	items Items
}

// drawStrided makes an array of a shape whose items do not overlap: dimensions in any order, with
// gaps, some of them backwards.
func drawStrided(t *rapid.T, shape []int, size int, label string) strided {
	const margin = 8
	strides := make([]int, len(shape))
	step := size + rapid.IntRange(0, 3).Draw(t, label+" gap")
	for _, d := range rapid.Permutation(indices(len(shape))).Draw(t, label+" order") {
		strides[d] = step
		step = step*max(shape[d], 1) + rapid.IntRange(0, 5).Draw(t, label+" gap")
	}
	mem := make([]byte, step+2*margin)
	for i := range mem {
		mem[i] = byte(i*7 + 13)
	}
	offset := margin
	for d := range shape {
		if shape[d] > 0 && rapid.Bool().Draw(t, label+" backwards") {
			offset += strides[d] * (shape[d] - 1)
			strides[d] = -strides[d]
		}
	}
	return strided{mem, Items{Base: unsafe.Pointer(&mem[offset]), Size: size, Shape: shape, Strides: strides}}
}

func indices(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func drawShape(t *rapid.T) []int {
	return rapid.SliceOfN(rapid.IntRange(0, 5), 0, 4).Draw(t, "shape")
}

// offsets lists where each item lies in C or Fortran order, by the definition.
func (s strided) offsets(fortran bool) []int {
	var list []int
	index := make([]int, len(s.items.Shape))
	for range s.items.Count() {
		at := int(uintptr(s.items.Base) - uintptr(unsafe.Pointer(&s.mem[0])))
		for d, i := range index {
			at += i * s.items.Strides[d]
		}
		list = append(list, at)
		Advance(index, s.items.Shape, fortran)
	}
	return list
}

func (s strided) pack(fortran bool) []byte {
	packed := []byte{}
	for _, at := range s.offsets(fortran) {
		packed = append(packed, s.mem[at:at+s.items.Size]...)
	}
	return packed
}

func TestEachStopsAndCounts(t *testing.T) {
	mem := make([]byte, 24)
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
	rows := [][]byte{[]byte("xxabc"), []byte("xxdef")}
	table := []unsafe.Pointer{unsafe.Pointer(&rows[0][0]), unsafe.Pointer(&rows[1][0])}
	items := Items{
		Base: unsafe.Pointer(&table[0]), Size: 1,
		Shape: []int{2, 3}, Strides: []int{int(unsafe.Sizeof(table[0])), 1}, Suboffsets: []int{2, -1},
	}
	got := make([]byte, 6)
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

func TestEqualBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape, size := drawShape(t), rapid.IntRange(1, 9).Draw(t, "size")
		a, b := drawStrided(t, shape, size, "a"), drawStrided(t, shape, size, "b")
		if want := bytes.Equal(a.pack(false), b.pack(false)); EqualBytes(a.items, b.items) != want {
			t.Fatalf("EqualBytes of different memory is %v", !want)
		}
		Copy(b.items, a.items)
		if !EqualBytes(a.items, b.items) {
			t.Fatal("a copy is unequal")
		}
		if places := b.offsets(false); len(places) > 0 {
			b.mem[rapid.SampledFrom(places).Draw(t, "place")]++
			if EqualBytes(a.items, b.items) {
				t.Fatal("a changed copy is equal")
			}
		}
	})
}

func TestSmallCopiesDoNotAllocate(t *testing.T) {
	mem, dst := make([]byte, 64), make([]byte, 32)
	shape, strides := []int{4, 4}, []int{16, 4}
	allocs := testing.AllocsPerRun(100, func() {
		Pack(dst, Items{Base: unsafe.Pointer(&mem[0]), Size: 2, Shape: shape, Strides: strides}, false)
	})
	if allocs != 0 {
		t.Errorf("Pack of a small matrix allocates %v times", allocs)
	}
}
