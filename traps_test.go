package memoryview_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
)

// The corners of CPython's memoryview in which others went wrong; each says what CPython does.
var traps = []struct {
	rule string
	hold func() bool
}{
	{"releasing a parent leaves its slices alive and the exporter locked", func() bool {
		array := export.NewByteArray([]byte("abc"))
		v := must(memoryview.FromObject(array))
		part := must(v.Slice(0, 2, 1))
		_ = v.Release()
		return must(part.At(0)) == byte('a') && errors.Is(array.Resize(0), buffer.ErrExported) && part.Release() == nil && array.Resize(0) == nil
	}},
	{"a view of a view is another handle with the same exporter", func() bool {
		data := []byte("abc")
		v := must(memoryview.FromObject(data))
		w := must(memoryview.FromObject(v))
		_ = v.Release()
		return v != w && cmp.Equal(w.Base(), any(data)) && must(w.At(2)) == byte('c')
	}},
	{"toreadonly always makes a new view", func() bool {
		v := must(memoryview.FromObject("abc"))
		w := must(v.ToReadOnly())
		return v != w && w.ReadOnly() && w.Base() == "abc"
	}},
	{"the hash survives the release", func() bool {
		v := must(memoryview.FromObject("abc"))
		before := must(v.Hash())
		_ = v.Release()
		return must(v.Hash()) == before
	}},
	{"a read-only view of memory that can change has no hash", func() bool {
		v := must(must(memoryview.FromObject([]byte("abc"))).ToReadOnly())
		_, err := v.Hash()
		return errors.Is(err, buffer.ErrType)
	}},
	{"a 'b' view hashes like the bytes, yet is compared as signed numbers", func() bool {
		v := must(memoryview.FromObject("\xff\x01"))
		signed := must(v.Cast("b"))
		return must(v.Hash()) == must(signed.Hash()) && !must(v.Equal(signed))
	}},
	{"only bytes can be hashed", func() bool {
		_, err := must(must(memoryview.FromObject("abcd")).Cast("i")).Hash()
		return errors.Is(err, buffer.ErrValue)
	}},
	{"a view with a NaN is unequal to itself", func() bool {
		v := must(memoryview.FromObject([]float64{math.NaN()}))
		return !must(v.Equal(v))
	}},
	{"a released view equals itself and nothing else", func() bool {
		data := []byte("abc")
		v, w := must(memoryview.FromObject(data)), must(memoryview.FromObject(data))
		_, _ = v.Release(), w.Release()
		return must(v.Equal(v)) && !must(v.Equal(data)) && !must(v.Equal(w)) && strings.HasPrefix(v.String(), "<released memory at ")
	}},
	{"dimensions after one without items do not count in a comparison, their number does", func() bool {
		a := must(must(memoryview.FromObject("")).Cast("B", 0, 3))
		b := must(must(memoryview.FromObject("")).Cast("d", 0, 5))
		return must(a.Equal(b)) && !must(a.Equal(""))
	}},
	{"an empty slice of one dimension goes by its stride, of several it is contiguous", func() bool {
		row := must(must(memoryview.FromObject("abcdef")).Select("::2"))
		m := must(must(memoryview.FromObject("abcdef")).Cast("B", 2, 3))
		return !must(row.Slice(0, 0, 1)).Contiguous() && must(m.Select("0:0, ::2")).CContiguous()
	}},
	{"one item is contiguous whatever its stride", func() bool {
		return must(must(memoryview.FromObject("abcdef")).Select("::-9")).CContiguous()
	}},
	{"suboffsets are never contiguous", func() bool {
		v := must(memoryview.FromObject(must(export.Rows([][]byte{{1}}))))
		return !v.Contiguous() && !v.CContiguous() && !v.FContiguous() && !must(v.Sub()).Contiguous()
	}},
	{"a slice behind pointers moves the suboffset and not item 0", func() bool {
		v := must(memoryview.FromObject(must(export.Rows([][]byte{{1, 2, 3}, {4, 5, 6}}))))
		w := must(v.Select(":, 2:"))
		return fmt.Sprint(w.Suboffsets()) == "[2 -1]" && fmt.Sprint(must(w.ToList())) == "[[3] [6]]"
	}},
	{"'@i' and 'i' can be assigned to each other, 'i' and '<i' cannot", func() bool {
		v := must(memoryview.FromObject([]int32{1}))
		marked, little := must(v.Cast("@i")), must(v.Cast("<i"))
		return v.CopyFrom(marked) == nil && marked.CopyFrom(v) == nil && errors.Is(v.CopyFrom(little), buffer.ErrValue)
	}},
	{"read-only comes before the index", func() bool {
		return errors.Is(must(memoryview.FromObject("abc")).Set(0, 99), buffer.ErrReadOnly)
	}},
	{"a view without dimensions: ... is the view, the item is at no index", func() bool {
		number := 1.5
		v := must(memoryview.FromObject(&number))
		return must(v.Select("...")).NDim() == 0 && must(v.At()) == 1.5 && v.Set(2) == nil && number == 2
	}},
	{"an item size other than the format's stays", func() bool {
		mem := make([]byte, 8)
		b := must(buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: 8}.Lend(0, buffer.Layout{ItemSize: 4, Format: "B", Shape: []int{2}}, buffer.Simple))
		v := must(memoryview.FromBuffer(b))
		return v.ItemSize() == 4 && v.NBytes() == 8 && must(v.At(1)) == byte(0)
	}},
	{"bool bytes other than 0 and 1 are true", func() bool {
		v := must(must(memoryview.FromObject([]byte{0, 1, 5, 255})).Cast("?"))
		return fmt.Sprint(must(v.ToList())) == "[false true true true]" && must(v.Count(true)) == 3
	}},
	{"a lone 0x20 and unknown request flags are passed by", func() bool {
		columns := must(must(memoryview.FromObject(&[2][2]byte{})).Transpose())
		_, err := buffer.Get(columns, buffer.Strides|0x400)
		_, lone := buffer.Get([]byte("a"), 0x20)
		return err == nil && lone == nil
	}},
	{"READ and WRITE are no requests", func() bool {
		_, read := buffer.Get([]byte("a"), buffer.Read)
		_, write := must(memoryview.FromObject([]byte("a"))).GetBuffer(buffer.Write)
		return errors.Is(read, buffer.ErrValue) && errors.Is(write, buffer.ErrValue)
	}},
	{"bytes behind an item's format do not count in a comparison", func() bool {
		wide := func(mem []byte) *memoryview.View {
			return must(memoryview.FromObject(must(export.Strided(mem, 0, buffer.Layout{ItemSize: 4, Format: "B", Shape: []int{2}}, false))))
		}
		a, b := wide([]byte{1, 9, 9, 9, 2, 9, 9, 9}), wide([]byte{1, 0, 0, 0, 2, 0, 0, 0})
		return must(a.Equal(b)) && must(a.Equal([]byte{1, 2}))
	}},
	{"filling records leaves their padding", func() bool {
		mem := []byte{7, 7, 7, 7, 7, 7, 7, 7}
		v := must(must(memoryview.FromObject(mem)).Cast("T{B:a:x<H:b:}"))
		return v.CopyFrom([]any{1, 2}) == nil && fmt.Sprint(mem) == "[1 7 2 0 1 7 2 0]"
	}},
	{"items of no bytes are counted at once", func() bool {
		v := must(memoryview.FromObject(make([]struct{}, math.MaxInt/2)))
		return must(v.Equal(v)) && must(v.Count(5)) == 0
	}},
	{"memory without an exporter can be hashed through a read-only view", func() bool {
		mem := []byte("abc")
		v := must(must(memoryview.FromMemory(unsafe.Pointer(&mem[0]), 3, buffer.Write)).ToReadOnly())
		_, err := v.Hash()
		_, bools := must(must(memoryview.FromObject([]bool{true})).Cast("B")).Hash()
		return err == nil && errors.Is(bools, buffer.ErrType)
	}},
	{"a Go struct can be set and found among records", func() bool {
		type point struct{ X, y int16 }
		points := []point{{1, 2}, {3, 4}, {3, 4}}
		v := must(memoryview.FromObject(points))
		err := v.Set(point{5, 6}, 0)
		return err == nil && points[0] == point{5, 6} && must(v.Count(point{3, 4})) == 2 && must(v.Index([]any{3.0, 4})) == -1 && must(v.Index(&points[2])) == 1
	}},
	{"bytes compare with bytes only: 'c' is no 'B'", func() bool {
		v := must(memoryview.FromObject("abc"))
		return !must(v.Equal(must(v.Cast("c")))) && must(must(v.Cast("c")).Equal(must(v.Cast("1s"))))
	}},
}

