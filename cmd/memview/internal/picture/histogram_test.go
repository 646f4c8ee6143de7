package picture

import (
	"math"
	"slices"
	"testing"

	"github.com/go-memoryview/memoryview/internal/summary"
)

// Counts and edges are those of NumPy's histogram.
func TestHistogramIsNumPys(t *testing.T) {
	for _, of := range numpy(t).Histograms {
		o := options(BarsKind, 2000, 400, false)
		o.Bins = of.Bins
		v := viewOf(t, of.Items, "d", len(of.Items))
		if of.Whole {
			whole := make([]int32, len(of.Items))
			for i, x := range of.Items {
				whole[i] = int32(x)
			}
			v = viewOf(t, whole, "i", len(whole))
		} else if of.Range != nil {
			o.Min, o.Max = of.Range[0], of.Range[1]
		}
		h := must(Read(v, new(summary.Work), o)).(*Histogram)
		if !slices.Equal(h.Counts, of.Counts) {
			t.Errorf("%s: %v, want %v", of.Name, h.Counts, of.Counts)
		}
		for i, edge := range of.Edges {
			if math.Abs(h.Edges[i]-edge) > 1e-12 {
				t.Errorf("%s: edge %d is %g, want %g", of.Name, i, h.Edges[i], edge)
			}
		}
		sum := h.Below + h.Above
		for _, n := range h.Counts {
			sum += n
		}
		if sum != len(of.Items) {
			t.Errorf("%s: %d of %d items", of.Name, sum, len(of.Items))
		}
	}
}

// Bars are as high as their counts, and each says what it counts.
func TestBars(t *testing.T) {
	items := []uint8{1, 1, 1, 1, 3, 3}
	o := options(BarsKind, 400, 300, false)
	d := must(Read(viewOf(t, items, "B", 6), new(summary.Work), o)).Draw("")
	heights := map[string]float64{}
	for _, s := range svgOf(t, d, Light) {
		if s.Title != "" {
			heights[s.Title] = s.Height
		}
	}
	if one, three := heights["0.5 to 1.5: 4 items"], heights["2.5 to 3.5: 2 items"]; len(heights) != 2 || one == 0 || math.Abs(one-2*three) > 0.02 {
		t.Errorf("%v", heights)
	}
}

// Clipping leaves out as many items as it says, to the next of many bins.
func TestHistogramClips(t *testing.T) {
	items := make([]float64, 10000)
	for i := range items {
		items[i] = float64(i)
	}
	items[0], items[1] = -1e6, 1e6
	o := options(BarsKind, 800, 300, false)
	o.Clip = 1
	h := must(Read(viewOf(t, items, "d", len(items)), new(summary.Work), o)).(*Histogram)
	if h.Below < 80 || h.Below > 101 || h.Above < 80 || h.Above > 101 {
		t.Errorf("%d below, %d above", h.Below, h.Above)
	}
}
