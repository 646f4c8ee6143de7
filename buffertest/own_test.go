package buffertest_test

import (
	"image"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
	"github.com/go-memoryview/memoryview/export"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// plain makes an exporter of a Go value.
func plain(obj any) buffer.Exporter {
	return exporterFunc(func(flags buffer.Flags) (*buffer.Buffer, error) { return buffer.Get(obj, flags) })
}

type exporterFunc func(flags buffer.Flags) (*buffer.Buffer, error)

func (f exporterFunc) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) { return f(flags) }

// counted is an exporter that tells how many of its loans are out.
type counted struct {
	buffer.Exporter
	loans *atomic.Int64
}

func (c counted) Loans() int { return int(c.loans.Load()) }

// viewed lends a byte array by way of a view that is released at once.
type viewed struct{ *export.ByteArray }

func (a viewed) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	v, err := memoryview.FromObject(a.ByteArray)
	if err != nil {
		return nil, err
	}
	defer v.Release()
	return v.Buffer().Lend(a, flags, nil)
}

// TestOwnExporters puts the exporters of this module through the suite.
func TestOwnExporters(t *testing.T) {
	type point struct {
		X, Y int16
		In   [2]bool
	}
	view := func(obj any, expr string) *memoryview.View {
		return must(must(memoryview.FromObject(obj)).Select(expr))
	}
	matrix := func() *[3][4]int32 { return &[3][4]int32{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}} }
	rows := func() buffer.Exporter { return must(export.Rows([][]int16{{1, 2, 3}, {4, 5, 6}})) }
	strided := func(readOnly bool, shape, strides []int) buffer.Exporter {
		mem := []byte("abcdefghijklmnopqrstuvwxyz012345")
		return must(export.Strided(mem, 16, buffer.Layout{ItemSize: 2, Format: "h", Shape: shape, Strides: strides}, readOnly))
	}
	for name, makes := range map[string]func() buffer.Exporter{
		"byte array":            func() buffer.Exporter { return export.NewByteArray([]byte("hello")) },
		"no bytes":              func() buffer.Exporter { return export.NewByteArray(nil) },
		"strided":               func() buffer.Exporter { return strided(false, []int{2, 3}, []int{2, -6}) },
		"strided and read-only": func() buffer.Exporter { return strided(true, []int{2, 3}, []int{2, -6}) },
		"broadcast":             func() buffer.Exporter { return strided(true, []int{4, 3}, []int{0, 2}) },
		"in Fortran order":      func() buffer.Exporter { return strided(false, []int{2, 3}, []int{2, 4}) },
		"no dimensions":         func() buffer.Exporter { return strided(false, nil, nil) },
		"no items":              func() buffer.Exporter { return strided(false, []int{2, 0, 3}, []int{2, 2, 2}) },
		"rows":                  rows,
		"rows of arrays":        func() buffer.Exporter { return must(export.Rows([][][2]uint32{{{1, 2}}, {{3, 4}}})) },
		"image":                 func() buffer.Exporter { return must(export.Image(image.NewNRGBA64(image.Rect(0, 0, 3, 2)))) },
		"part of an image": func() buffer.Exporter {
			return must(export.Image(image.NewGray(image.Rect(0, 0, 9, 9)).SubImage(image.Rect(2, 3, 5, 5))))
		},

		"bytes":       func() buffer.Exporter { return plain([]byte("some bytes")) },
		"string":      func() buffer.Exporter { return plain("a string") },
		"numbers":     func() buffer.Exporter { return plain([]float64{1, 2, 3}) },
		"array":       func() buffer.Exporter { return plain(matrix()) },
		"one number":  func() buffer.Exporter { return plain(new(complex128)) },
		"structs":     func() buffer.Exporter { return plain([]point{{1, 2, [2]bool{}}, {3, 4, [2]bool{true}}}) },
		"bools":       func() buffer.Exporter { return plain([]bool{true, false}) },
		"addresses":   func() buffer.Exporter { return plain([]uintptr{1, 2}) },
		"empty slice": func() buffer.Exporter { return plain([]int16{}) },
		"buffer":      func() buffer.Exporter { return lent(matrix()) },

		"view":                   func() buffer.Exporter { return view(matrix(), "") },
		"view of columns":        func() buffer.Exporter { return view(matrix(), ":, ::2") },
		"view backwards":         func() buffer.Exporter { return view(matrix(), "::-1, ::-1") },
		"view of one item":       func() buffer.Exporter { return view(matrix(), "1, 2") },
		"view of text":           func() buffer.Exporter { return view("text", "") },
		"view of rows":           func() buffer.Exporter { return view(rows(), "1:, ::-1") },
		"view of a row":          func() buffer.Exporter { return view(rows(), "1") },
		"view of no items":       func() buffer.Exporter { return view(matrix(), "0:0") },
		"view of no bytes":       func() buffer.Exporter { return must(view([]byte("abc"), "::2").Select("0:0")) },
		"view of records":        func() buffer.Exporter { return view([]point{{X: 1}, {Y: 2}}, "::-1") },
		"view of a field":        func() buffer.Exporter { return must(view([]point{{X: 1}, {Y: 2}}, "").Field("Y")) },
		"view in Fortran order":  func() buffer.Exporter { return must(view(matrix(), "").Transpose()) },
		"view that is read-only": func() buffer.Exporter { return must(view(matrix(), "").ToReadOnly()) },
		"view cast":              func() buffer.Exporter { return must(view(matrix(), "").Cast(">H", 2, 3, 4)) },
		"view of a view":         func() buffer.Exporter { return view(view(matrix(), ":, 1"), "1:") },
		"view of a loan":         func() buffer.Exporter { return must(memoryview.FromBuffer(must(buffer.Get(matrix(), buffer.Full)))) },
		"view of a copy": func() buffer.Exporter {
			return must(memoryview.GetContiguous(view(matrix(), "::-1"), buffer.Read, buffer.F))
		},
		"view of a byte array": func() buffer.Exporter { return viewed{export.NewByteArray([]byte("hello"))} },
		"view of an array's memory": func() buffer.Exporter {
			a := must(array.Of[int32](view(matrix(), "1")))
			row, _ := a.Slice()
			return view(row, "")
		},
		"view of memory": func() buffer.Exporter {
			mem := []byte("memory of C")
			return must(memoryview.FromMemory(unsafe.Pointer(&mem[0]), len(mem), buffer.Write, memoryview.WithOwner(mem)))
		},
		"memory that is given back": givenBack,
	} {
		t.Run(name, func(t *testing.T) { buffertest.Test(t, makes) })
	}
}

// lent lends a loan on.
func lent(obj any) buffer.Exporter {
	b := must(buffer.Get(obj, buffer.Full))
	return exporterFunc(func(flags buffer.Flags) (*buffer.Buffer, error) { return b.Lend(obj, flags, nil) })
}

// givenBack makes a view of memory with a release function for each loan, which takes the memory away.
func givenBack() buffer.Exporter {
	loans := new(atomic.Int64)
	return counted{exporterFunc(func(flags buffer.Flags) (*buffer.Buffer, error) {
		mem := []byte("memory of a library")
		loans.Add(1)
		v, err := memoryview.FromMemory(unsafe.Pointer(&mem[0]), len(mem), buffer.Read, memoryview.WithRelease(func() {
			loans.Add(-1)
			clear(mem)
		}))
		if err != nil {
			return nil, err
		}
		defer v.Release()
		return v.Buffer().Lend(v, flags, nil)
	}), loans}
}
