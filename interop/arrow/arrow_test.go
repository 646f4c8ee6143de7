package arrow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unsafe"

	arrowgo "github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/arrow/tensor"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
	"github.com/go-memoryview/memoryview/interop/arrow"
)

func must[T any](t T, err error) T {
	if err != nil {
		panic(err)
	}
	return t
}

// view is one of anything that lends its memory.
func view(obj any) *memoryview.View { return must(memoryview.FromObject(obj)) }

// arrays are one of each type that has items, in the memory of an allocator, by their values in JSON.
func arrays(mem memory.Allocator) map[string]arrowgo.Array {
	of := func(dt arrowgo.DataType, values string) arrowgo.Array {
		a, _, err := array.FromJSON(mem, dt, strings.NewReader(values))
		return must(a, err)
	}
	all := map[string]arrowgo.Array{}
	for _, dt := range []arrowgo.DataType{
		arrowgo.PrimitiveTypes.Int8, arrowgo.PrimitiveTypes.Int16, arrowgo.PrimitiveTypes.Int32, arrowgo.PrimitiveTypes.Int64,
		arrowgo.PrimitiveTypes.Uint8, arrowgo.PrimitiveTypes.Uint16, arrowgo.PrimitiveTypes.Uint32, arrowgo.PrimitiveTypes.Uint64,
		arrowgo.FixedWidthTypes.Float16, arrowgo.PrimitiveTypes.Float32, arrowgo.PrimitiveTypes.Float64,
	} {
		all[dt.Name()] = of(dt, "[3, 1, 4, 1, 5]")
	}
	all["months"] = of(arrowgo.FixedWidthTypes.MonthInterval, `[{"months": 3}]`)
	all["timestamp"] = of(&arrowgo.TimestampType{Unit: arrowgo.Microsecond}, `["1970-01-02 00:00:00", "2026-11-26 01:02:03"]`)
	all["binary"] = of(&arrowgo.FixedSizeBinaryType{ByteWidth: 3}, `["YWJj", "ZGVm"]`)
	all["list"] = of(arrowgo.FixedSizeListOf(2, arrowgo.PrimitiveTypes.Int16), "[[1, 2], [3, 4], [5, 6]]")
	all["list of lists"] = of(arrowgo.FixedSizeListOf(2, arrowgo.FixedSizeListOf(3, arrowgo.PrimitiveTypes.Uint8)), "[[[1,2,3],[4,5,6]],[[7,8,9],[10,11,12]]]")
	all["no items"] = of(arrowgo.PrimitiveTypes.Float64, "[]")
	all["interval"] = of(arrowgo.FixedWidthTypes.MonthDayNanoInterval, `[{"months": 1, "days": 2, "nanoseconds": 3}]`)
	all["slice"] = slice(of(arrowgo.PrimitiveTypes.Int32, "[0, 1, 2, 3, 4, 5]"), 2, 5)
	all["slice of a list"] = slice(of(arrowgo.FixedSizeListOf(2, arrowgo.PrimitiveTypes.Float32), "[[1, 2], [3, 4], [5, 6]]"), 1, 3)
	return all
}

// slice takes the array over.
func slice(a arrowgo.Array, from, to int64) arrowgo.Array {
	defer a.Release()
	return array.NewSlice(a, from, to)
}

