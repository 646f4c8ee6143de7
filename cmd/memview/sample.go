package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// A sample is of runs of neighbours at some places: systems read files in pieces, of up to megabytes, so that single items from all over
// a file would read all of it.
const (
	samplePlaces = 16
	sampleRun    = 1 << 16 // items
)

// statsOfSample reads some items of a view, and returns how many.
func statsOfSample(v *memoryview.View, w *summary.Work, o summary.Options) (all []columnStats, items int, err error) {
	shape, strides := v.Shape(), v.Strides()
	outer := 0
	for d := range shape {
		if shape[d] > 1 && (shape[outer] < 2 || abs(strides[d]) > abs(strides[outer])) {
			outer = d
		}
	}
	part, err := v.Select(neighbours(shape, strides, outer))
	if err != nil {
		return nil, 0, err
	}
	defer part.Release()
	all, err = statsOfItems(part, w, o, func(it kernel.Items) kernel.Items {
		it = places(it, outer)
		items = it.Count()
		return it
	})
	return all, items, err
}

// neighbours cuts a run out of the middle of all dimensions but the outer one, those that run fastest first.
func neighbours(shape, strides []int, outer int) string {
	dims := make([]int, len(shape))
	for d := range dims {
		dims[d] = d
	}
	slices.SortStableFunc(dims, func(a, b int) int { return abs(strides[a]) - abs(strides[b]) })
	parts, left := make([]string, len(shape)), sampleRun
	for _, d := range dims {
		keep := shape[d]
		if d != outer {
			keep = min(keep, left)
			left = max(left/max(keep, 1), 1)
		}
		from := (shape[d] - keep) / 2
		parts[d] = fmt.Sprintf("%d:%d", from, from+keep)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// places makes two dimensions of one: places that lie apart, and the first items at each.
func places(it kernel.Items, outer int) kernel.Items {
	others := 1
	for d, extent := range it.Shape {
		if d != outer {
			others *= extent
		}
	}
	extent, stride := it.Shape[outer], it.Strides[outer]
	n := min(extent, samplePlaces)
	apart := extent / max(n, 1)
	run := min(apart, max(sampleRun/max(others, 1), 1))
	it.Shape = slices.Insert(slices.Clone(it.Shape), outer, n)
	it.Strides = slices.Insert(slices.Clone(it.Strides), outer, apart*stride)
	it.Shape[outer+1] = run
	return it
}

func abs(n int) int { return max(n, -n) }
