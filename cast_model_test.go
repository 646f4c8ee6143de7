package memoryview_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// castFormats are formats with the sizes of their items; -1 is for what is no format.
var castFormats = []struct {
	text string
	size int
}{
	{"B", 1},
	{"<h", 2},
	{">i", 4},
	{"d", 8},
	{"c", 1},
	{"?", 1},
	{"3s", 3},
	{"T{B:a:<h:b:}", 3},
	{"(2)<h", 4},
	{"Zf", 8},
	{"[bfloat16]", 2},
	{"5p", 5},
	{"2w", 8},
	{"T{3x<i:b:}", 7},
	{"(2,0)d", 0},
	{"0s", 0},
	{"", 0},
	{"T{}", 0},
	{"$", -1},
	{"T{", -1},
	{"1000000x", 1_000_000},
	{fmt.Sprintf("%dx", math.MaxInt), math.MaxInt},
}

// testCasts casts a view again and again, to any format and shape. What has just as many bytes is possible, and nothing else; the
// bytes stay where they are.
func testCasts(t draw.Source) {
	mem := fence.Bytes(t, t.UpTo(48, "size"), draw.Side(t))
	for i := range mem {
		mem[i] = byte(i*37 + 11)
	}
	v := must(memoryview.FromObject(mem))
	for range 1 + t.UpTo(5, "steps") {
		if t.UpTo(7, "turn") == 7 {
			v = must(v.Transpose())
		}
		f := draw.Of(t, "format", castFormats...)
		shape := drawCastShape(t, len(mem), f.size)
		fits := castFits(len(mem), f.size, shape) && v.CContiguous()
		w, err := v.CastShape(f.text, shape)
		if shape == nil {
			w, err = v.Cast(f.text)
		}
		if (err == nil) != fits {
			t.Fatalf("%v of %d bytes as %q in shape %v: %v, should be possible: %v", v, len(mem), f.text, shape, err, fits)
		}
		if err != nil {
			if !slices.ContainsFunc([]error{buffer.ErrFormat, buffer.ErrLayout, buffer.ErrNotContiguous}, func(kind error) bool { return errors.Is(err, kind) }) {
				t.Fatalf("an error of no kind: %v", err)
			}
			continue
		}
		if shape == nil {
			shape = []int{len(mem) / f.size}
		}
		checkCast(t, w, mem, f.text, f.size, shape)
		v = w
	}
}

// drawCastShape draws a shape that items of so many bytes fill, or any; or nil, for one dimension.
func drawCastShape(t draw.Source, nbytes, size int) []int {
	kind := t.UpTo(3, "kind of shape")
	if kind == 0 {
		return nil
	}
	shape := []int{}
	if kind == 3 || size < 1 {
		for range t.UpTo(3, "dimensions") {
			shape = append(shape, draw.Of(t, "extent", 0, 1, 2, 3, 4, -1, math.MaxInt, math.MaxInt/2+1, math.MinInt))
		}
		return shape
	}
	left := nbytes / size
	for range t.UpTo(4, "dimensions") {
		extent := draw.Between(t, 1, max(left, 1), "extent")
		if left%extent == 0 {
			shape = append(shape, extent)
			left /= extent
		}
	}
	return append(shape, left)
}

// castFits tells by exact arithmetic whether items in a shape have so many bytes.
func castFits(nbytes, size int, shape []int) bool {
	if size < 1 {
		return false
	}
	if shape == nil {
		return nbytes%size == 0
	}
	total := big.NewInt(int64(size))
	address := big.NewInt(int64(size)) // what strides are made of
	for _, extent := range shape {
		if extent < 0 {
			return false
		}
		total.Mul(total, big.NewInt(int64(extent)))
		address.Mul(address, big.NewInt(int64(max(extent, 1))))
	}
	return total.Cmp(big.NewInt(int64(nbytes))) == 0 && address.Cmp(big.NewInt(math.MaxInt)) <= 0
}

func checkCast(t draw.Source, w *memoryview.View, mem []byte, format string, size int, shape []int) {
	if w.Format() != format || w.ItemSize() != size || !slices.Equal(w.Shape(), shape) || w.NBytes() != len(mem) || !w.CContiguous() || w.ReadOnly() {
		t.Fatalf("%v, want %q of %d bytes in shape %v", w, format, size, shape)
	}
	own := must(w.Bytes())
	if !bytes.Equal(own, mem) || len(mem) > 0 && unsafe.SliceData(own) != unsafe.SliceData(mem) {
		t.Fatalf("%v is not the memory", w)
	}
	if got := must(w.ToBytes(buffer.C)); !bytes.Equal(got, mem) {
		t.Fatalf("%v has the bytes %x, want %x", w, got, mem)
	}
	list, err := w.ToList()
	endless := len(mem) == 0 && slices.Max(shape) > 1<<20                               // a list of more empty lists than ToList makes
	if errors.Is(err, buffer.ErrValue) || errors.Is(err, buffer.ErrLayout) && endless { // the former of no text
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if n, want := countItems(list, len(shape)), len(mem)/size; n != want {
		t.Fatalf("ToList of %v has %d items, want %d", w, n, want)
	}
}

func countItems(list any, dimensions int) (n int) {
	if dimensions == 0 {
		return 1
	}
	for _, part := range list.([]any) {
		n += countItems(part, dimensions-1)
	}
	return n
}

func TestCastsAgainstModel(t *testing.T) { draw.Check(t, testCasts) }

// FuzzCast casts again and again, to any formats and shapes: what has just as many bytes is possible and nothing else, and the bytes stay.
func FuzzCast(f *testing.F) { draw.Fuzz(f, testCasts) }