func TestExporters(t *testing.T) {
	for name, a := range arrays(memory.DefaultAllocator) {
		t.Run(name, func(t *testing.T) {
			buffertest.Test(t, func() buffer.Exporter { return must(arrow.Exporter(a)) })
		})
	}
	grid := view([]int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	grid = must(grid.CastShape("i", []int{3, 4}))
	for name, part := range map[string]string{"rows": ":", "every second column": ":, ::2", "one item": "1, 2", "no items": "2:2"} {
		for _, v := range []*memoryview.View{must(grid.Select(part)), must(must(grid.Select(part)).Transpose())} {
			t.Run("tensor of "+name, func(t *testing.T) {
				whole := must(arrow.Tensor(v))
				buffertest.Test(t, func() buffer.Exporter { return must(arrow.TensorExporter(whole)) })
			})
		}
	}
	t.Run("array of a view", func(t *testing.T) {
		a := must(arrow.Array(grid))
		buffertest.Test(t, func() buffer.Exporter { return must(arrow.Exporter(a)) })
	})
}

// TestItems: Arrow itself says which item stands where.
func TestItems(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	for name, a := range arrays(mem) {
		v := view(must(arrow.Exporter(a)))
		if v.Shape()[0] != a.Len() || !v.ReadOnly() {
			t.Errorf("%s: shape %v of %d items, read-only: %v", name, v.Shape(), a.Len(), v.ReadOnly())
		}
		for i := range a.Len() {
			item := must(v.Sub(i))
			if got, want := text(must(item.ToList())), strings.NewReplacer(",", " ").Replace(a.ValueStr(i)); got != want && !opaque[name] {
				t.Errorf("%s: item %d is %s, and Arrow says %s", name, i, got, want)
			}
			if err := item.Release(); err != nil {
				t.Error(err)
			}
		}
		a.Release()
		if v.NBytes() > 0 && mem.CurrentAlloc() == 0 {
			t.Errorf("%s: the memory was given back while it is lent", name)
		}
		if err := v.Release(); err != nil {
			t.Error(err)
		}
	}
	mem.AssertSize(t, 0)
}

// opaque are those whose text is no number.
var opaque = map[string]bool{"timestamp": true, "binary": true, "interval": true, "months": true}

func text(item any) string {
	if h, is := item.(interface{ Float32() float32 }); is {
		return fmt.Sprint(float16.New(h.Float32()))
	}
	return fmt.Sprint(item)
}

func TestTimesAndBytes(t *testing.T) {
	all := arrays(memory.DefaultAllocator)
	if got := must(view(must(arrow.Exporter(all["timestamp"]))).At(0)); got != int64(86400e6) {
		t.Errorf("a day is %v microseconds", got)
	}
	if got := must(view(must(arrow.Exporter(all["binary"]))).At(1)); string(got.([]byte)) != "def" {
		t.Errorf("the bytes are %q", got)
	}
	v := view(must(arrow.Exporter(all["interval"])))
	if got := must(must(v.Field("nanoseconds")).At(0)); got != int64(3) {
		t.Errorf("the nanoseconds are %v", got)
	}
}

func TestNulls(t *testing.T) {
	of := func(dt arrowgo.DataType, values string) arrowgo.Array {
		a, _, err := array.FromJSON(memory.DefaultAllocator, dt, strings.NewReader(values))
		return must(a, err)
	}
	holes := of(arrowgo.PrimitiveTypes.Int32, "[7, null, 9]")
	inside := of(arrowgo.FixedSizeListOf(2, arrowgo.PrimitiveTypes.Int8), "[[1, null], [3, 4]]")
	for _, a := range []arrowgo.Array{holes, inside, array.NewSlice(holes, 1, 3), array.NewSlice(inside, 0, 1)} {
		if e, err := arrow.Exporter(a); !errors.Is(err, buffer.ErrValue) || !strings.Contains(err.Error(), "1 of its items are null") {
			t.Errorf("%v: %v, %v", a, e, err)
		}
	}
	for _, a := range []arrowgo.Array{array.NewSlice(holes, 2, 3), array.NewSlice(inside, 1, 2)} {
		if _, err := arrow.Exporter(a); err != nil {
			t.Errorf("%v, which has no nulls: %v", a, err)
		}
	}
	v := view(must(arrow.Values(holes)))
	if got, want := fmt.Sprint(must(v.At(0)), must(v.At(2)), arrow.Validity(holes)), "7 9 [true false true]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestExporterRefuses(t *testing.T) {
	for _, c := range []struct {
		dt     arrowgo.DataType
		values string
		says   string
	}{
		{arrowgo.FixedWidthTypes.Boolean, "[true]", "bits"},
		{arrowgo.BinaryTypes.String, `["a"]`, "lengths"},
		{arrowgo.ListOf(arrowgo.PrimitiveTypes.Int8), "[[1]]", "ListValues"},
		{&arrowgo.Decimal128Type{Precision: 5}, `["1"]`, "decimals"},
		{arrowgo.StructOf(arrowgo.Field{Name: "x", Type: arrowgo.PrimitiveTypes.Int8}), `[{"x": 1}]`, "Field(i)"},
		{arrowgo.FixedSizeListOf(2, arrowgo.FixedWidthTypes.Boolean), "[[true, false]]", "bits"},
		{&arrowgo.DictionaryType{IndexType: arrowgo.PrimitiveTypes.Int8, ValueType: arrowgo.BinaryTypes.String}, `["a"]`, "Indices"},
		{arrowgo.Null, "[null]", "there are none"},
	} {
		a, _, err := array.FromJSON(memory.DefaultAllocator, c.dt, strings.NewReader(c.values))
		if err != nil {
			t.Fatal(err)
		}
		if e, err := arrow.Exporter(a); !errors.Is(err, buffer.ErrType) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v, %v", c.dt, e, err)
		}
	}
	a := must(arrow.Array(view([]int8{1})))
	e := must(arrow.Exporter(a))
	a.Release()
	if _, err := e.GetBuffer(buffer.FullRO); !errors.Is(err, buffer.ErrReleased) {
		t.Errorf("an array that was released: %v", err)
	}
}

