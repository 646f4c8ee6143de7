package arrayfile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
)

// written is what a reader finds of one array that was written as a kind of file.
func written(a arrayfile.Named, opts ...arrayfile.SaveOption) (*memoryview.View, error) {
	var file bytes.Buffer
	if err := arrayfile.Write(&file, []arrayfile.Named{a}, opts...); err != nil {
		return nil, err
	}
	f, err := arrayfile.FromBytes(file.Bytes())
	if err != nil {
		return nil, err
	}
	return f.View("")
}

// Items become on their way what memoryview.Convert makes of all of them at once, in either order.
func TestSaveConverts(t *testing.T) {
	codes := []string{"?", "b", "B", "<h", ">H", ">i", "<Q", "<e", "f", ">d", "Zf", ">Zd", "[bfloat16]", "[float8_e5m2]"}
	rapid.Check(t, func(r *rapid.T) {
		from, to := rapid.SampledFrom(codes).Draw(r, "from"), rapid.SampledFrom(codes).Draw(r, "to")
		shape := rapid.SampledFrom([][]int{{}, {0}, {3}, {2, 3}, {4, 0, 2}, {200, 300}, {2, 3, 4}}).Draw(r, "shape")
		data := make([]byte, must(buffer.SizeFromFormat(from)))
		for _, extent := range shape {
			data = bytes.Repeat(data, extent)
		}
		step := rapid.IntRange(1, 40).Draw(r, "step")
		for i := range data {
			if data[i] = byte(i * step % 251); from == "?" {
				data[i] &= 1
			}
		}
		src := must(must(memoryview.FromObject(data)).CastShape(from, shape))
		if rapid.Bool().Draw(r, "turned") {
			src = must(src.Transpose())
		}
		shape = src.Shape()
		size := must(buffer.SizeFromFormat(to))
		for _, extent := range shape {
			size *= extent
		}
		want := must(must(memoryview.FromObject(make([]byte, size))).CastShape(to, shape))
		refused := memoryview.Convert(want, src)

		kind := rapid.SampledFrom([]string{"npy", "npz", "safetensors"}).Draw(r, "kind")
		order := buffer.Order(0)
		if kind != "safetensors" {
			order = rapid.SampledFrom([]buffer.Order{0, buffer.C, buffer.F}).Draw(r, "order")
		}
		got, err := written(arrayfile.Named{Name: "x", Value: src, Format: to, Order: order}, arrayfile.As(kind))
		switch {
		case errors.Is(err, buffer.ErrFormat), src.NBytes() == 0 && errors.Is(err, buffer.ErrType): // whatever the items are
			return
		case refused != nil:
			for _, is := range []error{buffer.ErrValue, buffer.ErrType} {
				if errors.Is(refused, is) != errors.Is(err, is) {
					r.Fatalf("%v, where Convert says %v", err, refused)
				}
			}
			return
		case err != nil:
			r.Fatal(err)
		}
		if equal := must(got.ToBytes(buffer.C)); !reflect.DeepEqual(got.Shape(), shape) || kind != "safetensors" && !bytes.Equal(equal, must(want.ToBytes(buffer.C))) {
			r.Fatalf("shape %v", got.Shape())
		}
		if order == buffer.F && !got.FContiguous() || order == buffer.C && !got.CContiguous() {
			r.Fatalf("not in order %c", order)
		}
	})
}

