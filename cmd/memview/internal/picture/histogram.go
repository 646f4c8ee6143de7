package picture

import (
	"fmt"
	"math"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// Histogram says how many items lie between edges: bin i has those from Edges[i] up to, but not including, Edges[i+1], the last
// one that too, as NumPy's do.
type Histogram struct {
	Edges  []float64
	Counts []int
	Single bool // each bin is of one integer, in its middle
	Below  int  // items that lie outside of a range that was asked for
	Above  int
	Special

	options Options
}

// Kind returns BarsKind.
func (*Histogram) Kind() string { return BarsKind }

// mostBins are as many as anybody sees.
const mostBins = 10000

func readHistogram(v *memoryview.View, w *summary.Work, o Options) (*Histogram, error) {
	n, err := numbersOf(v)
	if err != nil {
		return nil, err
	}
	low, high := o.Min, o.Max
	if low != low || high != high {
		if low, high, err = n.bounds(w); err != nil {
			return nil, err
		}
	}
	if o.Clip > 0 {
		if low, high, err = n.clipped(w, low, high, o.Clip); err != nil {
			return nil, err
		}
	}
	linear := o
	linear.Log = false
	s := linear.bounded(low, high)
	h := &Histogram{options: o}
	h.divide(s, v.Buffer().Type().Kind(), o.bins())
	err = n.each(w, func(_ int, x []float64) {
		for _, v := range x {
			h.count(v)
		}
	})
	return h, err
}

// bins are as many as there is room for, or fewer that were asked for.
func (o *Options) bins() int {
	room := max(o.Width-margin, 64) / o.pixel()
	if o.Bins > 0 {
		return min(o.Bins, room, mostBins)
	}
	return min(64, room)
}

// bounds finds the lowest and highest of the items that are finite; NaN where there are none.
func (n *numbers) bounds(w *summary.Work) (low, high float64, err error) {
	low, high = math.NaN(), math.NaN()
	err = n.each(w, func(_ int, x []float64) {
		for _, v := range x {
			if v-v != 0 {
				continue
			}
			if !(low <= v) {
				low = v
			}
			if !(high >= v) {
				high = v
			}
		}
	})
	return low, high, err
}

// clipped leaves out a part of the items at either end, to the next of many bins.
func (n *numbers) clipped(w *summary.Work, low, high, percent float64) (float64, float64, error) {
	h := new(Histogram)
	h.divide(newScale(low, high, false), format.Float, 1<<16)
	total := 0
	err := n.each(w, func(_ int, x []float64) {
		for _, v := range x {
			if h.count(v) {
				total++
			}
		}
	})
	if err != nil || total == 0 {
		return low, high, err
	}
	skip := int(float64(total) * percent / 100)
	first, last := 0, len(h.Counts)-1
	for sum := h.Counts[first]; sum <= skip; sum += h.Counts[first] {
		first++
	}
	for sum := h.Counts[last]; sum <= skip; sum += h.Counts[last] {
		last--
	}
	return h.Edges[first], h.Edges[max(last, first)+1], nil
}

// divide makes the bins.
func (h *Histogram) divide(s scale, kind format.Kind, bins int) {
	isWhole := kind == format.Int || kind == format.Uint || kind == format.Bool
	if isWhole && s.high-s.low < float64(bins) && math.Abs(s.low)+math.Abs(s.high) < 1<<52 {
		s.low, s.high = math.Round(s.low), math.Round(s.high)
		bins = int(s.high-s.low) + 1
		h.Single = true
		s.low, s.high = s.low-0.5, s.high+0.5
	}
	h.Counts, h.Edges = make([]int, bins), make([]float64, bins+1)
	for i := range h.Edges {
		part := float64(i) / float64(bins)
		h.Edges[i] = s.low*(1-part) + s.high*part
	}
	h.Edges[bins] = s.high
}

// count puts an item into its bin, and reports whether there is one.
func (h *Histogram) count(x float64) bool {
	if !h.take(x) {
		return false
	}
	bins := len(h.Counts)
	low, high := h.Edges[0], h.Edges[bins]
	switch {
	case x < low:
		h.Below++
		return false
	case x > high:
		h.Above++
		return false
	}
	i := min(max(int((x/2-low/2)/(high/2-low/2)*float64(bins)), 0), bins-1)
	for i > 0 && x < h.Edges[i] { // what was rounded
		i--
	}
	for i < bins-1 && x >= h.Edges[i+1] {
		i++
	}
	h.Counts[i]++
	return true
}

// Draw draws a bar for each bin.
func (h *Histogram) Draw(title string) *Drawing {
	most, total := 1, 0
	for _, n := range h.Counts {
		most, total = max(most, n), total+n
	}
	s := scale{0, float64(most), false}
	if h.options.Log {
		s = scale{0.5, max(float64(most), 1), true}
	}
	bins := len(h.Counts)
	notes := append([]string{fmt.Sprintf("%s in %s of %s", count(total, "item"), count(bins, "bin"), shortText(h.Edges[1]-h.Edges[0]))}, h.note()...)
	if h.Below+h.Above > 0 {
		notes = append(notes, fmt.Sprintf("outside: %d below, %d above", h.Below, h.Above))
	}
	f := newFrame(title, notes, nil, s, h.options.Size, 0)
	f.ticks = countTicks(f.ticks)
	side := float64(h.options.pixel())
	wide := max(float64(int(f.w/side)/bins), 1) * side
	f.narrow(wide*float64(bins), 0)
	f.axes()
	gap := 0.0
	if wide >= 4 && !h.options.Terminal {
		gap = 1
	}
	for i, n := range h.Counts {
		if n == 0 {
			continue
		}
		high := max(f.scale.within(float64(n))*f.h, 1)
		f.add(box{
			x: f.x + float64(i)*wide, y: f.y + f.h - high, w: wide - gap, h: high, fill: Series,
			title: fmt.Sprintf("%s to %s: %s", shortText(h.Edges[i]), shortText(h.Edges[i+1]), count(n, "item")),
		})
	}
	f.below(scale{h.Edges[0], h.Edges[bins], false}, h.Single)
	return f.Drawing
}

// countTicks are those of whole numbers.
func countTicks(ticks []tick) (all []tick) {
	for _, t := range ticks {
		if t.value == math.Trunc(t.value) {
			all = append(all, t)
		}
	}
	return all
}
