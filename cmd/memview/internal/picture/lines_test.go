package picture

import (
	"fmt"
	"math"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// Each place has the lowest and the highest of its items, by brute force: no spike is lost.
func TestLinesKeepSpikes(t *testing.T) {
	draw.Check(t, func(s draw.Source) {
		n, places := s.UpTo(100000, "items"), 1+s.UpTo(500, "places")
		items := make([]float32, n)
		seed := uint32(s.UpTo(1<<20, "seed"))
		for i := range items {
			seed = seed*1664525 + 1013904223
			switch items[i] = float32(int32(seed)); (seed >> 8) % 997 {
			case 0:
				items[i] = float32(math.NaN())
			case 1:
				items[i] = float32(math.Inf(1))
			case 2:
				items[i] *= 1e20
			}
		}
		v := must(memoryview.FromObject(items))
		defer v.Release()
		c := must(readColumn(must(numbersOf(v)), new(summary.Work), places))
		if len(c.Low) != min(places, n) {
			s.Fatalf("%d places of %d for %d items", len(c.Low), places, n)
		}
		at, nan, inf := 0, 0, 0
		for k := range c.Low {
			low, high, here := math.NaN(), math.NaN(), 0
			for ; at < n && (k == len(c.Low)-1 || at < bound(k+1, n, len(c.Low))); at++ {
				here++
				switch x := float64(items[at]); {
				case math.IsNaN(x):
					nan++
				case math.IsInf(x, 0):
					inf++
				default:
					low, high = min(x, orElse(low, x)), max(x, orElse(high, x))
				}
			}
			if fmt.Sprint(low, high) != fmt.Sprint(c.Low[k], c.High[k]) {
				s.Fatalf("place %d: %g to %g, want %g to %g", k, c.Low[k], c.High[k], low, high)
			}
			if here < n/len(c.Low) || here > n/len(c.Low)+1 {
				s.Fatalf("place %d has %d of %d items", k, here, n)
			}
		}
		if at != n || c.NaN != nan || c.PosInf != inf || c.NegInf != 0 {
			s.Fatalf("%d items, %+v", at, c.Special)
		}
	})
}

func orElse(x, y float64) float64 {
	if x != x {
		return y
	}
	return x
}

// A spike of one item in a million reaches the top of the picture.
func TestSpikeIsDrawn(t *testing.T) {
	items := make([]float64, 1_000_000)
	items[654_321] = 1
	o := options(LineKind, 700, 300, false)
	img := must(Read(viewOf(t, items, "d", len(items)), new(summary.Work), o)).Draw("").Image(Light)
	bounds := img.Bounds()
	high := 0
	for x := bounds.Min.X + bounds.Dx()/5; x < bounds.Max.X; x++ {
		blue := 0
		for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
			if r, g, b, _ := img.At(x, y).RGBA(); b > 0x8000 && r < 0x9000 && g < 0xb000 {
				blue++
			}
		}
		high = max(high, blue)
	}
	if high < 150 {
		t.Errorf("the highest column of the line has %d pixels", high)
	}
}

// Fields of records and columns of a matrix are lines, each by its name; complex numbers are their magnitude.
func TestColumns(t *testing.T) {
	type pair struct{ X, Y float32 }
	type record struct {
		ID  int32
		At  pair
		Sub [2]int16
	}
	v := must(memoryview.FromObject([]record{{1, pair{2, 3}, [2]int16{}}, {4, pair{5, 6}, [2]int16{}}}))
	l := must(Read(v, new(summary.Work), options(AutoKind, 300, 200, false))).(*Lines)
	if got := fmt.Sprint(l.Columns[0].Name, l.Columns[0].Low, l.Columns[1].Name, l.Columns[1].Low, l.Columns[2].Name, l.Columns[2].High); len(l.Columns) != 3 || got != "ID[1 4]At.X[2 5]At.Y[3 6]" {
		t.Errorf("%d columns: %s", len(l.Columns), got)
	}
	z := must(memoryview.FromObject([]complex64{3 + 4i, -5, 12i}))
	l = must(Read(z, new(summary.Work), options(AutoKind, 300, 200, false))).(*Lines)
	if fmt.Sprint(l.Columns[0].High) != "[5 5 12]" {
		t.Errorf("%v", l.Columns[0].High)
	}
	m := viewOf(t, []int16{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "h", 10, 1)
	l = must(Read(m, new(summary.Work), options(AutoKind, 300, 200, false))).(*Lines)
	if fmt.Sprint(l.Columns[0].Name, l.Columns[0].High) != "[:, 0][1 2 3 4 5 6 7 8 9 10]" {
		t.Errorf("%+v", l.Columns[0])
	}
}
