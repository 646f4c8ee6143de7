package buffer_test

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

const pointerSize = int(unsafe.Sizeof(uintptr(0)))

// hostile draws a number: small in most cases.
func hostile(t draw.Source, label string) int {
	if t.UpTo(3, label+" kind") < 3 {
		return draw.Between(t, -4, 12, label)
	}
	return draw.Of(t, label,
		0, 1, 2, 3, 5, 8, 64, -1, -2, -3, -8, math.MaxInt32, math.MinInt32,
		math.MaxInt, math.MaxInt-1, math.MinInt, math.MinInt+1, math.MaxInt/2+1, math.MinInt/2, math.MaxInt/3)
}

// insideByBigInt says by exact arithmetic whether every item, or every pointer of the first dimension with pointers, lies
// in size bytes.
func insideByBigInt(l buffer.Layout, formatSize, size, offset int) bool {
	total := big.NewInt(int64(max(l.ItemSize, 1)))
	low, high := big.NewInt(int64(offset)), big.NewInt(int64(offset))
	if l.ItemSize < formatSize || offset < 0 || offset > size {
		return false
	}
	empty, last := l.ItemSize == 0, l.ItemSize
	behind := false // a pointer
	for d, n := range l.Shape {
		if n < 0 {
			return false
		}
		empty = empty || n == 0
		total.Mul(total, big.NewInt(int64(max(n, 1))))
		if behind {
			continue
		}
		reach := new(big.Int).Mul(big.NewInt(int64(n-1)), big.NewInt(int64(l.Strides[d])))
		if reach.Sign() < 0 {
			low.Add(low, reach)
		} else {
			high.Add(high, reach)
		}
		if l.Suboffsets != nil && l.Suboffsets[d] >= 0 {
			behind, last = true, pointerSize
		}
	}
	if total.Cmp(big.NewInt(math.MaxInt)) > 0 {
		return false
	}
	high.Add(high, big.NewInt(int64(last)))
	return empty || low.Sign() >= 0 && high.Cmp(big.NewInt(int64(size))) <= 0
}

func drawLayout(t draw.Source) (l buffer.Layout, formatSize int) {
	formats := []string{"B", "", "<h", "3s", "T{<i:a:<b:b:}", "0s"}
	which := t.UpTo(len(formats)-1, "format")
	l = buffer.Layout{ItemSize: hostile(t, "item size"), Format: formats[which]}
	for range t.UpTo(4, "dimensions") {
		l.Shape = append(l.Shape, hostile(t, "extent"))
		l.Strides = append(l.Strides, hostile(t, "stride"))
	}
	if t.UpTo(3, "pointers") == 3 {
		for range l.Shape {
			l.Suboffsets = append(l.Suboffsets, hostile(t, "suboffset"))
		}
	}
	return l, []int{1, 1, 2, 3, 5, 0}[which]
}

// testLayouts has Lend and Strided accept a layout exactly when all its items lie in the memory, and reads what they accept.
func testLayouts(t draw.Source) {
	l, formatSize := drawLayout(t)
	mem := fence.Bytes(t, t.UpTo(64, "size"), draw.Side(t))
	for i := range mem {
		mem[i] = byte(i)
	}
	offset := hostile(t, "offset")
	want := insideByBigInt(l, formatSize, len(mem), offset)
	m := buffer.Memory{Base: unsafe.Pointer(unsafe.SliceData(mem)), Size: len(mem)}
	b, err := m.Lend(offset, l, buffer.FullRO)
	checkAccepted(t, "Lend", l, len(mem), offset, err, want)
	if err == nil {
		checkItems(t, b, mem, offset)
	}
	readOnly := draw.Bool(t, "read-only")
	want = want && len(l.Suboffsets) == 0 && (readOnly || !overlaps(l, offset))
	e, err := export.Strided(mem, offset, l, readOnly)
	checkAccepted(t, map[bool]string{true: "Strided, read-only", false: "Strided"}[readOnly], l, len(mem), offset, err, want)
	if err != nil {
		return
	}
	if b, err = buffer.Get(e, buffer.FullRO); err != nil {
		t.Fatal(err)
	}
	checkItems(t, b, mem, offset)
}

