package kernel

import (
	"bytes"
	"testing"

	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

func drawNumber(t draw.Source, label string) Number {
	return allNumbers[t.UpTo(len(allNumbers)-1, label)]
}

// testConvert compares Convert with the model: what is written and what is not, and what is refused.
func testConvert(t draw.Source) {
	defer setAVX2(setAVX2(draw.Bool(t, "assembly")))
	to, from := drawNumber(t, "to"), drawNumber(t, "from")
	if !Convertible(to, from) {
		return
	}
	shape := drawLongShape(t)
	dst := scatter(t, shape, to.Size+t.UpTo(2, "padding"), false)
	src := scatter(t, shape, from.Size+t.UpTo(2, "padding"), true)
	from.fill(t, src)

	before, source := dst.snapshot(), src.snapshot()
	position, ok := Convert(dst.items, src.items, to, from)
	after := dst.snapshot()
	if !bytes.Equal(src.snapshot(), source) {
		t.Fatalf("%v to %v: the source changed", from, to)
	}

	var want []value
	refused := -1
	src.each(func(item []byte) {
		converted := make([]byte, to.Size)
		if !to.write(converted, from.read(item)) && refused < 0 {
			refused = len(want)
		}
		want = append(want, to.read(converted))
	})
	if refused >= 0 {
		if ok || position != refused || !bytes.Equal(before, after) {
			t.Fatalf("%v to %v: %v at %d, changed %v; want refusal at %d", from, to, ok, position, !bytes.Equal(before, after), refused)
		}
		return
	}
	if !ok {
		t.Fatalf("%v to %v is refused at %d", from, to, position)
	}
	i := 0
	dst.each(func(item []byte) {
		if got := to.read(item); !got.identical(want[i]) {
			t.Fatalf("%v to %v: item %d of %v is %v, want %v", from, to, i, shape, got, want[i])
		}
		clear(item[:to.Size])
		i++
	})
	// What is no number is as it was.
	cleared := dst.snapshot()
	dst.restore(before)
	dst.each(func(item []byte) { clear(item[:to.Size]) })
	if !bytes.Equal(cleared, dst.snapshot()) {
		t.Fatalf("%v to %v: bytes outside the numbers changed", from, to)
	}
}

func TestConvertAgainstModel(t *testing.T) { draw.Check(t, testConvert) }

// FuzzConvert converts numbers of any sort and layout to another, and compares with a model that reckons with math/big.
func FuzzConvert(f *testing.F) { draw.Fuzz(f, testConvert) }

// TestConvertAllEdges converts every number at which something changes, of every kind to every other.
func TestConvertAllEdges(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		for _, from := range allNumbers {
			for _, to := range allNumbers {
				if Convertible(to, from) {
					convertEdges(t, to, from)
				}
			}
		}
	})
}

func convertEdges(t *testing.T, to, from Number) {
	var items, want []byte
	item, converted := make([]byte, from.Size), make([]byte, to.Size)
	for _, x := range edges {
		if from.write(item, value{x, x}) && to.write(converted, from.read(item)) {
			items, want = append(items, item...), append(want, converted...)
		}
	}
	for _, side := range fence.Sides {
		checkConverted(t, side, to, from, want, items)
	}
}

// checkConverted converts a run that lies at fences.
func checkConverted(t *testing.T, side fence.Side, to, from Number, want, items []byte) {
	src, got := fence.Bytes(t, len(items), side), fence.Bytes(t, len(want), side)
	copy(src, items)
	if position, ok := Convert(line(got, to.Size), line(src, from.Size), to, from); !ok {
		t.Fatalf("%v to %v: refused at %d", from, to, position)
	}
	for i := range len(items) / from.Size {
		if x, y := to.read(got[i*to.Size:]), to.read(want[i*to.Size:]); !x.identical(y) {
			t.Errorf("%v to %v: %v becomes %v, want %v", from, to, from.read(src[i*from.Size:]), x, y)
		}
	}
}

// TestRefusedAnywhere puts one number that is refused at every place of runs of some lengths.
func TestRefusedAnywhere(t *testing.T) {
	pages := [2][]byte{fence.Bytes(t, fence.Page, fence.After), fence.Bytes(t, fence.Page, fence.After)}
	bothWays(t, func(t *testing.T) {
		for _, from := range allNumbers {
			for _, to := range allNumbers {
				large := tooLarge(to, from)
				if large == nil {
					continue
				}
				for i, n := range []int{1, 17, 50} {
					side := fence.Sides[i%2]
					src, dst := side.Cut(pages[0], n*from.Size), side.Cut(pages[1], n*to.Size)
					clear(src)
					for i := range n {
						copy(src[i*from.Size:], large)
						if position, ok := Convert(line(dst, to.Size), line(src, from.Size), to, from); ok || position != i {
							t.Errorf("%v to %v: number %d of %d is not refused, but %d (%v)", from, to, i, n, position, !ok)
						}
						clear(src)
					}
				}
			}
		}
	})
}

// tooLarge is an item that is refused, or nil.
func tooLarge(to, from Number) []byte {
	if !Convertible(to, from) {
		return nil
	}
	for _, x := range edges {
		item := make([]byte, from.Size)
		if from.write(item, value{x, x}) && !to.write(make([]byte, to.Size), from.read(item)) {
			return item
		}
	}
	return nil
}
