package summary

import (
	"bytes"
	"fmt"
	"math"
	"math/bits"
	"math/cmplx"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Query looks for the items that meet all of some conditions.
type Query struct {
	Shape []int // of what is looked through: that of the items, or with the dimensions of a field that is a subarray

	items  kernel.Items
	typ    *format.Type
	column *Column // the first that a condition is on
	parts  []queryPart
}

// queryPart is a condition on a column.
type queryPart struct {
	column *Column
	test   test
}

// test sets the bits of the items of a block that meet a condition, from the lowest bit of the first word on.
type test func(bits []uint64, r *room, from, n int)

// NewQuery reads conditions: see [Condition]. Numbers are rounded to the items' type before they are compared, as NumPy does;
// with a tolerance, = is NumPy's isclose. The error is ErrValue, ErrType, or ErrFormat as that of Columns.
func NewQuery(items kernel.Items, typ *format.Type, conditions []string, t Tolerance) (*Query, error) {
	columns, err := open(nil, "", items, typ, false)
	if err != nil {
		return nil, err
	}
	q := &Query{items: items, typ: typ}
	for _, text := range conditions {
		condition, err := ParseCondition(text, columns)
		if err != nil {
			return nil, err
		}
		c := columns[slices.IndexFunc(columns, func(c *Column) bool { return c.Name == condition.Field })]
		if err := q.add(c, condition, t); err != nil {
			return nil, err
		}
	}
	if q.column == nil {
		return nil, fmt.Errorf("%w: no condition: give a value, as in '>3'", format.ErrValue)
	}
	return q, nil
}

func (q *Query) add(c *Column, condition Condition, t Tolerance) error {
	switch {
	case c.Type.Size() == 0:
		return condition.wrong(c, "they have no bytes in which anything could be found")
	case q.column == nil:
		q.column, q.Shape = c, c.items.Shape
	case !slices.Equal(q.Shape, c.items.Shape):
		return fmt.Errorf("%w: %q and %q: shapes %v and %v: look for one of them", format.ErrType, q.column.Name, c.Name, q.Shape, c.items.Shape)
	}
	test, err := condition.test(c, t)
	q.parts = append(q.parts, queryPart{c, test})
	return err
}

// Len is how many items are looked through.
func (q *Query) Len() int { return q.column.n }

// Count returns how many items meet the conditions. The error is ErrStopped.
func (q *Query) Count(w *Work) (int, error) {
	if slices.ContainsFunc(q.parts, func(p queryPart) bool { return !slices.Equal(p.column.order, q.column.order) }) {
		q.inOrder()
	}
	var found atomic.Int64
	err := w.each(q.column.n, func(_, from, to int) {
		var words [blockItems / 64]uint64
		n := 0
		w.eachBlock(from, to, func(from, items int) {
			q.mark(words[:], from, items)
			for _, word := range words[:(items+63)/64] {
				n += bits.OnesCount64(word)
			}
		})
		found.Add(int64(n))
	})
	return int(found.Load()), err
}

const mostRound = 32 // chunks for each worker, between which what was found is told

// Each calls found with the positions in C order of items that meet the conditions, a batch at a time and in that order. The
// error is found's, which ends the search, or ErrStopped. The positions are overwritten by the next batch.
func (q *Query) Each(w *Work, found func(positions []int) error) error {
	q.inOrder()
	n := q.column.n
	w.done.Store(0)
	w.total.Store(int64(n))
	workers := w.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var marks [][]uint64
	var positions []int
	for from, round := 0, workers; from < n; round = min(2*round, mostRound*workers) {
		chunks := min(round, (n-from-1)/leastChunk+1)
		for len(marks) < chunks {
			marks = append(marks, make([]uint64, leastChunk/64))
		}
		begin := from
		kernel.Together(min(workers, chunks), chunks, func(i int) {
			from := begin + i*leastChunk
			to := from + min(leastChunk, n-from)
			w.eachBlock(from, to, func(block, items int) {
				q.mark(marks[i][(block-from)/64:][:(items+63)/64], block, items)
			})
			w.done.Add(int64(to - from))
		})
		if w.stopped.Load() {
			return ErrStopped
		}
		for i := range chunks {
			first := begin + i*leastChunk
			items := min(leastChunk, n-first)
			if positions = marked(positions[:0], marks[i][:(items+63)/64], first); len(positions) == 0 {
				continue
			}
			if err := found(positions); err != nil {
				return err
			}
		}
		from += min(chunks*leastChunk, n-from)
	}
	return nil
}

// Item is what was found: an item, or an element of one where that is a subarray of more of them.
type Item struct {
	Index  []int
	Offset int // bytes from the first item
	Value  any
}

// At returns the item at a position. The error is one of reading it.
func (q *Query) At(position int) (Item, error) {
	items, typ := q.items, q.typ
	if len(q.Shape) > len(items.Shape) {
		items, typ = q.column.items, q.column.Type
	}
	index := unravel(position, q.Shape)
	p := items.At(index)
	value, err := typ.Unpack(unsafe.Slice((*byte)(p), typ.Size()))
	return Item{index, int(uintptr(p) - uintptr(q.items.Base)), value}, err
}

// marked appends the positions of bits.
func marked(positions []int, words []uint64, first int) []int {
	n := len(positions)
	for i, word := range words {
		positions = slices.Grow(positions[:n], 64)[:n+64]
		to, begin := positions[n:], first+64*i
		if word == math.MaxUint64 {
			for k := range to {
				to[k] = begin + k
			}
			n += 64
			continue
		}
		k := 0
		for ; word != 0; word &= word - 1 {
			to[k] = begin + bits.TrailingZeros64(word)
			k++
		}
		n += k
	}
	return positions[:n]
}

// inOrder has the columns read in C order.
func (q *Query) inOrder() {
	for _, p := range q.parts {
		p.column.inOrder()
	}
}

// inOrder has the column read in C order.
func (c *Column) inOrder() {
	if !c.reordered {
		return
	}
	c.walked, c.reordered = c.items, false
	c.isRun = c.n > 0 && isRun(&c.walked)
}

// mark sets the bits of the items that meet all conditions.
func (q *Query) mark(words []uint64, from, n int) {
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	words = words[:(n+63)/64]
	q.parts[0].test(words, r, from, n)
	for _, p := range q.parts[1:] {
		var more [blockItems / 64]uint64
		p.test(more[:len(words)], r, from, n)
		for i := range words {
			words[i] &= more[i]
		}
	}
}

// test is the condition on a column.
func (c Condition) test(col *Column, t Tolerance) (test, error) {
	var found test
	var err error
	switch {
	case strings.HasSuffix(string(c.op), "~") && (col.IsNumber() || col.Type.Kind() == format.Complex):
		return nil, c.wrong(col, "~ is for text: compare numbers by = > < or a range, as in 3..5")
	case col.IsNumber():
		found, err = c.numbers(col, t)
	case col.Type.Kind() == format.Complex:
		found, err = c.complexes(col, t)
	case isText(col.Type.Kind()):
		found, err = c.texts(col)
	default:
		return nil, fmt.Errorf("%w: %q among items of format %s: numbers, text and bytes can be looked for", format.ErrType, c.Text, col.Type)
	}
	if err != nil || !c.op.negated() {
		return found, err
	}
	return found.not(), nil
}

// not is about the other items.
func (t test) not() test {
	return func(words []uint64, r *room, from, n int) {
		t(words, r, from, n)
		for i := range words {
			words[i] = ^words[i]
		}
		if rest := n % 64; rest > 0 {
			words[len(words)-1] &= 1<<rest - 1
		}
	}
}

// nothing is met by no item.
func nothing(words []uint64, _ *room, _, _ int) { clear(words) }

// each is met by the items of a block of which meets says so.
func each(words []uint64, n int, meets func(i int) bool) {
	clear(words)
	for i := range n {
		if meets(i) {
			words[i/64] |= 1 << (i % 64)
		}
	}
}

func (c Condition) numbers(col *Column, t Tolerance) (test, error) {
	low, high, isRange := c.ends()
	a, okA := parseBound(low)
	b, okB := parseBound(high)
	if !okA || !okB {
		return nil, c.wrong(col, "no number: give one, or a range, as in 3, '>2.5', 3..5, nan")
	}
	if a.float != a.float || b.float != b.float {
		if isRange || c.op != "=" && c.op != "!=" {
			return nil, c.wrong(col, "nothing is above or below nan: look for nan or '!=nan'")
		}
		if col.isInteger() {
			return nothing, nil
		}
		all := floatRange{math.Inf(-1), math.Inf(1)}
		return all.test(col).not(), nil
	}
	if !isRange && (t.Relative > 0 || t.Absolute > 0) && !strings.ContainsAny(string(c.op), "<>") {
		return c.near(col, a, t), nil
	}
	if col.isInteger() {
		return c.integers(col, a, b), nil
	}
	return c.floats(col, a.in(col), b.in(col)).test(col), nil
}

// complexes are equal, or near by magnitude.
func (c Condition) complexes(col *Column, t Tolerance) (test, error) {
	z, ok := parseComplex(c.operand)
	switch {
	case strings.ContainsAny(string(c.op), "<>") || strings.Contains(c.operand, ".."):
		return nil, c.wrong(col, "complex numbers have no order: = and != are possible, with --rtol and --atol too")
	case !ok:
		return nil, c.wrong(col, "no complex number: write 1+2j")
	case cmplx.IsNaN(z):
		return col.complexTest(cmplx.IsNaN), nil
	case t.Relative > 0 || t.Absolute > 0:
		size := cmplx.Abs(z)
		return col.complexTest(func(x complex128) bool { return x == z || t.allows(cmplx.Abs(x-z), size) }), nil
	}
	if col.Type.Size() == 8 {
		z = complex128(complex64(z))
	}
	return col.complexTest(func(x complex128) bool { return x == z }), nil
}

func (c *Column) complexTest(meets func(complex128) bool) test {
	return func(words []uint64, r *room, from, n int) {
		all := complexBlock(c, r, from, n)
		each(words, n, func(i int) bool { return meets(all[i]) })
	}
}

// texts compares by what items have before the zeros that fill them up.
func (c Condition) texts(col *Column) (test, error) {
	low, high, isRange := c.ends()
	a, okA := parseText(low)
	b, okB := parseText(high)
	if !okA || !okB {
		return nil, c.wrong(col, `text in quotes is written as in Go, as in "a\tb\xff"`)
	}
	a, b = strings.TrimRight(a, "\x00"), strings.TrimRight(b, "\x00")
	switch c.op {
	case "=", "!=":
		if isRange {
			return col.textTest(func(s string) bool { return a <= s && s <= b }), nil
		}
		return col.equalTexts(a), nil
	case ">":
		return col.textTest(func(s string) bool { return s > a }), nil
	case ">=":
		return col.textTest(func(s string) bool { return s >= a }), nil
	case "<":
		return col.textTest(func(s string) bool { return s < a }), nil
	case "<=":
		return col.textTest(func(s string) bool { return s <= a }), nil
	}
	return col.textTest(func(s string) bool { return strings.Contains(s, a) }), nil
}

func (c *Column) textTest(meets func(string) bool) test {
	return func(words []uint64, r *room, from, n int) {
		each(words, n, func(i int) bool { return meets(textAt(c, r, from+i)) }) // one by one: an item may be as long as memory
	}
}

const shortText = 256 // bytes of items of which a block is read at once

// equalTexts compares bytes where only one row of them means a text.
func (c *Column) equalTexts(text string) test {
	size := c.Type.Size()
	if c.Type.Kind() == format.Pascal || !kernel.Affords(size) {
		return c.textTest(func(s string) bool { return s == text })
	}
	want := make([]byte, size)
	var value any = text
	if c.Type.Kind() == format.Bytes {
		if len(text) > size {
			return nothing
		}
		value = append(make([]byte, 0, size), text...)[:size]
	}
	if c.Type.Pack(want, value) != nil { // longer than items are
		return nothing
	}
	return func(words []uint64, r *room, from, n int) {
		if size > shortText {
			each(words, n, func(i int) bool { return bytes.Equal(unsafe.Slice((*byte)(c.read(r, from+i, 1)), size), want) })
			return
		}
		all := unsafe.Slice((*byte)(c.read(r, from, n)), n*size)
		each(words, n, func(i int) bool { return bytes.Equal(all[i*size:(i+1)*size], want) })
	}
}
