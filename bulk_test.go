package memoryview_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// The loops over many items at once are held to what At, one item at a time, and format.SameValue say.

var bulkFormats = []string{
	"?", "b", "B", "c", "<h", ">h", "H", "<i", ">i", "I", "<q", ">q", "Q", ">Q", "P", "<e", ">e", "<f", ">f", "d", ">d", "Zf", ">Zf", "Zd",
	"[bfloat16]", "g", "3s", "4p", "2w", "T{b:a:xf:b:}", "T{<h:a:>d:b:}", "(2,2)f", "T{(3)B:a:Zf:b:}", "T{2s:a:?:b:}",
}

// drawFormatted makes a view of a format with a random layout over random bytes, of which many are alike. Its
// items end or begin at a fence.
func drawFormatted(t draw.Source, format string, shape []int, label string) *memoryview.View {
	size := must(buffer.SizeFromFormat(format))
	strides := make([]int, len(shape))
	step := size + t.UpTo(3, label+" gap")
	left := upTo(len(shape))
	slices.Reverse(left)
	for len(left) > 0 {
		i := t.UpTo(len(left)-1, label+" order")
		strides[left[i]] = step
		step *= max(shape[left[i]], 1)
		left = slices.Delete(left, i, i+1)
	}
	offset, end := 0, size
	for d := range shape {
		reach := strides[d] * max(shape[d]-1, 0)
		if end += reach; draw.Bool(t, label+" backwards") {
			offset, strides[d] = offset+reach, -strides[d]
		}
	}
	mem := fence.Bytes(t, end, draw.Side(t))
	for i := range mem {
		mem[i] = draw.Of[byte](t, label+" bytes", 0, 0, 0, 0, 1, 0x80, 0x3c, 0x3f, 0x40, 0x7f, 0xf0, 0xff, 'a')
	}
	l := buffer.Layout{ItemSize: size, Format: format, Shape: shape, Strides: strides}
	return must(memoryview.FromObject(must(export.Strided(mem, offset, l, false))))
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// itemsOf reads all items one by one, in C order. Bytes that are no text cannot be read.
func itemsOf(v *memoryview.View) (items []any, err error) {
	for item, err := range v.All() {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func testLookup(t draw.Source) {
	v := drawFormatted(t, draw.Of(t, "format", bulkFormats...), drawBulkShape(t), "view")
	items, err := itemsOf(v)
	if err != nil {
		return
	}
	value := draw.Of[any](t, "value",
		0, 1, -1, true, false, 1.0, 1.5, math.NaN(), math.Inf(1), complex(1, 0), complex(0, 2), uint64(math.MaxUint64),
		int8(-128), math.Copysign(0, -1), "a", []byte("a"),
		[]byte{0, 0, 0},
		[]any{0.0, 0.0},
		nil, int64(1)<<40, format.NewFloat16(1), uintptr(1),
	)
	if len(items) > 0 && draw.Bool(t, "an item") {
		value = draw.Of(t, "item", items...)
	}
	count, first := 0, -1
	for i, item := range items {
		if format.SameValue(item, value) {
			if count++; first < 0 {
				first = i
			}
		}
	}
	if got := must(v.Count(value)); got != count {
		t.Errorf("Count(%T %v) in %v is %d, item by item %d", value, value, items, got, count)
	}
	if got := must(v.Index(value)); got != first {
		t.Errorf("Index(%T %v) in %v is %d, item by item %d", value, value, items, got, first)
	}
}

func TestLookupAgainstItems(t *testing.T) { draw.Check(t, testLookup) }

func drawBulkShape(t draw.Source) []int { return drawExtents(t, 1, 3, 0, 9) }

// drawExtents draws a shape of some dimensions.
func drawExtents(t draw.Source, fewest, most, shortest, longest int) []int {
	shape := make([]int, draw.Between(t, fewest, most, "dimensions"))
	for d := range shape {
		shape[d] = draw.Between(t, shortest, longest, "extent")
	}
	return shape
}

func testEqual(t draw.Source) {
	shape := drawExtents(t, 1, 3, 1, 3)
	a := drawFormatted(t, draw.Of(t, "format", bulkFormats...), shape, "a")
	b := drawFormatted(t, draw.Of(t, "other format", bulkFormats...), shape, "b")
	if draw.Bool(t, "alike") {
		b = alike(t, a)
	}
	x, errX := itemsOf(a)
	y, errY := itemsOf(b)
	if errX != nil || errY != nil {
		return
	}
	want := slices.EqualFunc(leaves(x), leaves(y), format.SameValue)
	if got := must(a.Equal(b)); got != want {
		t.Errorf("%v (%s) == %v (%s) is %v, item by item %v", x, a.Format(), y, b.Format(), got, want)
	}
}

func TestEqualAgainstItems(t *testing.T) { draw.Check(t, testEqual) }

// alike makes a view of the same values as a in another layout and, where the values fit, another format.
func alike(t draw.Source, a *memoryview.View) *memoryview.View {
	for range 3 {
		b := drawFormatted(t, draw.Of(t, "format of the same", bulkFormats...), a.Shape(), "same")
		if memoryview.Convert(b, a) == nil {
			return b
		}
	}
	b := drawFormatted(t, a.Format(), a.Shape(), "same")
	if err := b.CopyFrom(a); err != nil {
		t.Fatal(err)
	}
	return b
}

// leaves flattens records and lists, which are equal when what is in them is.
func leaves(items []any) (flat []any) {
	for _, item := range items {
		switch item := item.(type) {
		case []any:
			flat = append(flat, leaves(item)...)
		case format.Record:
			flat = append(flat, leaves(item.Values)...)
		default:
			flat = append(flat, item)
		}
	}
	return flat
}

func testToList(t draw.Source) {
	v := drawFormatted(t, draw.Of(t, "format", bulkFormats...), drawBulkShape(t), "view")
	items, err := itemsOf(v)
	if err != nil {
		return
	}
	list := must(v.ToList())
	for range v.NDim() - 1 {
		list = slices.Concat(lists(list)...)
	}
	if got, want := fmt.Sprintf("%T %#v", list, list), fmt.Sprintf("%T %#v", items, items); len(items) > 0 && got != want {
		t.Errorf("ToList of %s is %s, item by item %s", v.Format(), got, want)
	}
}

func TestToListAgainstItems(t *testing.T) { draw.Check(t, testToList) }

func lists(list any) (inner [][]any) {
	for _, part := range list.([]any) {
		inner = append(inner, part.([]any))
	}
	return inner
}

func testHex(t draw.Source) {
	v := drawFormatted(t, "<h", drawBulkShape(t), "view")
	data := must(v.ToBytes(buffer.C))
	group := draw.Between(t, -9, 9, "group")
	if t.UpTo(3, "far") == 3 {
		group = draw.Of(t, "group", math.MinInt, math.MaxInt, 1<<30)
	}
	var groups []string
	for size := max(group, -group); group != 0 && size > 0 && size < len(data); {
		if group > 0 {
			groups = append([]string{hex.EncodeToString(data[len(data)-size:])}, groups...)
			data = data[:len(data)-size]
		} else {
			groups = append(groups, hex.EncodeToString(data[:size]))
			data = data[size:]
		}
	}
	rest := hex.EncodeToString(data)
	if group > 0 {
		groups = append([]string{rest}, groups...)
	} else {
		groups = append(groups, rest)
	}
	if got, want := must(v.Hex(":", group)), strings.Join(groups, ":"); got != want {
		t.Errorf("Hex(:, %d) is %s, want %s", group, got, want)
	}
}

func TestHexAgainstBytes(t *testing.T) { draw.Check(t, testHex) }

// testReading reads bytes as from a file that holds them.
func testReading(t draw.Source) {
	v := drawFormatted(t, draw.Of(t, "format", bulkFormats...), drawBulkShape(t), "view")
	data := must(v.ToBytes(buffer.C))
	offset := int64(draw.Between(t, -1, len(data)+1, "offset"))
	got := fence.Bytes(t, t.UpTo(len(data)+1, "length"), draw.Side(t))
	want := make([]byte, len(got))
	n, err := bytes.NewReader(data).ReadAt(want, offset)
	if m, errOurs := v.ReadAt(got, offset); m != n || (errOurs == nil) != (err == nil) || (errOurs == io.EOF) != (err == io.EOF) || !bytes.Equal(got, want) {
		t.Errorf("ReadAt(%d, %d) of %d bytes gives %d, %v, %x, want %d, %v, %x", len(got), offset, len(data), m, errOurs, got, n, err, want)
	}
	var written bytes.Buffer
	if m := must(v.WriteTo(&written)); m != int64(len(data)) || !bytes.Equal(written.Bytes(), data) {
		t.Errorf("WriteTo gives %x, want %x", written.Bytes(), data)
	}
}

func TestReadingAgainstBytes(t *testing.T) { draw.Check(t, testReading) }

// testConversion converts to another format: all items, with the values that they have, or none.
func testConversion(t draw.Source) {
	shape := drawExtents(t, 1, 3, 0, 4)
	src := drawFormatted(t, draw.Of(t, "format", bulkFormats...), shape, "src")
	dst := drawFormatted(t, draw.Of(t, "other format", bulkFormats...), shape, "dst")
	before := must(dst.ToBytes(buffer.C))
	if err := memoryview.Convert(dst, src); err != nil {
		if !errors.Is(err, buffer.ErrValue) && !errors.Is(err, buffer.ErrType) {
			t.Errorf("%s to %s: an error of no kind: %v", src.Format(), dst.Format(), err)
		}
		if after := must(dst.ToBytes(buffer.C)); !bytes.Equal(before, after) {
			t.Errorf("%s to %s changed %x to %x: %v", src.Format(), dst.Format(), before, after, err)
		}
		return
	}
	// What was converted stays what it is, there and back, where the way there lost nothing.
	back := drawFormatted(t, src.Format(), shape, "back")
	if must(dst.Equal(src)) && memoryview.Convert(back, dst) == nil && !must(back.Equal(src)) {
		t.Errorf("%s to %s and back: %v, %v, %v", src.Format(), dst.Format(), must(src.ToList()), must(dst.ToList()), must(back.ToList()))
	}
}

func TestConversionOfAllOrNone(t *testing.T) { draw.Check(t, testConversion) }

// FuzzBulk looks up, compares, lists, prints, reads and converts the items of any format and layout all at once, and one by one.
func FuzzBulk(f *testing.F) {
	draw.Fuzz(f, func(t draw.Source) {
		draw.Of(t, "what", testLookup, testEqual, testToList, testHex, testReading, testConversion)(t)
	})
}

func TestConvert(t *testing.T) {
	type point struct {
		X int32
		Y float32
	}
	floats := func(n int) []float64 { return slices.Repeat([]float64{-7}, n) }
	for _, c := range []struct {
		format string
		bytes  string
		dst    any
		want   any
	}{
		{"<h", "\x01\x00\xff\xff\x00\x80", floats(3), []float64{1, -1, -32768}},
		{">f", "\x3f\x80\x00\x00\xff\x80\x00\x00", floats(2), []float64{1, math.Inf(-1)}},
		{"<e", "\x00\x3c\x01\x00", floats(2), []float64{1, 0x1p-24}},
		{"<[bfloat16]", "\x80\x3f\x00\xc0", floats(2), []float64{1, -2}},
		{"?", "\x00\x05", []int32{9, 9}, []int32{0, 1}},
		{"<d", "\x00\x00\x00\x00\x00\x00\xf8\xbf", []int8{9}, []int8{-1}},
		{">Zf", "\x3f\x80\x00\x00\x40\x00\x00\x00", []complex128{9}, []complex128{1 + 2i}},
		{"<q", "\x01\x00\x00\x00\x00\x00\x20\x00", floats(1), []float64{0x1p53}},
		{"3s", "abc", [][1][3]byte{{{'x'}}}, nil},
		{"T{>h:x:>d:y:}", "\x00\x05\x3f\xf0\x00\x00\x00\x00\x00\x00", []point{{9, 9}}, []point{{5, 1}}},
		{"T{>d:x:>d:y:}", "\x3f\xf0\x00\x00\x00\x00\x00\x00\x3f\xf0\x00\x00\x00\x00\x00\x00", []point{{9, 9}}, nil}, // no float is an integer
	} {
		src := must(must(memoryview.FromObject([]byte(c.bytes))).Cast(c.format))
		err := memoryview.Convert(c.dst, src)
		if c.want == nil {
			if err == nil {
				t.Errorf("%s to %T: no error, got %v", c.format, c.dst, c.dst)
			}
			continue
		}
		if err != nil || fmt.Sprint(c.dst) != fmt.Sprint(c.want) {
			t.Errorf("%s to %T: %v (%v), want %v", c.format, c.dst, c.dst, err, c.want)
		}
	}
}

func TestConvertRefuses(t *testing.T) {
	dst := []byte{7, 7, 7}
	for _, c := range []struct {
		src  any
		want error
		says string
	}{
		{[]int16{1, 2, 300}, buffer.ErrValue, "item 2, 300"},
		{[]float64{1, math.NaN(), 2}, buffer.ErrValue, "item 1, NaN"},
		{[]complex64{1, 2, 3}, buffer.ErrType, "complex"},
		{[]int16{1, 2}, buffer.ErrValue, "[2] to shape [3]"},
		{42, buffer.ErrType, "int"},
	} {
		err := memoryview.Convert(dst, c.src)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("Convert of %v: %v, want %v with %q", c.src, err, c.want, c.says)
		}
		if !slices.Equal(dst, []byte{7, 7, 7}) {
			t.Errorf("Convert of %v left %v", c.src, dst)
		}
	}
	if err := memoryview.Convert("abc", []byte{1, 2, 3}); !errors.Is(err, buffer.ErrReadOnly) {
		t.Errorf("Convert to a string: %v", err)
	}
}

// A conversion between shapes goes in C order, and one onto its own memory as if through a temporary.
func TestConvertShapesAndOverlap(t *testing.T) {
	flat := make([]float32, 6)
	columns := must(must(must(memoryview.FromObject([]int16{1, 2, 3, 4, 5, 6})).CastShape("h", []int{2, 3})).Transpose())
	if err := memoryview.Convert(flat, columns); err != nil || !slices.Equal(flat, []float32{1, 4, 2, 5, 3, 6}) {
		t.Errorf("columns to a slice: %v, %v", flat, err)
	}
	mem := []int32{1, 2, 3, 4, 5, 6, 7, 8}
	half := must(must(memoryview.FromObject(mem)).Slice(0, 4, 1))
	wide := must(must(memoryview.FromObject(mem)).Cast("q"))
	if err := memoryview.Convert(wide, half); err != nil || fmt.Sprint(must(wide.ToList())) != "[1 2 3 4]" {
		t.Errorf("onto itself: %v, %v", mem, err)
	}
}

// Strides of zero make arrays that no memory can hold a copy of: what would need one is an error.
func TestTemporariesOfHugeArrays(t *testing.T) {
	huge := func(format string) *buffer.Buffer {
		mem := make([]byte, 8)
		m := buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: len(mem), Obj: mem}
		return must(m.Lend(0, buffer.Layout{ItemSize: 8, Format: format, Shape: []int{math.MaxInt / 8}, Strides: []int{0}}, buffer.Full))
	}
	floats := must(memoryview.FromBuffer(huge("d")))
	for what, err := range map[string]error{
		"numbers onto themselves": memoryview.Convert(floats, must(memoryview.FromBuffer(must(floats.GetBuffer(buffer.FullRO))))),
		"values":                  memoryview.Convert(must(memoryview.FromBuffer(huge("T{d:a:}"))), must(memoryview.FromBuffer(huge("8s")))),
		"a copy onto itself":      floats.CopyFrom(floats),
	} {
		if !errors.Is(err, buffer.ErrValue) && !errors.Is(err, buffer.ErrLayout) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := floats.Hex("", 0); !errors.Is(err, buffer.ErrLayout) {
		t.Errorf("hex: %v", err)
	}
}

func TestManyWorkers(t *testing.T) {
	src := bytes.Repeat([]byte("abc"), 1<<20)
	for _, workers := range []int{0, 1 << 20, math.MaxInt} {
		dst := make([]byte, len(src))
		if err := buffer.Copy(dst, src, buffer.Parallel(workers)); err != nil || !bytes.Equal(dst, src) {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
}

// TestLookupOfBytes compares what package bytes finds in a row of bytes with what is found beside it: in
// other layouts, formats and memory, and after the release.
func TestLookupOfBytes(t *testing.T) {
	text := []byte("\x01\x80abracadabra\xff")
	v := must(memoryview.FromObject(text))
	mapped := must((buffer.Memory{Base: unsafe.Pointer(&text[0]), Size: len(text), Mapped: true}).
		Lend(0, buffer.Layout{ItemSize: 1, Shape: []int{len(text)}}, buffer.FullRO))
	for _, view := range []struct {
		*memoryview.View
		items []byte
	}{
		{v, text},
		{must(memoryview.FromObject(string(text))), text},
		{must(v.Slice(2, 5, 1)), text[2:5]},
		{must(v.Slice(2, 2, 1)), nil},
		{must(v.Slice(0, 3, 2)), []byte{1, 'a'}},
		{must(v.Cast("B", 1, len(text))), text},
		{must(v.Cast("b")), []byte("\x01\x00abracadabra\x00")},
		{must(memoryview.FromBuffer(mapped)), text},
	} {
		for _, x := range []byte{1, 'a', 'b', 0xff} {
			count, first := bytes.Count(view.items, []byte{x}), bytes.IndexByte(view.items, x)
			if got := must(view.Count(x)); got != count {
				t.Errorf("%v: Count(%d) is %d, want %d", view, x, got, count)
			}
			if got := must(view.Index(x)); got != first {
				t.Errorf("%v: Index(%d) is %d, want %d", view, x, got, first)
			}
		}
	}
	_ = v.Release()
	if _, err := v.Count(byte(1)); !errors.Is(err, buffer.ErrReleased) {
		t.Errorf("Count in a released view: %v", err)
	}
	if _, err := v.Index(byte(1)); !errors.Is(err, buffer.ErrReleased) {
		t.Errorf("Index in a released view: %v", err)
	}
}