func checkAccepted(t draw.Source, what string, l buffer.Layout, size, offset int, err error, want bool) {
	t.Helper()
	if (err == nil) != want {
		t.Fatalf("%s: %+v at %d of %d bytes: error %v, should be accepted: %v", what, l, offset, size, err, want)
	}
	if err != nil && !errors.Is(err, buffer.ErrLayout) {
		t.Fatalf("%s: %v is no ErrLayout", what, err)
	}
}

// mostItems are no more than are looked at one by one.
const mostItems = 1 << 12

// places are where the items begin, in C order; nil where there are none or too many.
func places(l buffer.Layout, offset int) []int {
	list := []int{offset}
	for d, n := range l.Shape {
		if n == 0 || n > mostItems/len(list) {
			return nil
		}
		var next []int
		for _, at := range list {
			for i := range n {
				next = append(next, at+i*l.Strides[d])
			}
		}
		list = next
	}
	return list
}

// overlaps tells whether two items share a byte, by looking at each. Of too many items in so little memory some do.
func overlaps(l buffer.Layout, offset int) bool {
	if l.ItemSize == 0 || slices.Contains(l.Shape, 0) {
		return false
	}
	list := places(l, offset)
	if list == nil {
		return true
	}
	slices.Sort(list)
	for i := range list[1:] {
		if list[i+1]-list[i] < l.ItemSize {
			return true
		}
	}
	return false
}

// checkItems holds a loan to the bytes of its items.
func checkItems(t draw.Source, b *buffer.Buffer, mem []byte, offset int) {
	l := b.Layout()
	none := l.ItemSize == 0 || slices.Contains(l.Shape, 0)
	if l.Suboffsets == nil {
		if _, err := b.Pointer(make([]int, len(l.Shape))...); slices.Contains(l.Shape, 0) != errors.Is(err, buffer.ErrBounds) {
			t.Fatalf("item 0 of shape %v: %v", l.Shape, err)
		}
	}
	list := places(l, offset)
	if b.Len() > mostItems || !none && (l.Suboffsets != nil || list == nil) {
		return
	}
	want := []byte{}
	if !none {
		for _, at := range list {
			want = append(want, mem[at:at+l.ItemSize]...)
		}
	}
	got := fence.Bytes(t, b.Len(), fence.After)
	if err := b.ToContiguous(got, buffer.C); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%+v at %d has the bytes %x (%v), want %x", l, offset, got, err, want)
	}
}

func TestLayoutsAgainstModel(t *testing.T) { draw.Check(t, testLayouts) }

// FuzzLend offers layouts to Memory.Lend and export.Strided, which must accept those whose items lie in the memory by math/big, and
// where one may write do not overlap, and no others.
func FuzzLend(f *testing.F) { draw.Fuzz(f, testLayouts) }

