package buffer_test

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview/buffer"
)

const pointerSize = int(unsafe.Sizeof(uintptr(0)))

var hostileNumbers = []int{
	0, 1, 2, 3, 5, 8, 64, -1, -2, -3, -8, math.MaxInt32, math.MinInt32,
	math.MaxInt, math.MaxInt - 1, math.MinInt, math.MinInt + 1, math.MaxInt/2 + 1, math.MinInt / 2, math.MaxInt / 3,
}

func drawNumber(t *rapid.T, label string) int {
	if rapid.IntRange(0, 3).Draw(t, label+" kind") > 0 {
		return rapid.IntRange(-4, 12).Draw(t, label)
	}
	return rapid.SampledFrom(hostileNumbers).Draw(t, label)
}

// insideByBigInt says by exact arithmetic whether every item lies in size bytes.
func insideByBigInt(l buffer.Layout, size, offset int) bool {
	total := big.NewInt(int64(max(l.ItemSize, 0)))
	low, high := big.NewInt(int64(offset)), big.NewInt(int64(offset))
	if l.ItemSize < 1 || offset < 0 || offset > size {
		return false
	}
	empty := false
	for d, n := range l.Shape {
		if n < 0 {
			return false
		}
		empty = empty || n == 0
		total.Mul(total, big.NewInt(int64(max(n, 1))))
		reach := new(big.Int).Mul(big.NewInt(int64(n-1)), big.NewInt(int64(l.Strides[d])))
		if reach.Sign() < 0 {
			low.Add(low, reach)
		} else {
			high.Add(high, reach)
		}
	}
	if total.Cmp(big.NewInt(math.MaxInt)) > 0 {
		return false
	}
	high.Add(high, big.NewInt(int64(l.ItemSize)))
	return empty || low.Sign() >= 0 && high.Cmp(big.NewInt(int64(size))) <= 0
}

func TestLendChecksLayoutsExactly(t *testing.T) {
	mem := make([]byte, 64)
	rapid.Check(t, func(t *rapid.T) {
		l := buffer.Layout{ItemSize: drawNumber(t, "item size"), Format: "B"}
		for range rapid.IntRange(0, 4).Draw(t, "dimensions") {
			l.Shape = append(l.Shape, drawNumber(t, "extent"))
			l.Strides = append(l.Strides, drawNumber(t, "stride"))
		}
		size, offset := rapid.IntRange(0, len(mem)).Draw(t, "size"), drawNumber(t, "offset")
		m := buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: size}
		b, err := m.Lend(offset, l, buffer.FullRO)
		if want := insideByBigInt(l, size, offset); (err == nil) != want {
			t.Fatalf("Lend(%d, %+v) of %d bytes: error %v, should be accepted: %v", offset, l, size, err, want)
		}
		if err != nil && !errors.Is(err, buffer.ErrLayout) {
			t.Fatalf("%v is no ErrLayout", err)
		}
		if err == nil {
			_, err = b.Pointer(make([]int, len(l.Shape))...)
			if empty := slices.Contains(l.Shape, 0); empty != errors.Is(err, buffer.ErrBounds) {
				t.Fatalf("item 0 of shape %v: %v", l.Shape, err)
			}
		}
	})
}

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
