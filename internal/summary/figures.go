package summary

import (
	"fmt"
	"math"
	"math/big"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// Figures are of the items of a column. NaNs and infinities are counted, and all other figures are of the finite items:
// those of a[np.isfinite(a)] in NumPy.
type Figures struct {
	Count               int // items
	NaN, PosInf, NegInf int
	Zeros, Negatives    int // of either sign; below 0
	Min, Max            any // items, nil where none is finite
	MinAt, MaxAt        []int
	Sum                 any     // *big.Int of integers and bools, which is exact; float64 of floats
	Mean, Std           float64 // NaN where no item is finite. Std is of all items, not of a sample: NumPy's ddof=0
	Quantiles           []Quantile
	Histogram           *Histogram
}

// Options say what is wanted beside what one pass gives.
type Options struct {
	Quantiles []float64 // from 0 to 1
	Bins      int       // of the histogram; 0: none
}

// Finite is how many items are finite.
func (f *Figures) Finite() int { return f.Count - f.NaN - f.PosInf - f.NegInf }

// IsNumber reports whether the column has figures; what has none has a Text.
func (c *Column) IsNumber() bool { return c.form() != noNumber }

// Figures reads the items of a column of numbers: once for the figures, all of which are exact for integers but
// Mean and Std, and again for quantiles and histogram, unless the items have one or two bytes. The error is ErrStopped.
func (c *Column) Figures(w *Work, o Options) (*Figures, error) {
	switch c.form() {
	case counted:
		return c.countedFigures(w, o)
	case floating:
		return figures[float64](c, w, o)
	case signed:
		return figures[int64](c, w, o)
	case unsigned:
		return figures[uint64](c, w, o)
	}
	return nil, fmt.Errorf("%w: figures of items of format %s: give numbers", format.ErrType, c.Type)
}

// figures are those of numbers of four bytes and more.
func figures[T number](c *Column, w *Work, o Options) (*Figures, error) {
	p, err := pass[T](c, w, 0)
	if err != nil {
		return nil, err
	}
	f := &Figures{
		Count: c.n, NaN: p.nan, PosInf: p.posInf, NegInf: p.negInf, Zeros: p.zeros, Negatives: p.negatives,
		Sum: p.total(), Mean: math.NaN(), Std: math.NaN(),
	}
	if c.form() == floating && c.isInteger() {
		f.Sum = p.sum.big()
	}
	if p.n == 0 {
		return f, nil
	}
	if p.sound() {
		f.Mean, f.Std = p.mean(), p.std()
	} else if err := addScaled(f, &p, c, w); err != nil {
		return nil, err
	}
	f.Min, f.MinAt = c.find(p.low, p.lowBlock)
	f.Max, f.MaxAt = c.find(p.high, p.highBlock)
	if len(o.Quantiles) == 0 && o.Bins == 0 {
		return f, nil
	}
	d := distribution[T]{column: c, work: w, low: p.low, high: p.high, n: p.n}
	f.Quantiles, f.Histogram, err = d.read(o)
	return f, err
}

// part is what a run of items comes to.
type part[T number] struct {
	moments
	nan, posInf, negInf, zeros, negatives int
	low, high                             T
	lowBlock, highBlock                   int // where the first block with such an item begins
	sum                                   compensated
	integers                              wide
}

// origin is the number from which the means are counted while they are gathered, so that what all items have in common
// does not swallow their differences: the first one, if it is finite.
func origin[T number](c *Column, scale int) (first T) {
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	first = block[T](c, r, 0, 1)[0]
	if f, isFloat := any(first).(float64); isFloat {
		f = math.Ldexp(f, scale)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			f = 0
		}
		return T(f)
	}
	return first
}

// pass reads all items, floats times 2^scale.
func pass[T number](c *Column, w *Work, scale int) (all part[T], err error) {
	if c.n == 0 {
		return all, nil
	}
	origin := origin[T](c, scale)
	parts := make([]part[T], chunkCount(c.n))
	err = w.each(c.n, func(chunk, from, to int) {
		r := rooms.Get().(*room)
		defer rooms.Put(r)
		p := &parts[chunk]
		w.eachBlock(from, to, func(from, n int) { addBlock(p, c, r, from, n, origin, scale) })
	})
	for i := range parts {
		all.join(&parts[i])
	}
	return all, err
}

func addBlock[T number](p *part[T], c *Column, r *room, from, n int, origin T, scale int) {
	switch p := any(p).(type) {
	case *part[float64]:
		start := float64(origin)
		at := c.read(r, from, n)
		if c.isNumber && c.number == (kernel.Number{Kind: kernel.Float, Size: 4}) && scale == 0 {
			addFloats(p, unsafe.Slice((*float32)(at), n), r, from, start)
			return
		}
		values := numbersAt[float64](c, r, at, n)
		if scale != 0 {
			scaled := r.values[:n]
			for i, v := range values {
				scaled[i] = math.Float64bits(math.Ldexp(v, scale))
			}
			values = unsafe.Slice((*float64)(unsafe.Pointer(&r.values)), n)
		}
		addFloats(p, values, r, from, start)
	case *part[int64]:
		addIntegers(p, block[int64](c, r, from, n), from, int64(origin))
	case *part[uint64]:
		addIntegers(p, block[uint64](c, r, from, n), from, uint64(origin))
	}
}

// addFloats adds a block. A sum tells whether all of its numbers are finite.
func addFloats[F float32 | float64](p *part[float64], x []F, r *room, from int, origin float64) {
	t := kernel.TotalsOf(x)
	if !math.IsNaN(t.Sum) && !math.IsInf(t.Sum, 0) {
		addFinite(p, x, t, from, origin)
		return
	}
	if finite := sift(p, x, &r.sifted); len(finite) > 0 {
		addFinite(p, finite, kernel.TotalsOf(finite), from, origin)
	}
}

