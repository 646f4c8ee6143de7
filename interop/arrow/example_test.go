package arrow_test

import (
	"fmt"

	arrowgo "github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/interop/arrow"
)

func ExampleExporter() {
	b := array.NewInt32Builder(memory.DefaultAllocator)
	b.AppendValues([]int32{1, 2, 3, 4, 5, 6}, nil)
	column := b.NewArray()
	defer column.Release()

	e, err := arrow.Exporter(column)
	if err != nil {
		panic(err)
	}
	v, err := memoryview.FromObject(e)
	if err != nil {
		panic(err)
	}
	defer v.Release()
	grid, err := v.Cast("i", 2, 3)
	if err != nil {
		panic(err)
	}
	defer grid.Release()
	fmt.Println(grid.ToList())
	// Output: [[1 2 3] [4 5 6]] <nil>
}

func ExampleArray() {
	samples := []float32{1, 2, 3, 4}
	v, err := memoryview.FromObject(samples)
	if err != nil {
		panic(err)
	}
	column, err := arrow.Array(v)
	if err != nil {
		panic(err)
	}
	defer column.Release()

	schema := arrowgo.NewSchema([]arrowgo.Field{{Name: "samples", Type: column.DataType()}}, nil)
	batch := array.NewRecordBatch(schema, []arrowgo.Array{column}, int64(column.Len()))
	defer batch.Release()
	samples[3] = 40
	fmt.Println(batch.Column(0))
	// Output: [1 2 3 40]
}
