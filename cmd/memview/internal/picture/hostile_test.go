package picture

import (
	"errors"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// broadcast repeats the one row of a matrix.
func broadcast(v *memoryview.View, rows int) (*memoryview.View, error) {
	mem, err := v.Bytes()
	if err != nil {
		return nil, err
	}
	lent, err := export.Strided(mem, 0, buffer.Layout{ItemSize: v.ItemSize(), Format: v.Format(), Shape: []int{rows, v.Shape()[1]}, Strides: []int{0, v.ItemSize()}}, true)
	if err != nil {
		return nil, err
	}
	return memoryview.FromObject(lent)
}

func nrgbaAt(img image.Image, x, y int) [4]uint8 {
	c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
	return [4]uint8{c.R, c.G, c.B, c.A}
}

var (
	formats = []string{"B", "d", "f", "e", "h", ">q", "?", "Zf", "<Zd", "g", "T{d:x:h:n:T{f:y:}:p:}", "4s", "(2)f", "T{}", "<I"}
	kinds   = []string{AutoKind, LineKind, BarsKind, HeatKind, ImageKind}
	extents = []int{1, 0, 2, 3, 5, 17, 300}
)

// hostileView is a view of few bytes, in any shape: of the bytes some are those of NaN, infinities and the largest floats.
func hostileView(s draw.Source) *memoryview.View {
	mem := fence.Bytes(s, 1+s.UpTo(200, "bytes"), fence.Sides[s.UpTo(1, "side")])
	for i := range mem {
		mem[i] = []byte{0, 0xff, 0x7f, 0xf0, 0x80, 1, 0xef, 0x40}[s.UpTo(7, "byte")]
	}
	l := buffer.Layout{Format: formats[s.UpTo(len(formats)-1, "format")]}
	l.ItemSize = must(format.Parse(l.Format)).Size()
	dims, n := s.UpTo(3, "dimensions"), 1
	if s.UpTo(20, "many dimensions") == 20 {
		dims = 64
	}
	for d := range dims {
		extent := extents[s.UpTo(len(extents)-1, "extent")]
		if d > 3 || n*extent > 1<<12 {
			extent = 1
		}
		n *= extent
		l.Shape = append(l.Shape, extent)
		l.Strides = append(l.Strides, []int{0, l.ItemSize, -1, 1, 3}[s.UpTo(4, "stride")])
	}
	lent, err := export.Strided(mem, s.UpTo(len(mem)-1, "offset"), l, true)
	if err != nil {
		return nil
	}
	v, err := memoryview.FromObject(lent)
	if err != nil {
		return nil
	}
	return v
}

func checkPlot(s draw.Source) {
	v := hostileView(s)
	if v == nil {
		return
	}
	defer v.Release()
	o := options(kinds[s.UpTo(len(kinds)-1, "kind")], s.UpTo(400, "width"), s.UpTo(300, "height"), s.UpTo(1, "terminal") == 1)
	o.Log = s.UpTo(1, "log") == 1
	o.Bins = s.UpTo(100, "bins")
	o.Clip = float64(s.UpTo(60, "clip"))
	ends := []float64{math.NaN(), 0, -1, 1, 1e-300, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64}
	o.Min, o.Max = ends[s.UpTo(len(ends)-1, "min")], ends[s.UpTo(len(ends)-1, "max")]
	if err := o.Validate(); err != nil {
		return
	}
	p, err := Read(v, new(summary.Work), o)
	if err != nil {
		if !errors.Is(err, buffer.ErrType) && !errors.Is(err, buffer.ErrValue) {
			s.Fatalf("%v of %s: %v", v.Shape(), v.Format(), err)
		}
		return
	}
	checkDrawing(s, p.Draw([]string{"", "x", `<&"'>`, strings.Repeat("long ", 99)}[s.UpTo(3, "title")]))
}

func TestPlotHostile(t *testing.T) { draw.Check(t, checkPlot) }

// FuzzPlot draws arrays of any shape, format and value, as any kind of plot: it ends in an error or in a picture that can be written in every way.
func FuzzPlot(f *testing.F) { draw.Fuzz(f, checkPlot) }

func checkLayout(s draw.Source) {
	l := buffer.Layout{Format: formats[s.UpTo(len(formats)-1, "format")]}
	l.ItemSize = must(format.Parse(l.Format)).Size() + s.UpTo(3, "more")
	numbers := []int{0, 1, 2, 3, 7, -1, 1000, math.MaxInt, math.MinInt}
	for range s.UpTo(66, "dimensions") {
		l.Shape = append(l.Shape, numbers[s.UpTo(len(numbers)-1, "extent")])
		l.Strides = append(l.Strides, numbers[s.UpTo(len(numbers)-1, "stride")])
		l.Suboffsets = append(l.Suboffsets, []int{-1, 0, 9}[s.UpTo(2, "suboffset")])
	}
	switch s.UpTo(3, "what is given") {
	case 0:
		l.Strides, l.Suboffsets = nil, nil
	case 1:
		l.Suboffsets = nil
	}
	m, err := MapOf(l, int64(s.UpTo(1000, "offset")), s.UpTo(100, "items"))
	if err != nil {
		if !errors.Is(err, buffer.ErrLayout) && !errors.Is(err, buffer.ErrFormat) {
			s.Fatalf("%+v: %v", l, err)
		}
		return
	}
	if m.Suboffsets == nil {
		listed := m.Strips[0].Hidden
		for _, p := range m.Strips[0].Items {
			at := m.Offset
			for d, i := range p.Index {
				if i < 0 || i >= m.Shape[d] {
					s.Fatalf("%+v: item %v", l, p.Index)
				}
				at += int64(i) * int64(m.Strides[d])
			}
			if at != p.Offset || at < m.Low || at+int64(m.ItemSize) > m.High {
				s.Fatalf("%+v: item %v at %d, want %d, within %d and %d", l, p.Index, p.Offset, at, m.Low, m.High)
			}
			listed += int64(1 + p.More)
		}
		for d, n := range m.Shape {
			if m.Strides[d] == 0 && m.Count > 0 {
				listed *= int64(n)
			}
		}
		if listed != m.Count {
			s.Fatalf("%+v: %d items are listed or hidden, of %d", l, listed, m.Count)
		}
	}
	checkDrawing(s, m.Draw("title", Size{Width: s.UpTo(1000, "width"), Terminal: s.UpTo(1, "terminal") == 1}))
}

func TestLayoutHostile(t *testing.T) { draw.Check(t, checkLayout) }

// FuzzLayout maps layouts of any numbers: it ends in an error, or in a map whose items lie where the strides say, drawn in every way.
func FuzzLayout(f *testing.F) { draw.Fuzz(f, checkLayout) }

// Ticks lie on their scale, in order, are not too many, and are written as what they are.
func TestTicks(t *testing.T) {
	draw.Check(t, func(s draw.Source) {
		ends := []float64{0, 1, -1, 1e-320, 5e-324, 1e308, -1e308, math.MaxFloat64, -math.MaxFloat64, 123456.789, 1e15, 1e15 + 1, 0.1, 0.3}
		a, b := ends[s.UpTo(len(ends)-1, "low")], ends[s.UpTo(len(ends)-1, "high")]
		sc := newScale(min(a, b), max(a, b), min(a, b) > 0 && s.UpTo(1, "log") == 1)
		if !(sc.low < sc.high) || sc.at(sc.low) != 0 || math.Abs(sc.at(sc.high)-1) > 1e-9 {
			s.Fatalf("%+v", sc)
		}
		ticks := sc.ticks(1 + s.UpTo(20, "ticks"))
		if len(ticks) > 2*mostTicks {
			s.Fatalf("%+v: %d ticks", sc, len(ticks))
		}
		last := math.Inf(-1)
		for _, k := range ticks {
			if !(k.value > last) || sc.at(k.value) < -1e-9 || sc.at(k.value) > 1+1e-9 {
				s.Fatalf("%+v: ticks %+v", sc, ticks)
			}
			last = k.value
		}
	})
}
