package summary

import (
	"fmt"
	"math"
	"math/bits"
	"math/cmplx"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Tolerance says what is close enough to be the same, as NumPy's isclose does: |a-b| <= Absolute + Relative*|b|.
type Tolerance struct {
	Relative, Absolute float64
	EqualNaN           bool
}

// allows says it of a distance that is not 0, which two integers can have that are the same float64.
func (t Tolerance) allows(distance, size float64) bool {
	return distance <= t.Absolute+t.Relative*size && size <= math.MaxFloat64
}

// Ask is what is wanted of a comparison.
type Ask struct {
	Tolerance
	First         bool // stop soon after a difference is found: how many there are is not told, nor how far
	Rows, Columns int  // of a Map; 0: none
}

// Pair is a column of each of two arrays of the same shape, whose items are compared.
type Pair struct{ A, B *Column }

// Difference is how two columns differ. Items of numbers are compared by value, whatever their formats are; bytes and
// text without the zeros that fill them up, as NumPy does.
type Difference struct {
	Count    int  // items
	Differ   int  // how many of them do
	First    *At  // the first that differs, in C order; nil where none does
	Absolute *Far // the largest |a-b| of items that differ and are finite; nil where there is none
	Relative *Far // the largest |a-b|/|b| of those
	Map      *Map // where they differ; nil unless it was asked for
}

// At is a place where two arrays differ.
type At struct {
	Index []int
	A, B  any
}

// Far is a distance, and where it is.
type Far struct {
	At
	Distance float64
}

// Pairs matches the columns of two arrays: fields by their names where both have the same, else one by one.
// Complex numbers are columns of their own. The error is ErrType where they do not match.
func Pairs(a, b kernel.Items, typA, typB *format.Type) ([]Pair, error) {
	columnsA, err := open(nil, "", a, typA, false)
	if err != nil {
		return nil, err
	}
	columnsB, err := open(nil, "", b, typB, false)
	if err != nil {
		return nil, err
	}
	if len(columnsA) != len(columnsB) {
		return nil, fmt.Errorf("%w: records of %d and of %d fields: compare those that both have", format.ErrType, len(columnsA), len(columnsB))
	}
	byName := map[string]*Column{}
	for _, c := range columnsB {
		byName[c.Name] = c
	}
	named := len(byName) == len(columnsB) && !slices.ContainsFunc(columnsA, func(c *Column) bool { return byName[c.Name] == nil })
	pairs := make([]Pair, len(columnsA))
	for i, c := range columnsA {
		pairs[i] = Pair{c, columnsB[i]}
		if named {
			pairs[i].B = byName[c.Name]
		}
		if !slices.Equal(c.items.Shape, pairs[i].B.items.Shape) {
			return nil, fmt.Errorf("%w: shapes %v and %v of field %q: compare the others", format.ErrType, c.items.Shape, pairs[i].B.items.Shape, c.Name)
		}
		pairs[i].align()
	}
	return pairs, nil
}

// align has both sides read in the same order: as A lies in memory.
func (p Pair) align() {
	if slices.Equal(p.A.order, p.B.order) {
		return
	}
	for _, c := range []*Column{p.A, p.B} {
		c.walked, c.reordered = c.items, false
		c.isRun = c.n > 0 && isRun(&c.walked)
	}
}

// distances are what a run of pairs comes to. Positions are those of C order.
type distances struct {
	differ                    int
	first, absolute, relative int
	far, ratio                float64 // negative: none yet
	cells                     *Map    // nil where nobody asked for it
}

// Difference reads both columns. The error is ErrStopped, or one of reading an item.
func (p Pair) Difference(w *Work, ask Ask) (*Difference, error) {
	d := &Difference{Count: p.A.n}
	if p.A.n == 0 || p.A.Type.Size() == 0 && p.B.Type.Size() == 0 {
		return d, nil
	}
	compare, err := p.comparison(ask.Tolerance)
	if err != nil {
		return nil, err
	}
	var enough atomic.Bool
	maps := newMaps(p.A.items.Shape, ask)
	parts := make([]distances, chunkCount(p.A.n))
	err = w.each(p.A.n, func(chunk, from, to int) {
		if enough.Load() {
			return
		}
		ra, rb := rooms.Get().(*room), rooms.Get().(*room)
		defer rooms.Put(ra)
		defer rooms.Put(rb)
		part := &parts[chunk]
		*part = none
		part.cells = maps.take()
		defer maps.put(part.cells)
		w.eachBlock(from, to, func(from, n int) { compare(part, ra, rb, from, n) })
		if ask.First && part.differ > 0 {
			enough.Store(true)
		}
	})
	if err != nil {
		return nil, err
	}
	d.Map = maps.join()
	all := none
	for i := range parts {
		all.join(&parts[i])
	}
	d.Differ = all.differ
	if all.differ > 0 {
		at := p.at(all.first)
		d.First = &at
	}
	if all.far >= 0 {
		d.Absolute = &Far{p.at(all.absolute), all.far}
	}
	if all.ratio >= 0 {
		d.Relative = &Far{p.at(all.relative), all.ratio}
	}
	return d, nil
}

var none = distances{far: -1, ratio: -1}

func (p Pair) at(position int) At {
	a, index := p.A.item(position)
	b, _ := p.B.item(position)
	return At{index, a, b}
}

// join adds what differs in other items.
func (d *distances) join(o *distances) {
	if o.differ > 0 && (d.differ == 0 || o.first < d.first) {
		d.first = o.first
	}
	d.differ += o.differ
	if o.far > d.far || o.far == d.far && o.absolute < d.absolute {
		d.far, d.absolute = o.far, o.absolute
	}
	if o.ratio > d.ratio || o.ratio == d.ratio && o.relative < d.relative {
		d.ratio, d.relative = o.ratio, o.relative
	}
}

// add takes in a pair that differs. Distances count between finite numbers.
func (d *distances) add(position int, far, size float64, finite bool) {
	d.mark(position)
	if finite {
		d.measure(position, far, far/size)
	}
}

func (d *distances) mark(position int) {
	if d.differ == 0 || position < d.first {
		d.first = position
	}
	d.differ++
	if d.cells != nil {
		d.cells.add(position, 1)
	}
}

func (d *distances) measure(position int, far, ratio float64) {
	if far > d.far {
		d.far, d.absolute = far, position
	}
	if ratio > d.ratio {
		d.ratio, d.relative = ratio, position
	}
}

// A comparison adds what differs in a block.
type comparison func(d *distances, ra, rb *room, from, n int)

func (p Pair) comparison(t Tolerance) (comparison, error) {
	a, b := p.A.Type.Kind(), p.B.Type.Kind()
	switch {
	case p.A.IsNumber() && p.B.IsNumber():
		if p.A.inFloats() && p.B.inFloats() {
			return p.floats(t), nil
		}
		return p.integers(t), nil
	case (p.A.IsNumber() || a == format.Complex) && (p.B.IsNumber() || b == format.Complex):
		return p.complexes(t), nil
	case isText(a) && a == b || a == format.Bytes && b == format.Pascal || a == format.Pascal && b == format.Bytes:
		return p.texts(), nil
	}
	return nil, fmt.Errorf("%w: %s beside %s: numbers are compared with numbers, and text with text", format.ErrType, p.A.Type, p.B.Type)
}

func isText(k format.Kind) bool { return k == format.Bytes || k == format.Pascal || k == format.Text }

// inFloats reports whether a float64 holds all numbers of the column.
func (c *Column) inFloats() bool { return c.form() == floating || c.form() == counted }

// position is that of C order.
func (p Pair) position(walked int) int {
	if !p.A.reordered {
		return walked
	}
	order := p.A.order
	index := make([]int, len(p.A.items.Shape))
	for k := len(order) - 1; k >= 0; k-- {
		extent := p.A.items.Shape[order[k]]
		index[order[k]] = walked % extent
		walked /= extent
	}
	position := 0
	for d, i := range index {
		position = position*p.A.items.Shape[d] + i
	}
	return position
}

// same reports whether a block has equal numbers, as most blocks of most files do: that is found by words.
func (p Pair) same(ra, rb *room, a, b unsafe.Pointer, n int) bool {
	return p.A.isNumber && p.B.isNumber &&
		kernel.EqualNumbers(ra.run(1, a, n, p.A.walked.Size), rb.run(1, b, n, p.B.walked.Size), p.A.number, p.B.number)
}

func (p Pair) floats(t Tolerance) comparison {
	return func(d *distances, ra, rb *room, from, n int) {
		atA, atB := p.A.read(ra, from, n), p.B.read(rb, from, n)
		if p.same(ra, rb, atA, atB, n) {
			return
		}
		f := floatBlock{pair: p, from: from, a: floatsAt(p.A, ra, atA, n), b: floatsAt(p.B, rb, atB, n)}
		marks := f.marks[:(n+63)/64]
		far, ratio := kernel.Apart(marks, f.a, f.b, kernel.Tolerance{Relative: t.Relative, Absolute: t.Absolute})
		if t.EqualNaN {
			f.forgetNaNs(marks)
		}
		f.add(d, marks, far, ratio)
	}
}

// floatBlock are the numbers of a block, and marks of those that differ.
type floatBlock struct {
	pair  Pair
	from  int
	a, b  []float64
	marks [blockItems / 64]uint64
}

// each calls f for the items with a mark until it returns false.
func (f *floatBlock) each(marks []uint64, do func(i int) bool) {
	for k, word := range marks {
		for ; word != 0; word &= word - 1 {
			if !do(64*k + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}

func (f *floatBlock) forgetNaNs(marks []uint64) {
	f.each(marks, func(i int) bool {
		if f.a[i] != f.a[i] && f.b[i] != f.b[i] {
			marks[i/64] &^= 1 << (i % 64)
		}
		return true
	})
}

// add takes in a block whose largest distance and ratio are known. Where they are is looked for only when they are the
// largest so far, which is seldom.
func (f *floatBlock) add(d *distances, marks []uint64, far, ratio float64) {
	if math.IsInf(far, 0) || f.pair.A.reordered {
		f.each(marks, func(i int) bool {
			x, y := f.a[i], f.b[i]
			d.add(f.pair.position(f.from+i), math.Abs(x-y), math.Abs(y), isFinite(x) && isFinite(y))
			return true
		})
		return
	}
	count := 0
	for _, word := range marks {
		count += bits.OnesCount64(word)
	}
	if count == 0 {
		return
	}
	if d.differ == 0 {
		f.each(marks, func(i int) bool {
			d.first = f.from + i
			return false
		})
	}
	d.differ += count
	if d.cells != nil {
		d.cells.addMarks(marks, f.from, len(f.a))
	}
	if far > max(d.far, 0) { // 0: all of them are NaN
		d.far, d.absolute = far, f.from+f.find(marks, func(x, y float64) bool { return math.Abs(x-y) == far })
	}
	if far > 0 && ratio > d.ratio {
		d.ratio, d.relative = ratio, f.from+f.find(marks, func(x, y float64) bool { return math.Abs(x-y)/math.Abs(y) == ratio })
	}
}

// find returns the first marked pair that is so, or the first, if the memory has changed meanwhile.
func (f *floatBlock) find(marks []uint64, is func(x, y float64) bool) (at int) {
	f.each(marks, func(i int) bool {
		at = i
		return !is(f.a[i], f.b[i])
	})
	return at
}

// floatsAt makes float64 of any numbers that are no wide integers.
func floatsAt(c *Column, r *room, p unsafe.Pointer, n int) []float64 {
	if c.form() != counted {
		return numbersAt[float64](c, r, p, n)
	}
	to := unsafe.Pointer(&r.values)
	kernel.Convert(r.run(0, to, n, 8), r.run(1, p, n, c.walked.Size), kernel.Number{Kind: kernel.Float, Size: 8}, c.number)
	return unsafe.Slice((*float64)(to), n)
}

// real is a number of which a float64 may not hold all digits.
type real struct {
	float    float64
	integer  bool
	negative bool
	size     uint64
}

func realOf(x float64) real {
	if x == math.Trunc(x) && math.Abs(x) < 0x1p64 {
		return real{x, true, x < 0, uint64(math.Abs(x))}
	}
	return real{float: x}
}

// realsAt reads any numbers.
func realsAt(c *Column, r *room, p unsafe.Pointer, n int) []real {
	all := make([]real, n)
	switch c.form() {
	case signed:
		for i, x := range numbersAt[int64](c, r, p, n) {
			size := uint64(x)
			if x < 0 {
				size = -size
			}
			all[i] = real{float64(x), true, x < 0, size}
		}
	case unsigned:
		for i, x := range numbersAt[uint64](c, r, p, n) {
			all[i] = real{float64(x), true, false, x}
		}
	default:
		for i, x := range floatsAt(c, r, p, n) {
			all[i] = realOf(x)
		}
	}
	return all
}

// distance is |x-y|, rounded once where both are integers.
func (x real) distance(y real) float64 {
	switch {
	case !x.integer || !y.integer:
		return math.Abs(x.float - y.float)
	case x.negative != y.negative:
		sum, carry := bits.Add64(x.size, y.size, 0)
		if carry > 0 { // the last bit is there for the rounding
			return 2 * float64(carry<<63|sum>>1|sum&1)
		}
		return float64(sum)
	}
	return float64(max(x.size, y.size) - min(x.size, y.size))
}

func (x real) equals(y real) bool {
	if x.integer && y.integer {
		return x.size == y.size && (x.negative == y.negative || x.size == 0)
	}
	return x.integer == y.integer && x.float == y.float
}

// integers compares where one side has integers of eight bytes.
func (p Pair) integers(t Tolerance) comparison {
	return func(d *distances, ra, rb *room, from, n int) {
		atA, atB := p.A.read(ra, from, n), p.B.read(rb, from, n)
		if p.same(ra, rb, atA, atB, n) {
			return
		}
		b := realsAt(p.B, rb, atB, n)
		for i, x := range realsAt(p.A, ra, atA, n) {
			y := b[i]
			far, size := x.distance(y), math.Abs(y.float)
			if !x.equals(y) && !t.allows(far, size) && !(t.EqualNaN && x.float != x.float && y.float != y.float) {
				d.add(p.position(from+i), far, size, isFinite(x.float) && isFinite(y.float))
			}
		}
	}
}

// complexes compares by magnitude, as NumPy does.
func (p Pair) complexes(t Tolerance) comparison {
	return func(d *distances, ra, rb *room, from, n int) {
		b := complexBlock(p.B, rb, from, n)
		for i, x := range complexBlock(p.A, ra, from, n) {
			y := b[i]
			far, size := cmplx.Abs(x-y), cmplx.Abs(y)
			if x == y || t.allows(far, size) || t.EqualNaN && cmplx.IsNaN(x) && cmplx.IsNaN(y) {
				continue
			}
			finite := !cmplx.IsNaN(x) && !cmplx.IsInf(x) && !cmplx.IsNaN(y) && !cmplx.IsInf(y)
			d.add(p.position(from+i), far, size, finite)
		}
	}
}

func complexBlock(c *Column, r *room, from, n int) []complex128 {
	all := make([]complex128, n)
	at := c.read(r, from, n)
	if c.IsNumber() {
		for i, x := range realsAt(c, r, at, n) {
			all[i] = complex(x.float, 0)
		}
		return all
	}
	if c.isNumber {
		native := kernel.Number{Kind: kernel.Complex, Size: 16}
		kernel.Convert(r.run(0, unsafe.Pointer(&all[0]), n, 16), r.run(1, at, n, c.walked.Size), native, c.number)
		return all
	}
	size := c.Type.Size()
	for i := range all {
		value, err := c.Type.Unpack(unsafe.Slice((*byte)(unsafe.Add(at, i*size)), size))
		switch v := value.(type) {
		case complex64:
			all[i] = complex128(v)
		case complex128:
			all[i] = v
		}
		if err != nil {
			all[i] = cmplx.NaN()
		}
	}
	return all
}

// texts compares bytes with bytes, and text with text.
func (p Pair) texts() comparison {
	return func(d *distances, ra, rb *room, from, n int) {
		for i := from; i < from+n; i++ { // one by one: an item may be as long as memory
			if textAt(p.A, ra, i) != textAt(p.B, rb, i) {
				d.add(p.position(i), 0, 0, false)
			}
		}
	}
}

func textAt(c *Column, r *room, position int) string {
	item, err := c.Type.Unpack(unsafe.Slice((*byte)(c.read(r, position, 1)), c.Type.Size()))
	if err != nil {
		return err.Error()
	}
	text, _ := trimmed(item)
	return text
}