// Wrapping is what C does with integers, and takes the real part of complex numbers. What else does not fit stays refused.
func TestSaveWraps(t *testing.T) {
	big := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, 0x1122334455667788), math.MaxUint64-1)
	bigs := must(view(t, big).Cast(">q"))
	for _, test := range []struct {
		value  any
		format string
		want   any
	}{
		{[]int64{-1, 256, 1<<32 + 5}, "B", []any{uint8(255), uint8(0), uint8(5)}},
		{[]int64{-1, 1 << 31}, "<i", []any{int32(-1), int32(math.MinInt32)}},
		{[]int64{-1, 1 << 31}, ">I", []any{uint32(math.MaxUint32), uint32(1 << 31)}},
		{[]int8{-1, 5}, "<Q", []any{uint64(math.MaxUint64), uint64(5)}},
		{[]uint8{255, 5}, ">h", []any{int16(255), int16(5)}},
		{[]uint8{255, 5}, "b", []any{int8(-1), int8(5)}},
		{[]uint64{math.MaxUint64}, "<q", []any{int64(-1)}},
		{bigs, "<H", []any{uint16(0x7788), uint16(0xfffe)}},
		{bigs, ">b", []any{int8(-0x78), int8(-2)}},
		{bigs, ">Q", []any{uint64(0x1122334455667788), uint64(math.MaxUint64 - 1)}},
		{[]complex128{3 + 4i, -1}, "<d", []any{3.0, -1.0}},
		{[]complex64{3.5 + 4i, -1}, ">h", []any{int16(3), int16(-1)}},
		{[]float64{3.5, -1}, "<h", []any{int16(3), int16(-1)}},
	} {
		got, err := written(arrayfile.Named{Value: test.value, Format: test.format}, arrayfile.As("npy"), arrayfile.Wrapping())
		if err != nil {
			t.Fatal(err)
		}
		if list := must(got.ToList()); !reflect.DeepEqual(list, test.want) {
			t.Errorf("%v as %s: %v, want %v", test.value, test.format, list, test.want)
		}
	}
	for _, value := range []any{[]float64{0, 1e10}, []float64{0, math.NaN()}} {
		_, err := written(arrayfile.Named{Value: value, Format: "<h"}, arrayfile.As("npy"), arrayfile.Wrapping())
		checkError(t, err, buffer.ErrValue, `item [1] is `)
	}
}

// An error of an item says which it is, wherever it lies and in whatever order it is written.
func TestSaveTellsTheItem(t *testing.T) {
	const rows, columns = 700, 500
	numbers := make([]int32, rows*columns)
	numbers[600*columns+30] = 70000
	v := must(view(t, numbers).CastShape("i", []int{rows, columns}))
	for _, order := range []buffer.Order{0, buffer.C, buffer.F} {
		_, err := written(arrayfile.Named{Name: "x", Value: v, Format: "<h", Order: order}, arrayfile.As("npz"))
		checkError(t, err, buffer.ErrValue, `array "x": invalid value: item [600 30] is 70000, for which format "<h" has no room`)
	}
	_, err := written(arrayfile.Named{Value: []complex64{1}, Format: "<f"}, arrayfile.As("npy"))
	checkError(t, err, buffer.ErrType, "complex number")
}

// Items with bytes between them lose these, and nothing else.
func TestSaveConvertsPaddedItems(t *testing.T) {
	padded := must(export.Strided([]byte("\x01\x00\x00\x00....\x02\x00\x00\x00...."), 0, buffer.Layout{ItemSize: 8, Format: "<i", Shape: []int{2}, Strides: []int{8}}, true))
	got, err := written(arrayfile.Named{Value: padded, Format: ">h"}, arrayfile.As("npy"))
	if err != nil || fmt.Sprint(must(got.ToList())) != "[1 2]" {
		t.Error(got, err)
	}
}

