package memoryview_test

import (
	"errors"
	"fmt"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestFromObjectTakesPlainGoValues(t *testing.T) {
	type point struct {
		X, Y int16
	}
	number := 2.5
	for _, c := range []struct {
		obj      any
		format   string
		shape    []int
		readOnly bool
		list     any
	}{
		{[]byte("ab"), "B", []int{2}, false, []any{uint8('a'), uint8('b')}},
		{"ab", "B", []int{2}, true, []any{uint8('a'), uint8('b')}},
		{[]int32{1, -2}, "i", []int{2}, false, []any{int32(1), int32(-2)}},
		{[]float64{}, "d", []int{0}, false, []any{}},
		{[]bool{true, false}, "?", []int{2}, true, []any{true, false}},
		{&[2][3]uint16{{1, 2, 3}, {4, 5, 6}}, "H", []int{2, 3}, false, []any{[]any{uint16(1), uint16(2), uint16(3)}, []any{uint16(4), uint16(5), uint16(6)}}},
		{[][2]int8{{1, 2}}, "b", []int{1, 2}, false, []any{[]any{int8(1), int8(2)}}},
		{&number, "d", nil, false, 2.5},
		{[]complex64{1i}, "Zf", []int{1}, false, []any{complex64(1i)}},
	} {
		v, err := memoryview.FromObject(c.obj)
		if err != nil {
			t.Errorf("%T: %v", c.obj, err)
			continue
		}
		list, err := v.ToList()
		if v.Format() != c.format || !cmp.Equal(append([]int{}, v.Shape()...), append([]int{}, c.shape...)) || v.ReadOnly() != c.readOnly || !cmp.Equal(list, c.list) || err != nil {
			t.Errorf("%T: %v with items %v, %v", c.obj, v, list, err)
		}
		if !cmp.Equal(v.Base(), c.obj) {
			t.Errorf("%T: base is %v", c.obj, v.Base())
		}
	}
	v := must(memoryview.FromObject([]point{{1, 2}, {3, 4}}))
	if err := must(v.Field("Y")).Set(9, 1); err != nil {
		t.Error(err)
	}
	if got := must(must(v.Field("Y")).ToList()); !cmp.Equal(got, []any{int16(2), int16(9)}) {
		t.Errorf("field Y: %v", got)
	}
}

func TestFromObjectRefusesWhatLendsNothing(t *testing.T) {
	var nilView *memoryview.View
	for _, obj := range []any{nil, 5, 2.5, [3]int{}, struct{}{}, []string{"a"}, map[int]int{}, []*int{nil}, (*int)(nil), &struct{ S string }{}, nilView, []any{1}} {
		_, err := memoryview.FromObject(obj)
		if !errors.Is(err, buffer.ErrType) {
			t.Errorf("%T: %v", obj, err)
		}
	}
}

func TestWriteThrough(t *testing.T) {
	data := []int32{1, 2, 3, 4, 5, 6}
	v := must(memoryview.FromObject(data))
	if err := v.Set(-7, -1); err != nil || data[5] != -7 {
		t.Errorf("Set: %v, %v", err, data)
	}
	m := must(v.Cast("i", 2, 3))
	if err := must(m.Sub(0)).CopyFrom(8); err != nil {
		t.Error(err)
	}
	if err := must(m.Select(":, ::-2")).CopyFrom([][2]int32{{30, 10}, {60, 40}}); err != nil {
		t.Error(err)
	}
	if want := []int32{10, 8, 30, 40, 5, 60}; !cmp.Equal(data, want) {
		t.Errorf("data is %v, want %v", data, want)
	}
}

func TestGetContiguous(t *testing.T) {
	data := []int16{1, 2, 3, 4, 5, 6}
	matrix := must(must(memoryview.FromObject(data)).Cast("h", 2, 3))
	direct := must(memoryview.GetContiguous(matrix, buffer.Write, buffer.C))
	if direct.ReadOnly() || !cmp.Equal(direct.Base(), any(data)) {
		t.Errorf("contiguous memory was not lent as it is: %v", direct)
	}
	fortran := must(memoryview.GetContiguous(matrix, buffer.Read, buffer.F))
	if !fortran.ReadOnly() || !cmp.Equal(fortran.Strides(), []int{2, 4}) || !must(fortran.Equal(matrix)) {
		t.Errorf("copy in Fortran order: %v", fortran)
	}
	if _, ok := fortran.Base().([]byte); !ok {
		t.Errorf("base of a copy is %T", fortran.Base())
	}
	_, err := memoryview.GetContiguous(matrix, buffer.Write, buffer.F)
	if !errors.Is(err, buffer.ErrNotContiguous) {
		t.Errorf("writable copy: %v", err)
	}
	_, err = memoryview.GetContiguous("abc", buffer.Write, buffer.C)
	if !errors.Is(err, buffer.ErrReadOnly) {
		t.Errorf("writable view of a string: %v", err)
	}
	for _, access := range []buffer.Flags{0, buffer.Read | buffer.Write, buffer.Writable} {
		if _, err := memoryview.GetContiguous(data, access, buffer.C); !errors.Is(err, buffer.ErrValue) {
			t.Errorf("access %v: %v", access, err)
		}
	}
	if _, err := memoryview.GetContiguous(data, buffer.Read, 'K'); !errors.Is(err, buffer.ErrValue) {
		t.Errorf("order K: %v", err)
	}
}

func TestIndirectViews(t *testing.T) {
	rows := [][]int32{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}
	v := must(memoryview.FromObject(must(export.Rows(rows))))
	for expr, want := range map[string]string{
		"":           "[[1 2 3] [4 5 6] [7 8 9]]",
		"1":          "[4 5 6]",
		"1, ::-1":    "[6 5 4]",
		"::-2, 1:":   "[[8 9] [2 3]]",
		":, 1":       "[2 5 8]",
		"-1, -1":     "9",
		"5:, 1":      "[]",
		"..., 0":     "[1 4 7]",
		"1:2, ::100": "[[4]]",
	} {
		s, err := v.Select(expr)
		if err != nil {
			t.Errorf("%q: %v", expr, err)
			continue
		}
		if got := fmt.Sprint(must(s.ToList())); got != want {
			t.Errorf("%q: %v, want %v (%v)", expr, got, want, s)
		}
		if c := must(s.ToBytes(buffer.C)); len(c) != s.NBytes() {
			t.Errorf("%q: %d bytes", expr, len(c))
		}
	}
	if err := must(v.Select(":, 1")).CopyFrom([]int32{20, 50, 80}); err != nil || fmt.Sprint(rows) != "[[1 20 3] [4 50 6] [7 80 9]]" {
		t.Errorf("assignment to a column: %v, %v", err, rows)
	}
	if !must(v.Equal(&[3][3]int32{{1, 20, 3}, {4, 50, 6}, {7, 80, 9}})) {
		t.Error("rows differ from the same matrix")
	}
	if _, err := v.Transpose(); !errors.Is(err, buffer.ErrLayout) {
		t.Errorf("transpose: %v", err)
	}
	if _, err := v.GetBuffer(buffer.Full &^ 0x100); !errors.Is(err, buffer.ErrLayout) {
		t.Errorf("request without Indirect: %v", err)
	}
}

func TestFromMemory(t *testing.T) {
	mem := []byte("hello")
	base := unsafe.Pointer(&mem[0])
	released := 0
	v := must(memoryview.FromMemory(base, 5, buffer.Write, memoryview.WithOwner(&mem), memoryview.WithRelease(func() { released++ })))
	if v.Format() != "B" || v.ReadOnly() || v.Base() != nil || v.Buffer().Obj() != nil {
		t.Errorf("%v, base %v", v, v.Base())
	}
	part := must(v.Slice(1, 3, 1))
	if err := errors.Join(v.Release(), v.Release()); err != nil || released != 0 {
		t.Errorf("release of the parent: %v, given back %d times", err, released)
	}
	if err := part.CopyFrom([]byte("EL")); err != nil || string(mem) != "hELlo" {
		t.Errorf("%v, %s", err, mem)
	}
	if err := errors.Join(part.Release(), part.Release()); err != nil || released != 1 {
		t.Errorf("release of the last view: %v, given back %d times", err, released)
	}
	if v := must(memoryview.FromMemory(base, 5, buffer.Read)); !v.ReadOnly() {
		t.Error("memory for reading is writable")
	}
	if v := must(memoryview.FromMemory(nil, 0, buffer.Read)); v.NBytes() != 0 || must(v.Len()) != 0 {
		t.Error("no memory is something")
	}
	for _, c := range []struct {
		mem    unsafe.Pointer
		size   int
		access buffer.Flags
	}{{base, -1, buffer.Read}, {nil, 1, buffer.Read}, {base, 5, 0}, {base, 5, buffer.Read | buffer.Write}, {base, 5, buffer.Writable}} {
		if _, err := memoryview.FromMemory(c.mem, c.size, c.access); !errors.Is(err, buffer.ErrValue) {
			t.Errorf("FromMemory(%p, %d, %v): %v", c.mem, c.size, c.access, err)
		}
	}
}

func TestFromBuffer(t *testing.T) {
	array := export.NewByteArray([]byte("abc"))
	loan := must(buffer.Get(array, buffer.Full))
	v := must(memoryview.FromBuffer(loan))
	if v.Base() != nil || v.Buffer().Obj() != nil || v.ReadOnly() {
		t.Errorf("%v, base %v", v, v.Base())
	}
	if err := loan.Release(); err != nil || must(v.At(0)) != byte('a') {
		t.Errorf("the view ended with the loan: %v", err)
	}
	if err := array.Resize(9); !errors.Is(err, buffer.ErrExported) {
		t.Errorf("resize under a view: %v", err)
	}
	if err := errors.Join(v.Release(), array.Resize(9)); err != nil {
		t.Errorf("resize after the release: %v", err)
	}
	if _, err := memoryview.FromBuffer(nil); !errors.Is(err, buffer.ErrValue) {
		t.Errorf("nil buffer: %v", err)
	}
	if _, err := memoryview.FromBuffer(loan); !errors.Is(err, buffer.ErrReleased) {
		t.Errorf("released buffer: %v", err)
	}
}

func TestBufferIsBorrowed(t *testing.T) {
	v := must(memoryview.FromObject([]int16{1, 2, 3}))
	b := v.Buffer()
	if err := b.Release(); !errors.Is(err, buffer.ErrValue) || v.Buffer().Released() {
		t.Errorf("release of a borrowed buffer: %v", err)
	}
	if p, err := b.Pointer(2); err != nil || *(*int16)(p) != 3 {
		t.Errorf("item 2: %v", err)
	}
	if err := v.Release(); err != nil || !b.Released() {
		t.Errorf("the borrowed buffer outlives its view: %v", err)
	}
	if _, err := b.Pointer(2); !errors.Is(err, buffer.ErrReleased) {
		t.Errorf("item of a released view: %v", err)
	}
}

func TestReleaseWaitsForExports(t *testing.T) {
	array := export.NewByteArray([]byte("abc"))
	v := must(memoryview.FromObject(array))
	loan := must(v.GetBuffer(buffer.Simple))
	if loan.Obj() != any(v) {
		t.Errorf("the loan's exporter is %v", loan.Obj())
	}
	if err := v.Release(); !errors.Is(err, buffer.ErrExported) {
		t.Errorf("release while a loan is out: %v", err)
	}
	if err := errors.Join(loan.Release(), loan.Release(), v.Release(), array.Resize(0)); err != nil {
		t.Error(err)
	}
}

func TestCheck(t *testing.T) {
	var none *memoryview.View
	for _, c := range []struct {
		obj  any
		want bool
	}{{must(memoryview.FromObject("")), true}, {none, false}, {nil, false}, {[]byte{}, false}, {memoryview.Check, false}} {
		if got := memoryview.Check(c.obj); got != c.want {
			t.Errorf("Check(%T) is %v", c.obj, got)
		}
	}
}