// sift counts what is not finite, and returns the rest.
func sift[F float32 | float64](p *part[float64], x []F, room *[blockItems]float64) []float64 {
	finite := room[:0]
	for _, v := range x {
		switch f := float64(v); {
		case f != f:
			p.nan++
		case f > math.MaxFloat64:
			p.posInf++
		case f < -math.MaxFloat64:
			p.negInf++
		default:
			finite = append(finite, f)
		}
	}
	return finite
}

func addFinite[F float32 | float64](p *part[float64], x []F, t kernel.Totals, from int, origin float64) {
	n := float64(len(x))
	center := t.Sum / n
	if math.IsInf(center, 0) {
		center = t.Low/2 + t.High/2
	}
	s := kernel.SpreadOf(x, center)
	p.zeros += s.Zeros
	p.negatives += s.Negatives
	p.sum.add(t.Sum)
	p.bounds(t.Low, t.High, from, from)
	shift := s.Distances / n
	p.moments.join(moments{len(x), center - origin + shift, max(s.Squares-s.Distances*shift, 0)})
}

// addIntegers adds a block. Sums of the upper and the lower halves of its integers fit in 64 bits.
func addIntegers[T int64 | uint64](p *part[T], x []T, from int, origin T) {
	low, high := x[0], x[0]
	var upper T
	var lower uint64
	for _, v := range x {
		low, high = min(low, v), max(high, v)
		upper += v >> 32
		lower += uint64(uint32(v))
		if v <= 0 {
			if v == 0 {
				p.zeros++
			} else {
				p.negatives++
			}
		}
	}
	p.integers.add(wideOf(upper).shifted(32).plus(wide{0, lower}))
	n := T(len(x))
	center := upper/n<<32 + T((int64(upper%n)<<32+int64(lower))/int64(n))
	var distances, squares float64
	for _, v := range x {
		d := distance(v, center)
		distances += d
		squares += d * d
	}
	p.bounds(low, high, from, from)
	shift := distances / float64(n)
	p.moments.join(moments{len(x), distance(center, origin) + shift, max(squares-distances*shift, 0)})
}

// distance is v-center, which has 65 bits.
func distance[T int64 | uint64](v, center T) float64 {
	if v >= center {
		return float64(uint64(v) - uint64(center))
	}
	return -float64(uint64(center) - uint64(v))
}

// bounds takes the lowest and highest of further items in.
func (p *part[T]) bounds(low, high T, lowBlock, highBlock int) {
	if p.n == 0 || low < p.low {
		p.low, p.lowBlock = low, lowBlock
	}
	if p.n == 0 || high > p.high {
		p.high, p.highBlock = high, highBlock
	}
}

// join adds a part whose items come later.
func (p *part[T]) join(q *part[T]) {
	p.nan += q.nan
	p.posInf += q.posInf
	p.negInf += q.negInf
	p.zeros += q.zeros
	p.negatives += q.negatives
	if q.n > 0 {
		p.bounds(q.low, q.high, q.lowBlock, q.highBlock)
	}
	p.sum.add(q.sum.sum)
	p.sum.add(q.sum.lost)
	p.integers.add(q.integers)
	p.moments.join(q.moments)
}

func (p *part[T]) total() any {
	if _, isFloat := any(p.low).(float64); isFloat {
		return p.sum.value()
	}
	return p.integers.big()
}

// sound reports whether neither the sum nor the squares were too large for a float64, or too small.
func (p *part[T]) sound() bool {
	const least = 0x1p-960 // of squares that have all their digits
	sum, isFloat := p.total().(float64)
	return !isFloat || isFinite(sum) && isFinite(p.squares) && (p.squares >= least || p.low == p.high)
}

// mean is the sum's, which is nearer than the mean that is gathered.
func (p *part[T]) mean() float64 {
	if sum, isInteger := p.total().(*big.Int); isInteger {
		mean, _ := new(big.Rat).SetFrac(sum, big.NewInt(int64(p.n))).Float64()
		return mean
	}
	return p.sum.value() / float64(p.n)
}

// addScaled reads floats again, times a power of 2 that brings the largest near 1.
func addScaled[T number](f *Figures, p *part[T], c *Column, w *Work) error {
	_, exponent := math.Frexp(max(math.Abs(float64(p.low)), math.Abs(float64(p.high))))
	again, err := pass[T](c, w, -exponent)
	f.Sum = math.Ldexp(again.sum.value(), exponent)
	f.Mean, f.Std = math.Ldexp(again.mean(), exponent), math.Ldexp(again.std(), exponent)
	return err
}

// find returns an item and its index: the first that equals a value, from a position of the walk on.
func (c *Column) find(value any, from int) (any, []int) {
	if c.reordered || c.n <= blockItems {
		return c.item(first(c.items, c.Type, value))
	}
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	n := min(blockItems, c.n-from)
	return c.item(from + first(r.run(0, c.read(r, from, n), n, c.items.Size), c.Type, value))
}

// first is the position of an item that is there, but for memory that changes meanwhile.
func first(items kernel.Items, typ *format.Type, value any) int {
	position, err := typed.Index(&items, typ, value)
	if err != nil {
		return 0
	}
	return max(position, 0)
}

// item returns the item at a position in C order, and its index.
func (c *Column) item(position int) (any, []int) {
	index := unravel(position, c.items.Shape)
	value, err := c.Type.Unpack(unsafe.Slice((*byte)(c.items.At(index)), c.Type.Size()))
	if err != nil {
		return nil, index
	}
	return value, index
}

// unravel is the index of a position in C order.
func unravel(position int, shape []int) []int {
	index := make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		index[d] = position % shape[d]
		position /= shape[d]
	}
	return index
}
