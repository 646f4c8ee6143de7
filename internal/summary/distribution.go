package summary

import (
	"math"
	"math/bits"
	"slices"
	"sync"
)

// distribution finds quantiles and a histogram of numbers whose range is known. Quantiles are exact: the range is divided
// into bins, each pass divides those that hold a wanted rank again, and when few enough items are left they are
// gathered and sorted. Numbers are compared by keys, which are whole numbers in the same order.
type distribution[T number] struct {
	column    *Column
	work      *Work
	low, high T
	n         int // finite items

	histogram *Histogram // nil once it is complete
}

const (
	firstBins = 1 << 16 // of the whole range
	laterBins = 1 << 12 // of each interval
)

// gathered is how many items are sorted in memory.
var gathered = 1 << 20

// interval is a range of keys in which wanted ranks lie.
type interval struct {
	low, high uint64 // both in it
	below, n  int    // items below it, and in it

	shift uint // of a key's distance from low, to a bin
	first int  // in the table of all
	bins  int
}

func (d *distribution[T]) read(o Options) ([]Quantile, *Histogram, error) {
	var histogram *Histogram
	isInteger := d.column.isInteger()
	if o.Bins > 0 {
		histogram = newHistogram(float64(d.low), float64(d.high), o.Bins, isInteger)
		d.histogram = histogram
	}
	keys, err := d.keysOf(wantedRanks(o.Quantiles, d.n))
	if err != nil {
		return nil, nil, err
	}
	var quantiles []Quantile
	for _, q := range o.Quantiles {
		quantiles = append(quantiles, quantileOf(q, d.n, isInteger, func(rank int) T { return fromKey[T](keys[rank]) }))
	}
	return quantiles, histogram, nil
}

func wantedRanks(parts []float64, n int) (ranks []int) {
	for _, part := range parts {
		low, high, _ := around(part, n)
		ranks = append(ranks, low, high)
	}
	slices.Sort(ranks)
	return slices.Compact(ranks)
}

// keysOf finds the keys of the items with some ranks, which are sorted. The first pass fills the histogram too.
func (d *distribution[T]) keysOf(ranks []int) (map[int]uint64, error) {
	keys := map[int]uint64{}
	open := []interval{{low: key(d.low), high: key(d.high), n: d.n}}
	for bins := firstBins; len(ranks) > 0 && len(open) > 0 || d.histogram != nil; bins = laterBins {
		counts, err := d.count(open, bins)
		if err != nil {
			return nil, err
		}
		open = narrow(open, counts, ranks, keys)
		left := 0
		for _, i := range open {
			left += i.n
		}
		if left > 0 && left <= gathered && d.histogram == nil {
			return keys, d.gather(open, left, ranks, keys)
		}
	}
	return keys, nil
}

// narrow keeps the bins that hold wanted ranks. A bin of a single key is an answer.
func narrow(open []interval, counts []int, ranks []int, keys map[int]uint64) (next []interval) {
	for _, i := range open {
		below := i.below
		for bin, n := range counts[i.first : i.first+i.bins] {
			at, _ := slices.BinarySearch(ranks, below)
			end, _ := slices.BinarySearch(ranks, below+n)
			if at < end {
				low := i.low + uint64(bin)<<i.shift
				high := min(low+1<<i.shift-1, i.high)
				if low == high {
					for _, rank := range ranks[at:end] {
						keys[rank] = low
					}
				} else {
					next = append(next, interval{low: low, high: high, below: below, n: n})
				}
			}
			below += n
		}
	}
	return next
}

// count divides intervals into bins, and counts the items in each.
func (d *distribution[T]) count(open []interval, bins int) ([]int, error) {
	total := 0
	for k := range open {
		i := &open[k]
		i.shift = uint(max(bits.Len64(i.high-i.low)-bits.Len(uint(bins-1)), 0))
		i.first, i.bins = total, int((i.high-i.low)>>i.shift)+1
		total += i.bins
	}
	var mutex sync.Mutex
	all := make([]int, total)
	var tables [][]int // that no goroutine uses
	var histograms []*Histogram
	err := d.work.each(d.column.n, func(_, from, to int) {
		mutex.Lock()
		var table []int
		var histogram *Histogram
		if last := len(tables) - 1; last >= 0 {
			table, histogram = tables[last], histograms[last]
			tables, histograms = tables[:last], histograms[:last]
		} else {
			table = make([]int, total)
			if d.histogram != nil {
				histogram = d.histogram.like()
			}
		}
		mutex.Unlock()
		d.blocks(from, to, func(values []T) { tally(values, open, table, histogram) })
		mutex.Lock()
		tables, histograms = append(tables, table), append(histograms, histogram)
		mutex.Unlock()
	})
	for k, table := range tables {
		for i, n := range table {
			all[i] += n
		}
		if d.histogram != nil {
			d.histogram.join(histograms[k])
		}
	}
	d.histogram = nil
	return all, err
}

// blocks calls f for blocks of numbers.
func (d *distribution[T]) blocks(from, to int, f func(values []T)) {
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	d.work.eachBlock(from, to, func(from, n int) { f(block[T](d.column, r, from, n)) })
}

func tally[T number](values []T, open []interval, table []int, histogram *Histogram) {
	for _, v := range values {
		if !isFinite(v) {
			continue
		}
		k := key(v)
		for i := range open {
			if in := &open[i]; k-in.low <= in.high-in.low {
				table[in.first+int((k-in.low)>>in.shift)]++
				break
			}
		}
		if histogram != nil {
			histogram.add(float64(v), 1)
		}
	}
}

// gather collects the items of intervals, and sorts them.
func (d *distribution[T]) gather(open []interval, n int, ranks []int, keys map[int]uint64) error {
	var mutex sync.Mutex
	all := make([]uint64, 0, n)
	err := d.work.each(d.column.n, func(_, from, to int) {
		var found []uint64
		d.blocks(from, to, func(values []T) { found = appendWithin(found, values, open) })
		mutex.Lock()
		defer mutex.Unlock()
		if len(all)+len(found) <= n { // else the memory has changed meanwhile
			all = append(all, found...)
		}
	})
	if err != nil {
		return err
	}
	slices.Sort(all)
	done := 0
	for _, i := range open {
		for _, rank := range ranks {
			if at := done + rank - i.below; rank >= i.below && rank < i.below+i.n && at < len(all) {
				keys[rank] = all[at]
			}
		}
		done += i.n
	}
	return nil
}

func appendWithin[T number](found []uint64, values []T, open []interval) []uint64 {
	for _, v := range values {
		k := key(v)
		for i := range open {
			if in := &open[i]; k-in.low <= in.high-in.low {
				found = append(found, k)
				break
			}
		}
	}
	return found
}

// isFinite is true of integers.
func isFinite[T number](v T) bool { return v-v == 0 }

const sign = 1 << 63

// key is a whole number that is in the same order as its like. A zero is one number, whatever its sign.
func key[T number](v T) uint64 {
	switch v := any(v).(type) {
	case float64:
		k := math.Float64bits(v + 0)
		return k ^ (uint64(int64(k)>>63) | sign)
	case int64:
		return uint64(v) ^ sign
	case uint64:
		return v
	}
	return 0
}

func fromKey[T number](k uint64) (v T) {
	switch v := any(&v).(type) {
	case *float64:
		if k&sign == 0 {
			k = ^k
		} else {
			k ^= sign
		}
		*v = math.Float64frombits(k)
	case *int64:
		*v = int64(k ^ sign)
	case *uint64:
		*v = k
	}
	return v
}
