package export_test

import (
	"errors"
	"fmt"
	"log"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
)

// TestStridedRefusesOverlapExactly compares the search for overlapping items with a count of bytes.
func TestStridedRefusesOverlapExactly(t *testing.T) {
	mem := make([]byte, 4096)
	rapid.Check(t, func(t *rapid.T) {
		l := buffer.Layout{ItemSize: rapid.IntRange(1, 5).Draw(t, "item size"), Format: "B"}
		for range rapid.IntRange(0, 4).Draw(t, "dimensions") {
			l.Shape = append(l.Shape, rapid.IntRange(0, 5).Draw(t, "extent"))
			l.Strides = append(l.Strides, rapid.IntRange(-40, 40).Draw(t, "stride"))
		}
		_, err := export.Strided(mem, 2048, l, false)
		if want := overlaps(l); errors.Is(err, buffer.ErrLayout) != want {
			t.Fatalf("%+v: %v, overlaps: %v", l, err, want)
		}
		if _, err := export.Strided(mem, 2048, l, true); err != nil {
			t.Fatalf("%+v, read-only: %v", l, err)
		}
	})
}

// overlaps counts how often each byte belongs to an item.
func overlaps(l buffer.Layout) bool {
	owned := map[int]bool{}
	offsets := []int{0}
	for d, extent := range l.Shape {
		var next []int
		for _, offset := range offsets {
			for i := range extent {
				next = append(next, offset+i*l.Strides[d])
			}
		}
		offsets = next
	}
	for _, offset := range offsets {
		for b := offset; b < offset+l.ItemSize; b++ {
			if owned[b] {
				return true
			}
			owned[b] = true
		}
	}
	return false
}

// TestStridedGivesUpInTime has strides that make the search as long as it can be.
func TestStridedGivesUpInTime(t *testing.T) {
	l := buffer.Layout{ItemSize: 1, Format: "B"}
	for d := range 20 {
		l.Shape = append(l.Shape, 30)
		l.Strides = append(l.Strides, 9973+2*d*d+7*d)
	}
	mem := make([]byte, 30*20*12000)
	if _, err := export.Strided(mem, 0, l, false); !errors.Is(err, buffer.ErrLayout) {
		t.Errorf("an array larger than its memory: %v", err)
	}
}

func TestStridedChecksItsLayout(t *testing.T) {
	mem := make([]byte, 12)
	for name, c := range map[string]struct {
		offset int
		layout buffer.Layout
		want   error
	}{
		"suboffsets":    {0, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{1}, Suboffsets: []int{0}}, buffer.ErrLayout},
		"before":        {0, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{2}, Strides: []int{-1}}, buffer.ErrLayout},
		"after":         {1, buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{3}}, buffer.ErrLayout},
		"format":        {0, buffer.Layout{ItemSize: 1, Format: "?$", Shape: []int{3}}, buffer.ErrFormat},
		"negative item": {-1, buffer.Layout{ItemSize: 1, Format: "B"}, buffer.ErrLayout},
	} {
		if _, err := export.Strided(mem, c.offset, c.layout, true); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStridedKeepsItsLayout(t *testing.T) {
	shape := []int{2, 2}
	e, err := export.Strided([]byte("abcd"), 3, buffer.Layout{ItemSize: 1, Format: "B", Shape: shape, Strides: []int{-2, -1}}, false)
	if err != nil {
		t.Fatal(err)
	}
	shape[0] = 99
	v, err := memoryview.FromObject(e)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := v.ToBytes(buffer.C); string(data) != "dcba" || err != nil || v.Base() != any(e) {
		t.Errorf("%s, %v, base %v", data, err, v.Base())
	}
}

func TestRowsRefusesOtherShapes(t *testing.T) {
	if _, err := export.Rows([][]int32{{1, 2}, {3}}); !errors.Is(err, buffer.ErrLayout) {
		t.Errorf("rows of different lengths: %v", err)
	}
	if _, err := export.Rows([][]string{{"a"}}); !errors.Is(err, buffer.ErrType) {
		t.Errorf("rows of strings: %v", err)
	}
	for _, rows := range [][][]bool{nil, {}, {{}, {}}, {{true}}} {
		e, err := export.Rows(rows)
		if err != nil {
			t.Errorf("%v: %v", rows, err)
			continue
		}
		b, err := buffer.Get(e, buffer.FullRO)
		if err != nil || b.Extent(0) != len(rows) || !b.ReadOnly() {
			t.Errorf("%v: %v", rows, err)
		}
	}
}

func TestByteArray(t *testing.T) {
	backing := []byte("abcdef")
	a := export.NewByteArray(backing[:3])
	if err := errors.Join(a.Append('X', 'Y'), a.Resize(4)); err != nil || string(a.Bytes()) != "abcX" || string(backing) != "abcdef" {
		t.Errorf("%v: %s, and what lay behind the given bytes: %s", err, a.Bytes(), backing)
	}
	if err := a.Resize(6); err != nil || !slices.Equal(a.Bytes(), []byte("abcX\x00\x00")) {
		t.Errorf("%v: grown to %q", err, a.Bytes())
	}
	if err := a.Resize(-1); !errors.Is(err, buffer.ErrValue) {
		t.Errorf("negative length: %v", err)
	}
	loan, err := a.GetBuffer(buffer.Full)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{a.Resize(5), a.Append('Z')} {
		if !errors.Is(err, buffer.ErrExported) {
			t.Errorf("while a loan is out: %v", err)
		}
	}
	if err := errors.Join(a.Resize(6), a.Append(), loan.Release(), loan.Release(), a.Append('Z')); err != nil || a.Len() != 7 {
		t.Errorf("%v: %d bytes", err, a.Len())
	}
}

func ExampleStrided() {
	pixels := []byte("RGBRGBRGBRGB") // two rows of two pixels
	red, err := export.Strided(pixels, 0, buffer.Layout{ItemSize: 1, Format: "c", Shape: []int{2, 2}, Strides: []int{6, 3}}, false)
	if err != nil {
		log.Fatal(err)
	}
	v, err := memoryview.FromObject(red)
	if err != nil {
		log.Fatal(err)
	}
	if err := v.CopyFrom("r"[0]); err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(pixels))
	// Output: rGBrGBrGBrGB
}

func ExampleRows() {
	rows := [][]float32{{1, 2, 3}, {4, 5, 6}} // each allocated by itself
	e, err := export.Rows(rows)
	if err != nil {
		log.Fatal(err)
	}
	v, err := memoryview.FromObject(e)
	if err != nil {
		log.Fatal(err)
	}
	corner, err := v.At(1, -1)
	fmt.Println(v.Shape(), v.Suboffsets(), corner, err)
	// Output: [2 3] [0 -1] 6 <nil>
}

func ExampleByteArray() {
	a := export.NewByteArray([]byte("log"))
	v, err := memoryview.FromObject(a)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(errors.Is(a.Append('!'), buffer.ErrExported))
	if err := v.Release(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.Append('!'), string(a.Bytes()))
	// Output:
	// true
	// <nil> log!
}
