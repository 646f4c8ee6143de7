package memoryview_test

import (
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

// TestAllocations holds what is done for each item, or on each call in a loop, to its allocations.
func TestAllocations(t *testing.T) {
	data := make([]byte, 64)
	v := must(must(memoryview.FromObject(data)).Cast("B", 8, 8))
	columns := must(v.Transpose())
	b, c := v.Buffer(), columns.Buffer()
	dst := make([]byte, 64)
	var piece memoryview.View
	numbers, same, row := []float64{1, 2, 3, 4}, []float64{1, 2, 3, 4}, must(memoryview.FromObject([]int16{1, 2, 3, 4}))
	var bytes, floats, others, one any = data, numbers, same, byte(1) // what is no pointer is moved to the heap by whoever makes an any of it
	flat := must(memoryview.FromObject(make([]byte, 64)))
	for _, claim := range []struct {
		what string
		most float64
		call func()
	}{
		{"Buffer.Extent and Stride", 0, func() { _ = b.Extent(0) + b.Stride(1) }},
		{"Buffer.Access", 0, func() { _ = b.Access(func(unsafe.Pointer) error { return nil }, 1, 2) }},
		{"Buffer.Pointer", 0, func() { _, _ = b.Pointer(1, 2) }},
		{"Buffer.ToContiguous", 0, func() { _ = c.ToContiguous(dst, buffer.C) }},
		{"View.At of a small item", 0, func() { _, _ = v.At(1, 2) }},
		{"View.Set of a small item", 0, func() { _ = v.Set(byte(3), 1, 2) }},
		{"View.AppendBytes", 0, func() { _, _ = v.AppendBytes(dst[:0], buffer.C) }},
		{"View.Sub", 1, func() { _, _ = v.Sub(3) }},
		{"View.Slice", 1, func() { _, _ = v.Slice(0, 4, 1) }},
		{"View.SliceInto", 0, func() { _ = v.SliceInto(&piece, 0, 4, 1) }},
		{"View.SubInto", 0, func() { _ = v.SubInto(&piece, 3) }},
		{"View.Cast", 3, func() { _, _ = v.Cast("H") }},
		{"View.Count", 0, func() { _, _ = v.Count(one) }},
		{"View.Index", 0, func() { _, _ = flat.Index(one) }},
		{"View.Equal of a view", 0, func() { _, _ = v.Equal(v) }},
		{"View.Equal of a slice", 0, func() { _, _ = flat.Equal(bytes) }},
		{"View.CopyFrom of a slice", 0, func() { _ = flat.CopyFrom(bytes) }},
		{"Convert to a slice", 0, func() { _ = memoryview.Convert(floats, row) }},
		{"buffer.Copy between slices", 0, func() { _ = buffer.Copy(floats, others) }},
		{"buffer.Get of a slice", 1, func() { _, _ = buffer.Get(floats, buffer.FullRO) }},
		{"FromObject of a slice", 2, func() { _, _ = memoryview.FromObject(floats) }},
	} {
		if got := testing.AllocsPerRun(100, claim.call); got > claim.most {
			t.Errorf("%s allocates %v times, at most %v", claim.what, got, claim.most)
		}
	}
}

func BenchmarkAt(b *testing.B) {
	v := must(memoryview.FromObject(make([]byte, 64)))
	for b.Loop() {
		_, _ = v.At(5)
	}
}

func BenchmarkSlice(b *testing.B) {
	v := must(memoryview.FromObject(make([]byte, 64)))
	for b.Loop() {
		_, _ = v.Slice(2, 40, 1)
	}
}

func BenchmarkSliceInto(b *testing.B) {
	v := must(memoryview.FromObject(make([]byte, 64)))
	var piece memoryview.View
	for b.Loop() {
		_ = v.SliceInto(&piece, 2, 40, 1)
	}
}

func BenchmarkFromObject(b *testing.B) {
	data := make([]byte, 64)
	for b.Loop() {
		v, _ := memoryview.FromObject(data)
		_ = v.Release()
	}
}

func BenchmarkTranspose1024(b *testing.B) {
	v := must(must(must(memoryview.FromObject(make([]int32, 1<<20))).Cast("i", 1024, 1024)).Transpose())
	dst := make([]byte, 4<<20)
	b.SetBytes(4 << 20)
	for b.Loop() {
		_, _ = v.AppendBytes(dst[:0], buffer.C)
	}
}
