package buffer_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview/buffer"
)

// TestCheckContiguous: an error is there exactly where the layout is not contiguous, and names the dimension from which on
// faster ones lie without gaps.
func TestCheckContiguous(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dims := rapid.IntRange(0, 4).Draw(t, "dimensions")
		l := buffer.Layout{ItemSize: rapid.IntRange(0, 3).Draw(t, "item size")}
		step := l.ItemSize
		for range dims {
			extent := rapid.IntRange(0, 3).Draw(t, "extent")
			l.Shape = append(l.Shape, extent)
			l.Strides = append(l.Strides, rapid.SampledFrom([]int{step, step, step, 1, -2, 0, 6}).Draw(t, "stride"))
			step *= extent
		}
		if rapid.Bool().Draw(t, "C") {
			for i, j := 0, dims-1; i < j; i, j = i+1, j-1 {
				l.Shape[i], l.Shape[j], l.Strides[i], l.Strides[j] = l.Shape[j], l.Shape[i], l.Strides[j], l.Strides[i]
			}
		}
		if rapid.IntRange(0, 5).Draw(t, "kind") == 5 {
			l.Strides = nil
		}
		if dims > 0 && rapid.IntRange(0, 9).Draw(t, "pointers") == 9 {
			for range dims {
				l.Suboffsets = append(l.Suboffsets, rapid.IntRange(-1, 0).Draw(t, "suboffset"))
			}
		}
		for _, order := range []buffer.Order{buffer.C, buffer.F, buffer.Any} {
			err := l.CheckContiguous(order)
			if (err == nil) != l.IsContiguous(order) || err != nil && !errors.Is(err, buffer.ErrNotContiguous) {
				t.Fatalf("%+v in %v: %v", l, order, err)
			}
			var e *buffer.StrideError
			if !errors.As(err, &e) || e.Indirect {
				continue
			}
			faster := l
			if e.Order == buffer.C {
				faster.Shape, faster.Strides = l.Shape[e.Dim+1:], strides(l)[e.Dim+1:]
			} else {
				faster.Shape, faster.Strides = l.Shape[:e.Dim], strides(l)[:e.Dim]
			}
			want := l.ItemSize
			for _, extent := range faster.Shape {
				want *= extent
			}
			if !faster.IsContiguous(e.Order) || e.Stride != strides(l)[e.Dim] || e.Want != want || e.Stride == want {
				t.Fatalf("%+v in %v: %+v", l, order, e)
			}
		}
	})
	if err := (buffer.Layout{Shape: []int{2}, ItemSize: 1, Strides: []int{2}}).CheckContiguous('x'); !errors.Is(err, buffer.ErrValue) {
		t.Error(err)
	}
	if err := (buffer.Layout{Shape: []int{-2}, ItemSize: 1, Strides: []int{1, 2}}).CheckContiguous(buffer.C); !errors.Is(err, buffer.ErrLayout) {
		t.Error(err)
	}
}

func strides(l buffer.Layout) []int {
	if l.Strides != nil {
		return l.Strides
	}
	all, err := buffer.ContiguousStrides(l.Shape, l.ItemSize, buffer.C)
	if err != nil {
		panic(err)
	}
	return all
}