func TestSaveWAVAndPNG(t *testing.T) {
	shaped := func(v any, format string, shape ...int) *memoryview.View {
		return must(view(t, v).CastShape(format, shape))
	}
	bytes := make([]byte, 240)
	for i := range bytes {
		bytes[i] = byte(i*7 + 1)
	}
	for _, test := range []struct {
		kind  string
		value any
		ours  string // the format that is read; "" for the same
	}{
		{"wav", bytes, ""},
		{"wav", []int16{1, -2, 3}, ""},
		{"wav", shaped(bytes, ">h", 60, 2), "<h"},
		{"wav", shaped(bytes, "<q", 10, 3), ""},
		{"wav", shaped(bytes, ">d", 30), "<d"},
		{"wav", shaped(bytes, "B", 40, 2, 3), ""},
		{"wav", shaped(bytes[:9], "B", 3, 3), ""},
		{"wav", shaped(bytes[:0], "<f", 0, 5), ""},
		{"png", shaped(bytes, "B", 10, 24), ""},
		{"png", shaped(bytes, "B", 10, 8, 3), ""},
		{"png", shaped(bytes, "B", 10, 6, 4), ""},
		{"png", shaped(bytes, "<H", 10, 4, 3), ">H"},
		{"png", shaped(bytes, ">H", 10, 3, 4), ""},
		{"png", must(shaped(bytes, "B", 10, 24).Select("::-2, 3:")), ""},
	} {
		opts := []arrayfile.SaveOption{arrayfile.As(test.kind)}
		if test.kind == "wav" {
			opts = append(opts, arrayfile.SampleRate(8000))
		}
		want := view(t, test.value)
		got, err := written(arrayfile.Named{Value: test.value}, opts...)
		if err != nil {
			t.Fatal(err)
		}
		shape := want.Shape()
		if test.kind == "wav" && len(shape) == 1 {
			shape = append(shape, 1)
		}
		flat := must(must(memoryview.FromObject(must(got.ToBytes(buffer.C)))).CastShape(got.Format(), want.Shape()))
		if equal := must(flat.Equal(want)); !equal || !reflect.DeepEqual(got.Shape(), shape) || test.ours != "" && got.Format() != test.ours {
			t.Errorf("%s of %s, shape %v: format %s, shape %v, equal %v", test.kind, want.Format(), want.Shape(), got.Format(), got.Shape(), equal)
		}
	}
	for _, test := range []struct {
		kind, message string
		value         any
		is            error
		rate          int
	}{
		{"wav", "option SampleRate", bytes, buffer.ErrValue, 0},
		{"wav", "option SampleRate", bytes, buffer.ErrValue, -1},
		{"wav", `cannot hold items of format "I"`, []uint32{1}, buffer.ErrFormat, 1},
		{"wav", "shape [2 2 2]", shaped(bytes[:8], "B", 2, 2, 2), buffer.ErrFormat, 1},
		{"wav", "0 channels", shaped(bytes[:0], "B", 2, 0), buffer.ErrFormat, 1},
		{"wav", "channels come first", make([][70000]uint8, 1), buffer.ErrFormat, 1},
		{"png", `cannot hold items of format "i"`, []int32{1}, buffer.ErrFormat, 0},
		{"png", "shape [240]", bytes, buffer.ErrFormat, 0},
		{"png", "shape [10 12 2]", shaped(bytes, "B", 10, 12, 2), buffer.ErrFormat, 0},
		{"png", "0 by 5 pixels", shaped(bytes[:0], "B", 0, 5), buffer.ErrFormat, 0},
		{"png", "SampleRate is for wav", shaped(bytes, "B", 10, 24), buffer.ErrValue, 5},
	} {
		_, err := written(arrayfile.Named{Value: test.value}, arrayfile.As(test.kind), arrayfile.SampleRate(test.rate))
		checkError(t, err, test.is, test.message)
	}
	for _, kind := range []string{"safetensors", "wav", "png"} {
		_, err := written(arrayfile.Named{Name: "x", Value: shaped(bytes, "B", 10, 24), Order: buffer.F}, arrayfile.As(kind))
		checkError(t, err, buffer.ErrFormat, "holds items in C order: write npy or npz")
	}
	_, err := written(arrayfile.Named{Value: bytes, Order: 'X'}, arrayfile.As("npy"))
	checkError(t, err, buffer.ErrValue, "items lie in order C or F")
}

// Who watches is told of all bytes, and ends the writing by an error, after which there is nothing.
func TestSaveWatched(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x.npz")
	check := func(opts ...arrayfile.SaveOption) error {
		return arrayfile.Save(path, []arrayfile.Named{{Name: "a", Value: make([]int32, 1<<19), Format: ">d"}, {Name: "b", Value: make([]int16, 3)}}, opts...)
	}
	var last, total int64
	stop := errors.New("enough")
	err := check(arrayfile.Watched(func(done, of int64) error {
		if done < last {
			t.Errorf("%d after %d", done, last)
		}
		if last, total = done, of; done > 1<<20 {
			return stop
		}
		return nil
	}))
	if entries := must(os.ReadDir(folder)); !errors.Is(err, stop) || len(entries) > 0 || total != 8<<19+6 {
		t.Errorf("%v, %v, of %d bytes", err, entries, total)
	}
	if err := check(arrayfile.Watched(func(done, _ int64) error { last = done; return nil })); err != nil || last != total {
		t.Errorf("%v, %d of %d bytes", err, last, total)
	}
}