func TestTraps(t *testing.T) {
	for _, trap := range traps {
		if !trap.hold() {
			t.Errorf("does not hold: %s", trap.rule)
		}
	}
}

// hostile is an exporter that does what its function says.
type hostile func(flags buffer.Flags) (*buffer.Buffer, error)

func (h hostile) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) { return h(flags) }

// Exporters, values and layouts that are out to break the consumer: each must end in an error of that kind.
var attacks = []struct {
	attack string
	want   error
	run    func() error
}{
	{"an exporter that returns nothing", buffer.ErrType, func() error {
		_, err := memoryview.FromObject(hostile(func(buffer.Flags) (*buffer.Buffer, error) { return nil, nil }))
		return err
	}},
	{"an exporter that returns an ended loan", buffer.ErrReleased, func() error {
		_, err := memoryview.FromObject(hostile(func(flags buffer.Flags) (*buffer.Buffer, error) {
			b := must(buffer.Get([]byte("abc"), flags))
			return b, b.Release()
		}))
		return err
	}},
	{"an exporter that returns a zero Buffer", buffer.ErrReleased, func() error {
		_, err := memoryview.FromObject(hostile(func(buffer.Flags) (*buffer.Buffer, error) { return new(buffer.Buffer), nil }))
		return err
	}},
	{"an exporter that lends read-only memory as writable", buffer.ErrReadOnly, func() error {
		_, err := buffer.Get(hostile(func(buffer.Flags) (*buffer.Buffer, error) { return buffer.Get("abc", buffer.FullRO) }), buffer.Full)
		return err
	}},
	{"a right side that releases the view while it lends", buffer.ErrReleased, func() error {
		v := must(memoryview.FromObject([]byte("abc")))
		return v.CopyFrom(hostile(func(flags buffer.Flags) (*buffer.Buffer, error) {
			_ = v.Release()
			return buffer.Get([]byte("xyz"), flags)
		}))
	}},
	{"a right side that releases the view while it lends, in a comparison", buffer.ErrReleased, func() error {
		v := must(memoryview.FromObject([]byte("abc")))
		_, err := v.Equal(hostile(func(flags buffer.Flags) (*buffer.Buffer, error) {
			_ = v.Release()
			return buffer.Get([]byte("abc"), flags)
		}))
		return err
	}},
	{"a right side of another shape", buffer.ErrValue, func() error {
		return must(memoryview.FromObject([]byte("abc"))).CopyFrom([]byte("toolong"))
	}},
	{"a copy into a smaller destination", buffer.ErrValue, func() error {
		return buffer.Copy([]byte("ab"), []byte("abc"))
	}},
	{"a copy to what lends nothing", buffer.ErrType, func() error { return buffer.Copy(5, []byte("abc")) }},
	{"bytes for a buffer of another length", buffer.ErrValue, func() error {
		return must(buffer.Get([]byte("abc"), buffer.FullRO)).ToContiguous(make([]byte, 2), buffer.C)
	}},
	{"a write to read-only memory", buffer.ErrReadOnly, func() error {
		return must(buffer.Get("abc", buffer.FullRO)).FromContiguous([]byte("xyz"), buffer.C)
	}},
	{"an index beyond the range of an int", buffer.ErrBounds, func() error {
		_, err := must(memoryview.FromObject([]byte("abc"))).Select("1180591620717411303424")
		return err
	}},
	{"the smallest index", buffer.ErrBounds, func() error {
		_, err := must(memoryview.FromObject([]byte("abc"))).At(math.MinInt)
		return err
	}},
	{"the smallest sub-view", buffer.ErrBounds, func() error {
		_, err := must(memoryview.FromObject([]byte("abc"))).Sub(math.MinInt)
		return err
	}},
	{"a shape whose product wraps around to the right size", buffer.ErrLayout, func() error {
		_, err := must(memoryview.FromObject(make([]byte, 16))).Cast("B", math.MaxInt/2+1, 4, 16)
		return err
	}},
	{"65 dimensions", buffer.ErrLayout, func() error {
		_, err := must(memoryview.FromObject(make([]byte, 1))).CastShape("B", unitShape(65))
		return err
	}},
	{"a negative extent", buffer.ErrLayout, func() error {
		_, err := must(memoryview.FromObject(make([]byte, 4))).Cast("B", -2, -2)
		return err
	}},
	{"items of no bytes", buffer.ErrFormat, func() error {
		_, err := must(memoryview.FromObject(make([]byte, 4))).Cast("0s")
		return err
	}},
	{"a list of more empty lists than there is memory", buffer.ErrLayout, func() error {
		_, err := must(must(memoryview.FromObject("")).Cast("B", 1<<20, 1<<9, 0)).ToList()
		return err
	}},
	{"a copy far larger than its memory", buffer.ErrLayout, func() error {
		wide := buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{math.MaxInt}, Strides: []int{0}}
		_, err := must(memoryview.FromObject(must(export.Strided(make([]byte, 1), 0, wide, true)))).ToBytes(buffer.C)
		return err
	}},
	{"a list of more items than there is memory", buffer.ErrLayout, func() error {
		_, err := must(memoryview.FromObject(make([]struct{}, math.MaxInt/2))).ToList()
		return err
	}},
	{"an array that grows beyond any memory", buffer.ErrValue, func() error {
		return export.NewByteArray(nil).Resize(math.MaxInt)
	}},
	{"a writer that boasts", buffer.ErrValue, func() error {
		_, err := must(memoryview.FromObject("abc")).WriteTo(writerFunc(func([]byte) (int, error) { return 100, nil }))
		return err
	}},
	{"a nil exporter", buffer.ErrType, func() error {
		_, err := memoryview.FromObject((*export.ByteArray)(nil))
		return err
	}},
	{"a field without a name", buffer.ErrValue, func() error {
		_, err := must(must(memoryview.FromObject(make([]byte, 8))).Cast("if")).Field("")
		return err
	}},
	{"a format without an end", buffer.ErrFormat, func() error {
		_, err := must(memoryview.FromObject(make([]byte, 4))).Cast(strings.Repeat("T{", 100_000))
		return err
	}},
	{"a separator of several bytes", buffer.ErrValue, func() error {
		_, err := must(memoryview.FromObject("abc")).Hex("é", 1)
		return err
	}},
	{"more keys than there can be dimensions", buffer.ErrType, func() error {
		_, err := must(memoryview.FromObject("abc")).Select(strings.Repeat("0,", 1_000_000))
		return err
	}},
	{"a transpose that names a dimension twice", buffer.ErrValue, func() error {
		_, err := matrix().Transpose(0, 0)
		return err
	}},
	{"a zero View", buffer.ErrReleased, func() error {
		_, err := new(memoryview.View).ToList()
		return err
	}},
	{"a zero Buffer", buffer.ErrReleased, func() error { return new(buffer.Buffer).ToContiguous(nil, buffer.C) }},
}

