package gonum_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/interop/gonum"
)

func ExampleExporter() {
	m := mat.NewDense(2, 3, []float64{1, 2, 3, 4, 5, 6})
	e, err := gonum.Exporter(m)
	if err != nil {
		panic(err)
	}
	v, err := memoryview.FromObject(e)
	if err != nil {
		panic(err)
	}
	last, err := v.Select(":, -1")
	if err != nil {
		panic(err)
	}
	if err := last.CopyFrom([]float64{30, 60}); err != nil {
		panic(err)
	}
	fmt.Println(mat.Formatted(m))
	// Output:
	// ⎡ 1   2  30⎤
	// ⎣ 4   5  60⎦
}

func ExampleDense() {
	samples := []float64{2, 0, 0, 2}
	v, err := memoryview.FromObject(samples)
	if err != nil {
		panic(err)
	}
	grid, err := v.Cast("d", 2, 2)
	if err != nil {
		panic(err)
	}
	m, err := gonum.Dense(grid)
	if err != nil {
		panic(err)
	}
	m.Scale(10, m)
	fmt.Println(mat.Trace(m), samples)
	// Output: 40 [20 0 0 20]
}
