package buffer_test

import (
	"fmt"
	"slices"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// matrix lends int32 items row by row, or column by column.
func matrix(items []int32, rows, cols int, order buffer.Order) exporterFunc {
	return func(flags buffer.Flags) (*buffer.Buffer, error) {
		l := buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{rows, cols}}
		l.Strides = must(buffer.ContiguousStrides(l.Shape, l.ItemSize, order))
		m := buffer.Memory{Base: unsafe.Pointer(&items[0]), Size: 4 * len(items), Obj: items}
		return m.Lend(0, l, flags)
	}
}

func TestParallelCopies(t *testing.T) {
	const rows, cols = 700, 900
	src, dst := make([]int32, rows*cols), make([]int32, rows*cols)
	for i := range src {
		src[i] = int32(i)
	}
	for _, workers := range []int{-1, 0, 1, 2, 7} {
		clear(dst)
		if err := buffer.Copy(matrix(dst, rows, cols, buffer.F), matrix(src, rows, cols, buffer.C), buffer.Parallel(workers)); err != nil {
			t.Fatal(err)
		}
		for i, n := range dst {
			if want := int32(i%rows*cols + i/rows); n != want {
				t.Fatalf("%d workers: item %d is %d, want %d", workers, i, n, want)
			}
		}
	}
}

// TestParallelCopyOntoItsSource is one that needs a temporary: a matrix turned where it lies.
func TestParallelCopyOntoItsSource(t *testing.T) {
	const side = 800
	items := make([]int32, side*side)
	for i := range items {
		items[i] = int32(i)
	}
	if err := buffer.Copy(matrix(items, side, side, buffer.F), matrix(items, side, side, buffer.C), buffer.Parallel(2)); err != nil {
		t.Fatal(err)
	}
	for i, n := range items {
		if want := int32(i%side*side + i/side); n != want {
			t.Fatalf("item %d is %d, want %d", i, n, want)
		}
	}
}

// Goroutines are for copies of some size: a smaller one is made without.
func ExampleParallel() {
	src, dst := make([]float64, 1_000_000), make([]float64, 1_000_000)
	src[999_999] = 2.5
	err := buffer.Copy(dst, src, buffer.Parallel(0))
	fmt.Println(err, slices.Equal(dst, src))
	// Output: <nil> true
}