type writerFunc func(data []byte) (int, error)

func (f writerFunc) Write(data []byte) (int, error) { return f(data) }

func unitShape(n int) []int {
	shape := make([]int, n)
	for i := range shape {
		shape[i] = 1
	}
	return shape
}

func TestAttacks(t *testing.T) {
	for _, a := range attacks {
		if err := a.run(); !errors.Is(err, a.want) {
			t.Errorf("%s: %v, want %v", a.attack, err, a.want)
		}
	}
}

// TestReleasedViews calls everything on a released view: attributes are zero, the rest is ErrReleased.
func TestReleasedViews(t *testing.T) {
	v := must(memoryview.FromObject([]byte("abc")))
	_ = v.Release()
	if v.NBytes() != 0 || v.ReadOnly() || v.Format() != "" || v.ItemSize() != 0 || v.NDim() != 0 || v.Shape() != nil || v.Strides() != nil ||
		v.Suboffsets() != nil || v.CContiguous() || v.FContiguous() || v.Contiguous() || v.Base() != nil {
		t.Errorf("attributes of %v are not all zero", v)
	}
	for name, call := range map[string]func() error{
		"Len":         func() error { _, err := v.Len(); return err },
		"At":          func() error { _, err := v.At(0); return err },
		"At()":        func() error { _, err := v.At(); return err },
		"Set":         func() error { return v.Set(1, 0) },
		"Sub":         func() error { _, err := v.Sub(0); return err },
		"Slice":       func() error { _, err := v.Slice(0, 1, 1); return err },
		"Select":      func() error { _, err := v.Select("5"); return err },
		"Cast":        func() error { _, err := v.Cast("h"); return err },
		"CastShape":   func() error { _, err := v.CastShape("h", nil); return err },
		"Bytes":       func() error { _, err := v.Bytes(); return err },
		"ToBytes":     func() error { _, err := v.ToBytes('C'); return err },
		"AppendBytes": func() error { _, err := v.AppendBytes(nil, 'C'); return err },
		"WriteTo":     func() error { _, err := v.WriteTo(nil); return err },
		"ReadAt":      func() error { _, err := v.ReadAt(make([]byte, 1), 9); return err },
		"ToList":      func() error { _, err := v.ToList(); return err },
		"Hex":         func() error { _, err := v.Hex("", 0); return err },
		"ToReadOnly":  func() error { _, err := v.ToReadOnly(); return err },
		"Transpose":   func() error { _, err := v.Transpose(5); return err },
		"Field":       func() error { _, err := v.Field("x"); return err },
		"CopyFrom":    func() error { return v.CopyFrom(5) },
		"Hash":        func() error { _, err := v.Hash(); return err },
		"Count":       func() error { _, err := v.Count(5); return err },
		"Index":       func() error { _, err := v.Index(5); return err },
		"GetBuffer":   func() error { _, err := v.GetBuffer(buffer.FullRO); return err },
		"FromObject":  func() error { _, err := memoryview.FromObject(v); return err },
		"GetContiguous": func() error {
			_, err := memoryview.GetContiguous(v, buffer.Read, buffer.C)
			return err
		},
		"All": func() (err error) {
			for _, err = range v.All() {
				return err
			}
			return nil
		},
	} {
		if err := call(); !errors.Is(err, buffer.ErrReleased) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := v.Release(); err != nil {
		t.Errorf("second release: %v", err)
	}
}