// TestArrayOfView: the array is the view's memory, which comes back once, when Arrow and everybody else have let go of it.
func TestArrayOfView(t *testing.T) {
	data := []uint16{1, 2, 3, 4, 5, 6, 7, 8}
	released := 0
	v := must(memoryview.FromMemory(unsafe.Pointer(&data[0]), 16, buffer.Write, memoryview.WithRelease(func() { released++ })))
	grid := must(v.CastShape("H", []int{2, 2, 2}))
	a := must(arrow.Array(grid))
	if got, want := a.DataType().String(), "fixed_size_list<item: fixed_size_list<item: uint16, 2>, 2>"; !strings.HasPrefix(got, want[:30]) {
		t.Errorf("the type is %s", got)
	}
	data[5] = 60
	if got := fmt.Sprint(a); got != "[[[1 2] [3 4]] [[5 60] [7 8]]]" {
		t.Errorf("the array is %s", got)
	}
	if err := errors.Join(grid.Release(), v.Release()); err != nil {
		t.Fatal(err)
	}
	part := array.NewSlice(a, 1, 2)
	a.Release()
	again := view(must(arrow.Exporter(part)))
	part.Release()
	if got := fmt.Sprint(must(again.ToList())); got != "[[[5 60] [7 8]]]" || released != 0 {
		t.Errorf("the rest is %s, and the memory was given back %d times", got, released)
	}
	if err := again.Release(); err != nil || released != 1 {
		t.Errorf("%v: the memory was given back %d times", err, released)
	}
}

// TestTensorOfView compares items by Arrow's own arithmetic.
func TestTensorOfView(t *testing.T) {
	data := make([]float64, 24)
	for i := range data {
		data[i] = float64(i)
	}
	grid := must(view(data).CastShape("d", []int{4, 6}))
	for _, part := range []string{":", "1:3, 2:5", "::2, ::3", "1, :", "3:", ":, 2:3"} {
		for _, turn := range []bool{false, true} {
			v := must(grid.Select(part))
			if turn {
				v = must(v.Transpose())
			}
			x := must(arrow.Tensor(v)).(*tensor.Float64)
			for i := range v.Shape()[0] {
				index := []int64{int64(i)}
				if v.NDim() == 2 {
					index = append(index, int64(v.Shape()[1]-1))
				}
				if got, want := x.Value(index), must(v.At([]int{i, -1}[:v.NDim()]...)); got != want {
					t.Errorf("%s, turned %v: item %v is %v, want %v", part, turn, index, got, want)
				}
			}
			back := view(must(arrow.TensorExporter(x)))
			if same, err := back.Equal(v); !same || err != nil {
				t.Errorf("%s, turned %v: it comes back as %v: %v", part, turn, must(back.ToList()), err)
			}
		}
	}
	x := must(arrow.Tensor(must(grid.Transpose()), "x", "y"))
	if !x.IsColMajor() || x.IsRowMajor() || x.DimName(1) != "y" {
		t.Errorf("transposed: columns %v, rows %v, names %v", x.IsColMajor(), x.IsRowMajor(), x.DimNames())
	}
}

func TestRefusals(t *testing.T) {
	grid := must(view(make([]int32, 6)).CastShape("i", []int{2, 3}))
	type point struct{ X, Y int32 }
	for name, c := range map[string]struct {
		v           *memoryview.View
		array, tens error
		says        string
	}{
		"every second":       {must(grid.Select(":, ::2")), buffer.ErrNotContiguous, nil, "Tensor"},
		"backwards":          {must(grid.Select("::-1")), buffer.ErrNotContiguous, buffer.ErrNotContiguous, "GetContiguous"},
		"bools":              {view([]bool{true}), buffer.ErrType, buffer.ErrType, "bits"},
		"records":            {view([]point{{1, 2}}), buffer.ErrType, buffer.ErrType, "Field"},
		"complex":            {view([]complex64{1}), buffer.ErrType, buffer.ErrType, "Convert"},
		"another byte order": {must(view(make([]byte, 8)).Cast(swapped("q"))), buffer.ErrType, buffer.ErrType, "Convert"},
		"one item":           {must(grid.Select("1, 1")), buffer.ErrValue, nil, "(1,)"},
		"empty lists":        {must(grid.Select(":, 1:1")), buffer.ErrValue, nil, "extent 0"},
		"not aligned":        {must(must(view(make([]byte, 9)).Slice(1, 9, 1)).Cast("q")), buffer.ErrLayout, buffer.ErrLayout, "aligned"},
		"half floats":        {must(view(make([]byte, 4)).Cast("e")), nil, buffer.ErrType, "Array"},
		"bfloat16":           {must(view(make([]byte, 4)).Cast("[bfloat16]")), buffer.ErrType, buffer.ErrType, "Convert"},
	} {
		_, errArray := arrow.Array(c.v)
		_, errTensor := arrow.Tensor(c.v)
		if !errors.Is(errArray, c.array) || !errors.Is(errTensor, c.tens) {
			t.Errorf("%s: Array %v, Tensor %v", name, errArray, errTensor)
		}
		if text := fmt.Sprint(errArray, errTensor); !strings.Contains(text, c.says) {
			t.Errorf("%s: %q is missing in %s", name, c.says, text)
		}
		if _, err := arrow.Tensor(c.v, "a", "b", "c"); !errors.Is(err, buffer.ErrValue) {
			t.Errorf("%s: with three names: %v", name, err)
		}
	}
}

// swapped is a format in the order that is not the machine's.
func swapped(code string) string {
	if must(must(view([]uint16{1}).Cast("B")).At(0)) == uint8(1) {
		return ">" + code
	}
	return "<" + code
}
