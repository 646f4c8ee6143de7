package kernel

import (
	"bytes"
	"slices"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// scattered is an array whose items lie anyhow: dimensions in any order, gaps, steps backwards and of
// zero bytes, behind pointers, at odd addresses. All of its memory is fenced, and ends or begins with an
// item in most cases. Bytes between the items are its own too, so that a test sees them change.
type scattered struct {
	items    Items
	memories [][]byte
}

// drawLongShape chooses extents. There may be more items than a block has, but not so many that the model is slow.
func drawLongShape(t draw.Source) []int {
	shape := make([]int, t.UpTo(4, "dimensions"))
	items := 1
	for i := range shape {
		shape[i] = t.UpTo(6, "extent")
		items *= shape[i]
	}
	if longer := draw.Of(t, "longer", 1, 1, 3, 20, 400); len(shape) > 0 && items*longer <= 2*blockItems {
		shape[t.UpTo(len(shape)-1, "long dimension")] *= longer
	}
	return shape
}

// scatter lays out items of a shape. Only where they are shared may several lie at one place.
func scatter(t draw.Source, shape []int, size int, shared bool) *scattered {
	s := &scattered{items: Items{Size: size, Shape: shape, Strides: make([]int, len(shape))}}
	direct := 0
	if t.UpTo(7, "pointers") == 7 {
		direct = t.UpTo(len(shape), "dimensions of pointers")
	}
	if s.items.Count() == 0 {
		direct = 0
	}
	s.stride(t, direct, shared)
	if s.items.Count() == 0 {
		return s
	}
	row := Items{Size: size, Shape: shape[direct:], Strides: s.items.Strides[direct:]}
	low, high := row.Window()
	side, odd := draw.Side(t), max(0, t.UpTo(7, "odd")-4)
	begin := -low // where the first item of a row lies in its memory
	if side == fence.Before {
		begin += odd
	}
	if direct == 0 {
		s.items.Base = unsafe.Add(s.newMemory(t, high-low+odd, side), begin)
		return s
	}
	rows := Items{Size: int(unsafe.Sizeof(uintptr(0))), Shape: shape[:direct], Strides: s.items.Strides[:direct]}
	ContiguousStrides(rows.Strides, rows.Shape, rows.Size, false)
	s.items.Suboffsets = slices.Repeat([]int{-1}, len(shape))
	s.items.Suboffsets[direct-1] = begin
	table := fence.Slice[unsafe.Pointer](t, rows.Count(), side)
	for i := range table {
		table[i] = s.newMemory(t, high-low+odd, side)
	}
	s.items.Base = unsafe.Pointer(&table[0])
	return s
}

// stride chooses the strides from a dimension on.
func (s *scattered) stride(t draw.Source, from int, shared bool) {
	step := s.items.Size + max(0, t.UpTo(5, "gap")-3)
	left := make([]int, 0, len(s.items.Shape))
	for dim := len(s.items.Shape) - 1; dim >= from; dim-- {
		left = append(left, dim)
	}
	for mixed := draw.Bool(t, "mixed"); len(left) > 0; {
		i := 0
		if mixed {
			i = t.UpTo(len(left)-1, "dimension")
		}
		dim := left[i]
		left = slices.Delete(left, i, i+1)
		direction := t.UpTo(7, "direction")
		if shared && direction == 7 {
			continue
		}
		if s.items.Strides[dim] = step; direction == 6 {
			s.items.Strides[dim] = -step
		}
		step = step*max(s.items.Shape[dim], 1) + max(0, t.UpTo(6, "gap")-4)
	}
}

func (s *scattered) newMemory(t draw.Source, size int, side fence.Side) unsafe.Pointer {
	mem := fence.Bytes(t, size, side)
	for i := range mem {
		mem[i] = byte(i*7 + 13)
	}
	s.memories = append(s.memories, mem)
	return unsafe.Pointer(&mem[0])
}

// each calls f with every item, in C order.
func (s *scattered) each(f func(item []byte)) {
	index := make([]int, len(s.items.Shape))
	for range s.items.Count() {
		f(unsafe.Slice((*byte)(s.items.At(index)), s.items.Size))
		Advance(index, s.items.Shape, false)
	}
}

// snapshot is what all its memory holds.
func (s *scattered) snapshot() []byte { return bytes.Join(s.memories, nil) }

// bothWays runs a test with the kernels in assembly and without them.
func bothWays(t *testing.T, test func(t *testing.T)) {
	for _, assembly := range []bool{false, true} {
		t.Run(map[bool]string{false: "go", true: "assembly"}[assembly], func(t *testing.T) {
			defer setAVX2(setAVX2(assembly))
			test(t)
		})
	}
}

// restore puts back what a snapshot holds.
func (s *scattered) restore(snapshot []byte) {
	for _, mem := range s.memories {
		copy(mem, snapshot)
		snapshot = snapshot[len(mem):]
	}
}

// line is the items of a slice.
func line(mem []byte, size int) Items {
	return Items{Base: unsafe.Pointer(unsafe.SliceData(mem)), Size: size, Shape: []int{len(mem) / size}, Strides: []int{size}}
}