func TestLendRefuses(t *testing.T) {
	mem := make([]byte, 64)
	base := unsafe.Pointer(&mem[0])
	for name, c := range map[string]struct {
		memory buffer.Memory
		layout buffer.Layout
		want   error
	}{
		"item size 0":             {buffer.Memory{Base: base, Size: 64}, buffer.Layout{Format: "B", Shape: []int{4}}, buffer.ErrLayout},
		"item below its format":   {buffer.Memory{Base: base, Size: 64}, buffer.Layout{ItemSize: 2, Format: "i", Shape: []int{4}}, buffer.ErrLayout},
		"negative extent":         {buffer.Memory{Base: base, Size: 64}, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{-1}}, buffer.ErrLayout},
		"65 dimensions":           {buffer.Memory{Base: base, Size: 64}, buffer.Layout{ItemSize: 1, Format: "B", Shape: slices.Repeat([]int{1}, 65)}, buffer.ErrLayout},
		"too few strides":         {buffer.Memory{Base: base, Size: 64}, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{2, 2}, Strides: []int{1}}, buffer.ErrLayout},
		"strides without a shape": {buffer.Memory{Base: base, Size: 64}, buffer.Layout{ItemSize: 1, Format: "B", Strides: []int{1}}, buffer.ErrLayout},
		"too many suboffsets":     {buffer.Memory{Base: base, Size: 64}, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{2}, Suboffsets: []int{0, 0}}, buffer.ErrLayout},
		"product overflows":       {buffer.Memory{Base: base, Size: 64}, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{math.MaxInt / 2, 4}, Strides: []int{0, 0}}, buffer.ErrLayout},
		"product beside a zero":   {buffer.Memory{Base: base, Size: 64}, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{0, math.MaxInt / 2, 4}}, buffer.ErrLayout},
		"bad format":              {buffer.Memory{Base: base, Size: 64}, buffer.Layout{ItemSize: 1, Format: "$", Shape: []int{4}}, buffer.ErrFormat},
		"no memory":               {buffer.Memory{Size: 64}, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{4}}, buffer.ErrValue},
		"memory of negative size": {buffer.Memory{Base: base, Size: -1}, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{0}}, buffer.ErrValue},
		"pointers outside":        {buffer.Memory{Base: base, Size: 2*pointerSize - 1}, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{2, 2}, Strides: []int{pointerSize, 1}, Suboffsets: []int{0, -1}}, buffer.ErrLayout},
	} {
		if _, err := c.memory.Lend(0, c.layout, buffer.FullRO); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// The rules are those of SEMANTICS of PyBuffer_IsContiguous; the columns C, F and A.
func TestIsContiguous(t *testing.T) {
	for _, c := range []struct {
		name             string
		l                buffer.Layout
		inC, inF, either bool
	}{
		{"scalar", buffer.Layout{ItemSize: 8}, true, true, true},
		{"row", buffer.Layout{ItemSize: 8, Shape: []int{3}, Strides: []int{8}}, true, true, true},
		{"gaps", buffer.Layout{ItemSize: 8, Shape: []int{3}, Strides: []int{16}}, false, false, false},
		{"one item, any stride", buffer.Layout{ItemSize: 8, Shape: []int{1}, Strides: []int{-99}}, true, true, true},
		{"C matrix", buffer.Layout{ItemSize: 2, Shape: []int{2, 3}, Strides: []int{6, 2}}, true, false, true},
		{"Fortran matrix", buffer.Layout{ItemSize: 2, Shape: []int{2, 3}, Strides: []int{2, 4}}, false, true, true},
		{"no strides", buffer.Layout{ItemSize: 2, Shape: []int{2, 3}}, true, false, true},
		{"no strides, one long extent", buffer.Layout{ItemSize: 2, Shape: []int{1, 3}}, true, true, true},
		{"no items", buffer.Layout{ItemSize: 2, Shape: []int{3, 0}, Strides: []int{99, 7}}, true, true, true},
		{"suboffsets", buffer.Layout{ItemSize: 1, Shape: []int{1}, Strides: []int{8}, Suboffsets: []int{0}}, false, false, false},
		{"strides for other dimensions", buffer.Layout{ItemSize: 1, Shape: []int{2, 3}, Strides: []int{1}}, false, false, false},
		{"suboffsets, no items", buffer.Layout{ItemSize: 1, Shape: []int{0}, Strides: []int{8}, Suboffsets: []int{-1}}, false, false, false},
	} {
		for order, want := range map[buffer.Order]bool{buffer.C: c.inC, buffer.F: c.inF, buffer.Any: c.either, 'K': false} {
			if got := c.l.IsContiguous(order); got != want {
				t.Errorf("%s: IsContiguous(%v) is %v", c.name, order, got)
			}
		}
	}
}

func TestContiguousStrides(t *testing.T) {
	for _, c := range []struct {
		order buffer.Order
		want  []int
	}{{buffer.C, []int{24, 8, 2}}, {buffer.F, []int{2, 4, 12}}, {buffer.Any, []int{24, 8, 2}}} {
		got, err := buffer.ContiguousStrides([]int{2, 3, 4}, 2, c.order)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("order %v: %v, %v, want %v", c.order, got, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		shape []int
		size  int
		order buffer.Order
		want  error
	}{
		"negative extent": {[]int{2, -1}, 1, buffer.C, buffer.ErrLayout},
		"overflow":        {[]int{math.MaxInt / 2, 4}, 1, buffer.C, buffer.ErrLayout},
		"hidden overflow": {[]int{0, math.MaxInt / 2, 4}, 1, buffer.F, buffer.ErrLayout},
		"item size":       {[]int{2}, -1, buffer.C, buffer.ErrLayout},
		"order":           {[]int{2}, 1, 'X', buffer.ErrValue},
	} {
		if _, err := buffer.ContiguousStrides(c.shape, c.size, c.order); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
