package summary

import "math"

// Histogram has bins of the same width, each with its lower edge and without its upper one, which only the last has:
// NumPy's histogram. Integers of a smaller range than there are bins have one each: Single says so.
type Histogram struct {
	Edges  []float64 // one more than there are bins
	Counts []int
	Single bool

	low, scale float64
}

// newHistogram is of finite numbers. Where all of them are the same, half of 1 is added on both sides, as NumPy does.
func newHistogram(low, high float64, bins int, integers bool) *Histogram {
	h := &Histogram{low: low}
	switch {
	case integers && high-low < float64(bins) && high+1 > high:
		bins = int(high-low) + 1
		high++
		h.Single = true
	case low == high:
		low, high = low-0.5, high+0.5
	}
	if low == high { // so large that a half makes no difference
		bins = 1
	}
	h.low = low
	h.Edges, h.Counts = make([]float64, bins+1), make([]int, bins)
	width := high - low
	for i := range h.Edges {
		if t := float64(i) / float64(bins); math.IsInf(width, 0) {
			h.Edges[i] = low*(1-t) + high*t
		} else {
			h.Edges[i] = low + float64(i)*(width/float64(bins))
		}
	}
	h.Edges[bins] = high
	h.scale = float64(bins) / width
	return h
}

// like is an empty histogram of the same bins.
func (h *Histogram) like() *Histogram {
	other := *h
	other.Counts = make([]int, len(h.Counts))
	return &other
}

// add counts a number between the first and the last edge. What the edges say goes before what is computed.
func (h *Histogram) add(x float64, count int) {
	last := len(h.Counts) - 1
	i := 0
	if guess := (x - h.low) * h.scale; guess > 0 {
		i = int(min(guess, float64(last)))
	}
	for i > 0 && x < h.Edges[i] {
		i--
	}
	for i < last && x >= h.Edges[i+1] {
		i++
	}
	h.Counts[i] += count
}

func (h *Histogram) join(other *Histogram) {
	for i, n := range other.Counts {
		h.Counts[i] += n
	}
}
