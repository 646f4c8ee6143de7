package summary

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"sync"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// weighted is a number, and how many items are it.
type weighted struct {
	value float64
	count int
}

// countedFigures are those of items of one or two bytes: how often each pattern of bits occurs says everything, also
// quantiles and histogram.
func (c *Column) countedFigures(w *Work, o Options) (*Figures, error) {
	counts, err := c.counts(w)
	if err != nil {
		return nil, err
	}
	f := &Figures{Count: c.n, Mean: math.NaN(), Std: math.NaN()}
	all := f.sift(c.decoded(), counts)
	isInteger := c.isInteger()
	f.addUp(all, isInteger)
	if len(all) == 0 {
		return f, nil
	}
	low, high := all[0].value, all[len(all)-1].value
	f.Min, f.MinAt = c.item(first(c.items, c.Type, low))
	f.Max, f.MaxAt = c.item(first(c.items, c.Type, high))
	for _, q := range o.Quantiles {
		f.Quantiles = append(f.Quantiles, quantileOf(q, f.Finite(), isInteger, func(rank int) float64 { return ranked(all, rank) }))
	}
	if o.Bins > 0 {
		f.Histogram = newHistogram(low, high, o.Bins, isInteger)
		for _, x := range all {
			f.Histogram.add(x.value, x.count)
		}
	}
	return f, nil
}

// counts says how often each pattern of bits occurs.
func (c *Column) counts(w *Work) ([]int, error) {
	patterns := 1 << (8 * c.Type.Size())
	var mutex sync.Mutex
	var tables [][]int // that no goroutine uses
	err := w.each(c.n, func(_, from, to int) {
		mutex.Lock()
		var table []int
		if last := len(tables) - 1; last >= 0 {
			table, tables = tables[last], tables[:last]
		} else {
			table = make([]int, patterns)
		}
		mutex.Unlock()
		r := rooms.Get().(*room)
		defer rooms.Put(r)
		w.eachBlock(from, to, func(from, n int) {
			if p := c.read(r, from, n); c.Type.Size() == 1 {
				countBytes((*[256]int)(table), unsafe.Slice((*uint8)(p), n))
			} else {
				countWords((*[1 << 16]int)(table), unsafe.Slice((*uint16)(p), n))
			}
		})
		mutex.Lock()
		tables = append(tables, table)
		mutex.Unlock()
	})
	all := make([]int, patterns)
	for _, table := range tables {
		for i, n := range table {
			all[i] += n
		}
	}
	return all, err
}

// countBytes counts in four tables: an increment that waits for the one before takes five times as long.
func countBytes(table *[256]int, x []uint8) {
	var tables [4][256]uint32
	for ; len(x) >= 4; x = x[4:] {
		tables[0][x[0]]++
		tables[1][x[1]]++
		tables[2][x[2]]++
		tables[3][x[3]]++
	}
	for _, b := range x {
		tables[0][b]++
	}
	for i := range table {
		table[i] += int(tables[0][i] + tables[1][i] + tables[2][i] + tables[3][i])
	}
}

func countWords(table *[1 << 16]int, x []uint16) {
	for _, word := range x {
		table[word]++
	}
}

// sift counts what is not finite, and returns the other numbers, sorted.
func (f *Figures) sift(values []float64, counts []int) []weighted {
	all := make([]weighted, 0, len(counts))
	for i, n := range counts {
		switch x := values[i]; {
		case n == 0:
		case math.IsNaN(x):
			f.NaN += n
		case math.IsInf(x, 1):
			f.PosInf += n
		case math.IsInf(x, -1):
			f.NegInf += n
		default:
			all = append(all, weighted{x, n})
		}
	}
	slices.SortFunc(all, func(x, y weighted) int { return cmp.Compare(x.value, y.value) })
	return all
}

// decoded are the numbers that the patterns of bits stand for.
func (c *Column) decoded() []float64 {
	size := c.Type.Size()
	patterns := 1 << (8 * size)
	values, bits := make([]float64, patterns), make([]uint16, patterns)
	for i := range bits {
		bits[i] = uint16(i)
		if size == 1 {
			(*[2]uint8)(unsafe.Pointer(&bits[i]))[0] = uint8(i)
		}
	}
	run := func(p unsafe.Pointer, step int) kernel.Items {
		return kernel.Items{Base: p, Size: step, Shape: []int{patterns}, Strides: []int{step}}
	}
	kernel.Convert(run(unsafe.Pointer(&values[0]), 8), run(unsafe.Pointer(&bits[0]), 2), kernel.Number{Kind: kernel.Float, Size: 8}, c.number)
	return values
}

// addUp makes the figures of numbers that are finite.
func (f *Figures) addUp(all []weighted, isInteger bool) {
	var sum compensated
	integers := new(big.Int)
	for _, x := range all {
		sum.add(x.value * float64(x.count))
		if isInteger {
			term := big.NewInt(int64(x.value))
			integers.Add(integers, term.Mul(term, big.NewInt(int64(x.count))))
		}
		if x.value < 0 {
			f.Negatives += x.count
		} else if x.value == 0 {
			f.Zeros += x.count
		}
	}
	f.Sum = sum.value()
	if isInteger {
		f.Sum = integers
	}
	n := float64(f.Finite())
	f.Mean = sum.value() / n
	var squares compensated
	for _, x := range all {
		d := x.value - f.Mean
		squares.add(d * d * float64(x.count))
	}
	f.Std = math.Sqrt(squares.value() / n)
}

// ranked is the number with a rank, from 0 on.
func ranked(all []weighted, rank int) float64 {
	for _, x := range all {
		if rank -= x.count; rank < 0 {
			return x.value
		}
	}
	return math.NaN()
}
