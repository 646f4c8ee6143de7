package buffertest_test

import (
	"errors"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
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

// TestOwnExporters puts the exporters of this module through the suite.
func TestOwnExporters(t *testing.T) {
	view := func(obj any, expr string) buffer.Exporter {
		return must(must(memoryview.FromObject(obj)).Select(expr))
	}
	matrix := [3][4]int32{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}}
	rows := must(export.Rows([][]int16{{1, 2, 3}, {4, 5, 6}}))
	strided := buffer.Layout{ItemSize: 2, Format: "h", Shape: []int{2, 3}, Strides: []int{2, -6}}
	for name, exporter := range map[string]buffer.Exporter{
		"byte array":             export.NewByteArray([]byte("hello")),
		"no bytes":               export.NewByteArray(nil),
		"strided":                must(export.Strided(make([]byte, 32), 16, strided, false)),
		"strided and read-only":  must(export.Strided(make([]byte, 32), 16, strided, true)),
		"no dimensions":          must(export.Strided(make([]byte, 8), 0, buffer.Layout{ItemSize: 8, Format: "d"}, false)),
		"rows":                   rows,
		"view":                   view(&matrix, ""),
		"view of columns":        view(&matrix, ":, ::2"),
		"view backwards":         view(&matrix, "::-1, ::-1"),
		"view of one item":       view(&matrix, "1, 2"),
		"view of text":           view("text", ""),
		"view of rows":           view(rows, "1:, ::-1"),
		"view of a row":          view(rows, "1"),
		"view without items":     view(&matrix, "0:0"),
		"view of records":        view([]struct{ A, B int16 }{{1, 2}, {3, 4}}, "::-1"),
		"view in Fortran order":  must(must(memoryview.FromObject(&matrix)).Transpose()),
		"view that is read-only": must(must(memoryview.FromObject(&matrix)).ToReadOnly()),
	} {
		if err := buffertest.TestExporter(exporter); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type exporterFunc func(flags buffer.Flags) (*buffer.Buffer, error)

func (f exporterFunc) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) { return f(flags) }

// TestFindsFaults gives the suite exporters with one fault each.
func TestFindsFaults(t *testing.T) {
	mem := []byte("abcdefgh")
	lend := func(l buffer.Layout, flags buffer.Flags) (*buffer.Buffer, error) {
		return buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: len(mem)}.Lend(0, l, flags)
	}
	row := buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{4}}
	gaps := buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{4}, Strides: []int{2}}
	for fault, c := range map[string]struct {
		exporter exporterFunc
		found    string
	}{
		"refuses everything": {func(buffer.Flags) (*buffer.Buffer, error) { return nil, buffer.ErrValue }, "which every exporter serves"},
		"passes the flags by": {func(buffer.Flags) (*buffer.Buffer, error) {
			return lend(gaps, buffer.FullRO)
		}, "was granted, but the items are not contiguous"},
		"refuses what it can": {func(flags buffer.Flags) (*buffer.Buffer, error) {
			if flags.Has(buffer.FContiguous) {
				return nil, buffer.ErrNotContiguous
			}
			return lend(row, flags)
		}, "refused without need"},
		"has errors of its own": {func(flags buffer.Flags) (*buffer.Buffer, error) {
			if flags.Has(buffer.Writable) {
				return nil, errors.New("no")
			}
			return lend(row, flags)
		}, "matches no variable"},
		"lends other memory": {func(flags buffer.Flags) (*buffer.Buffer, error) {
			if flags.Has(buffer.Writable) {
				return buffer.Get([]byte("wxyz"), flags)
			}
			return lend(row, flags)
		}, "shows other memory"},
		"always returns nothing": {func(buffer.Flags) (*buffer.Buffer, error) { return nil, nil }, "neither a loan nor an error"},
		"panics":                 {func(buffer.Flags) (*buffer.Buffer, error) { panic("no") }, "panicked: no"},
		"is none":                {nil, "panicked"},
		"returns nothing": {func(flags buffer.Flags) (*buffer.Buffer, error) {
			if flags == buffer.Simple {
				return nil, nil
			}
			return lend(row, flags)
		}, "neither a loan nor an error"},
	} {
		if err := buffertest.TestExporter(nil); err == nil {
			t.Error("no exporter is one")
		}
		if err := buffertest.TestExporter(c.exporter); err == nil || !strings.Contains(err.Error(), c.found) {
			t.Errorf("an exporter that %s: %v", fault, err)
		}
	}
}
