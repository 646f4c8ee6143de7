package dlpack

import (
	"errors"
	"slices"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// TestLayout: dlpack.h's structures on a machine of 64 bits, as a C compiler lays them out.
func TestLayout(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("platform of 32 bits")
	}
	var v Versioned
	var m Managed
	var x Tensor
	got := []uintptr{
		unsafe.Sizeof(x), unsafe.Offsetof(x.Device), unsafe.Offsetof(x.NDim), unsafe.Offsetof(x.DType), unsafe.Offsetof(x.Shape), unsafe.Offsetof(x.ByteOffset),
		unsafe.Sizeof(m), unsafe.Offsetof(m.Context), unsafe.Offsetof(m.Deleter),
		unsafe.Sizeof(v), unsafe.Offsetof(v.Context), unsafe.Offsetof(v.Flags), unsafe.Offsetof(v.Tensor),
	}
	if want := []uintptr{48, 8, 16, 20, 24, 40, 64, 48, 56, 80, 8, 24, 32}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestWrittenIsRead: what is written of a layout reads as the same one, for all types, and what cannot be written is refused.
func TestWrittenIsRead(t *testing.T) {
	for dtype, text := range formats {
		size, err := buffer.SizeFromFormat(text)
		if err != nil || size*8 != int(dtype.Bits) {
			t.Errorf("%v: %d bytes: %v", dtype, size, err)
		}
		l := buffer.Layout{ItemSize: size, Format: text, Shape: []int{2, 3, 1, 0}, Strides: []int{-6 * size, size, 5, 7 * size}}
		for n := range 5 {
			part := buffer.Layout{ItemSize: size, Format: text, Shape: l.Shape[:n], Strides: l.Strides[:n]}
			var x Tensor
			if err := x.Write(4096, part, make([]int64, 2*n)); err != nil {
				t.Fatal(err)
			}
			a, err := x.Read()
			if err != nil || a.Layout.Format != text || a.Layout.ItemSize != size || !slices.Equal(a.Layout.Shape, part.Shape) {
				t.Errorf("%v: %+v, want %+v: %v", dtype, a.Layout, part, err)
			}
			for d := range min(n, 2) {
				if a.Layout.Strides[d] != part.Strides[d] {
					t.Errorf("%v: strides %v, want %v", dtype, a.Layout.Strides, part.Strides)
				}
			}
			if n < 4 && a.Item0 != 4096 {
				t.Errorf("%v: item 0 lies at %d", dtype, a.Item0)
			}
		}
	}
	for _, c := range []struct {
		l    buffer.Layout
		kind error
	}{
		{buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{2}, Strides: []int{6}}, buffer.ErrLayout},
		{buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{2}, Strides: []int{8}, Suboffsets: []int{0}}, buffer.ErrLayout},
		{buffer.Layout{ItemSize: 8, Format: "i", Shape: []int{2}, Strides: []int{8}}, buffer.ErrType},
		{buffer.Layout{ItemSize: 3, Format: "3s", Shape: []int{2}, Strides: []int{3}}, buffer.ErrType},
		{buffer.Layout{ItemSize: 4, Format: "(2)h", Shape: []int{2}, Strides: []int{4}}, buffer.ErrType},
	} {
		var x Tensor
		if err := x.Write(4096, c.l, make([]int64, 2)); !errors.Is(err, c.kind) {
			t.Errorf("%+v: %v", c.l, err)
		}
	}
}
