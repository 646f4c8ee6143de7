package kernel

import (
	"bytes"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// scattered is an array whose items lie anyhow: dimensions in any order, gaps, steps backwards and of
// zero bytes, behind pointers, at odd addresses. Bytes around and between the items are its own too,
// so that a test sees them change.
type scattered struct {
	items    Items
	memories [][]byte
	table    []unsafe.Pointer
}

// draws are the choices of a layout: rapid or a fuzzer makes them.
type draws interface {
	upTo(most int, label string) int
}

type rapidDraws struct{ *rapid.T }

func (d rapidDraws) upTo(most int, label string) int { return rapid.IntRange(0, most).Draw(d.T, label) }

// byteDraws makes its choices from bytes, and chooses 0 when there are no more.
type byteDraws struct{ bytes []byte }

func (d *byteDraws) upTo(most int, _ string) int {
	if len(d.bytes) == 0 {
		return 0
	}
	b := int(d.bytes[0])
	d.bytes = d.bytes[1:]
	return b % (most + 1)
}

// drawLongShape chooses extents. There may be more items than a block has, but not so many that the model is slow.
func drawLongShape(d draws) []int {
	shape := make([]int, d.upTo(4, "dimensions"))
	items := 1
	for i := range shape {
		shape[i] = d.upTo(6, "extent")
		items *= shape[i]
	}
	if longer := []int{1, 1, 3, 20, 400}[d.upTo(4, "longer")]; len(shape) > 0 && items*longer <= 2*blockItems {
		shape[d.upTo(len(shape)-1, "long dimension")] *= longer
	}
	return shape
}

// scatter lays out items of a shape. Only where they are shared may several lie at one place.
func scatter(d draws, shape []int, size int, shared bool) *scattered {
	s := &scattered{items: Items{Size: size, Shape: shape, Strides: make([]int, len(shape))}}
	direct := 0
	if d.upTo(7, "pointers") == 0 {
		direct = d.upTo(len(shape), "dimensions of pointers")
	}
	if s.items.Count() == 0 {
		direct = 0
	}
	begin, extent := s.stride(d, direct, shared)
	if direct == 0 {
		mem := s.newMemory(d, extent)
		s.items.Base = unsafe.Pointer(&mem[begin])
		return s
	}
	rows := Items{Size: int(unsafe.Sizeof(uintptr(0))), Shape: shape[:direct], Strides: s.items.Strides[:direct]}
	ContiguousStrides(rows.Strides, rows.Shape, rows.Size, false)
	s.items.Suboffsets = slices.Repeat([]int{-1}, len(shape))
	s.items.Suboffsets[direct-1] = begin
	s.table = make([]unsafe.Pointer, rows.Count())
	for i := range s.table {
		s.table[i] = unsafe.Pointer(&s.newMemory(d, extent)[0])
	}
	s.items.Base = unsafe.Pointer(&s.table[0])
	return s
}

// stride chooses the strides from a dimension on, and returns where the first item lies in how much memory.
func (s *scattered) stride(d draws, from int, shared bool) (begin, extent int) {
	margin := 16 + d.upTo(8, "margin")
	step := s.items.Size + max(0, d.upTo(5, "gap")-3)
	left := make([]int, 0, len(s.items.Shape))
	for dim := len(s.items.Shape) - 1; dim >= from; dim-- {
		left = append(left, dim)
	}
	begin = margin
	for mixed := d.upTo(1, "mixed") == 1; len(left) > 0; {
		i := 0
		if mixed {
			i = d.upTo(len(left)-1, "dimension")
		}
		dim := left[i]
		left = slices.Delete(left, i, i+1)
		n := max(s.items.Shape[dim], 1)
		switch d.upTo(7, "direction") {
		case 0:
			s.items.Strides[dim] = -step
			begin += step * (n - 1)
		case 1:
			if shared {
				s.items.Strides[dim] = 0
				continue
			}
			fallthrough
		default:
			s.items.Strides[dim] = step
		}
		step = step*n + max(0, d.upTo(6, "gap")-4)
	}
	return begin, step + margin + 16
}

func (s *scattered) newMemory(d draws, size int) []byte {
	mem := make([]byte, size+1)[d.upTo(1, "odd"):]
	for i := range mem {
		mem[i] = byte(i*7 + 13)
	}
	s.memories = append(s.memories, mem)
	return mem
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
