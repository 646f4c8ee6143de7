package format

import (
	"fmt"
	"math"
	"math/bits"
)

// A format of a few bytes can ask for a great many values in little or no memory: empty records, arrays of no bytes, lists
// nested around a single byte. A type may make freeValues values whatever its size, and valuesPerByte more for each byte.
const (
	freeValues    = 65_536
	valuesPerByte = 8
)

// tooManyValues tells that Unpack would make more values than the item's size gives reason for.
func tooManyValues(values, size int) bool {
	allowed, ok := mul(size, valuesPerByte)
	if !ok {
		return false
	}
	allowed, ok = add(allowed, freeValues)
	return ok && values > allowed
}

// recordBuilder lays out the fields of a record as they are read.
type recordBuilder struct {
	fields []Field
	seen   map[string]bool
	size   int
	align  int
	values int
}

// claim notes a field's name, and reports whether it is the first of that name.
func (b *recordBuilder) claim(name string) bool {
	if b.seen[name] {
		return false
	}
	if b.seen == nil {
		b.seen = make(map[string]bool)
	}
	b.seen[name] = true
	return true
}

// alignTo skips to where an item of type t may start, if the mode it ends in asks for alignment. The mode at the end and not
// at the start decides, as in NumPy's reader: a mark inside a nested T{} outlives it.
func (b *recordBuilder) alignTo(t *Type) bool {
	if t.mode != native {
		return true
	}
	size, ok := roundUp(b.size, t.align)
	b.size, b.align = size, max(b.align, t.align)
	return ok
}

// add appends an item, or only its bytes if it is padding. It reports whether the size can be counted.
func (b *recordBuilder) add(name string, t *Type, padding bool) bool {
	if !b.alignTo(t) {
		return false
	}
	end, ok := add(b.size, t.size)
	if !ok {
		return false
	}
	if !padding {
		b.fields = append(b.fields, Field{Name: name, Offset: b.size, Type: t})
		b.values = addUpTo(b.values, t.values)
	}
	b.size = end
	return true
}

// build finishes the record, whose text has just been read.
func (b *recordBuilder) build(p *parser, bare bool) (*Type, error) {
	t := &Type{
		kind: Struct, mode: p.mode, bare: bare, size: b.size, align: b.align, values: addUpTo(b.values, 1),
		fields: b.fields, named: true, hollow: true,
	}
	if tooManyValues(b.values, b.size) {
		return nil, p.fail(p.i, "a record of %d values in %d bytes; at most %d, and %d more a byte, are possible",
			b.values, b.size, freeValues, valuesPerByte)
	}
	t.names = make([]string, len(t.fields))
	for i, f := range t.fields {
		t.names[i] = f.Name
		t.named = t.named && f.Name != ""
		t.hollow = t.hollow && f.Type.hollow
	}
	return t, nil
}

// arrayOf makes an array of at least one dimension. Its elements keep their alignment where the mode asks for it, the padding
// after the last one included, as in NumPy's reader.
func arrayOf(elem *Type, shape []int) (t *Type, problem string) {
	t = &Type{kind: Array, mode: elem.mode, align: elem.align, elem: elem, shape: shape, stride: elem.size}
	ok := true
	if elem.mode == native {
		t.stride, ok = roundUp(elem.size, elem.align)
	}
	n, lists := 1, 0
	for i, extent := range shape {
		if i > 0 {
			lists = addUpTo(lists, n)
		}
		var fits bool
		n, fits = mul(n, extent)
		ok = ok && fits
	}
	size, fits := mul(n, t.stride)
	if !ok || !fits {
		return nil, "more bytes than a size can count"
	}
	t.size = size
	t.hollow = n == 0 || elem.hollow
	t.values = max(1, addUpTo(lists, mulUpTo(n, elem.values)))
	if tooManyValues(t.values, t.size) {
		return nil, fmt.Sprintf("a subarray of %d values in %d bytes; at most %d, and %d more a byte, are possible",
			t.values, t.size, freeValues, valuesPerByte)
	}
	return t, ""
}

// ofLength is the leaf t, of one unit, with n units.
func (t *Type) ofLength(n int) (*Type, bool) {
	long := *t
	size, ok := mul(t.size, n)
	long.size = size
	return &long, ok
}

// hasLength tells that a count before the leaf's code is its length.
func (t *Type) hasLength() bool { return t.code != nil && t.code.length }

// isPadding tells that the leaf's code is x.
func (t *Type) isPadding() bool { return t.code != nil && t.code.text == "x" }

// add adds sizes; false where an int cannot hold the sum.
func add(a, b int) (int, bool) {
	return a + b, a <= math.MaxInt-b
}

// mul multiplies sizes; false where an int cannot hold the product.
func mul(a, b int) (int, bool) {
	high, low := bits.Mul64(uint64(a), uint64(b))
	return int(low), high == 0 && low <= math.MaxInt
}

// roundUp rounds a size up to a multiple of align, a power of 2; false where an int cannot hold it.
func roundUp(size, align int) (int, bool) {
	sum, ok := add(size, align-1)
	return sum &^ (align - 1), ok
}

// addUpTo adds counts, up to the largest int.
func addUpTo(a, b int) int {
	if sum, ok := add(a, b); ok {
		return sum
	}
	return math.MaxInt
}

// mulUpTo multiplies counts, up to the largest int.
func mulUpTo(a, b int) int {
	if product, ok := mul(a, b); ok {
		return product
	}
	return math.MaxInt
}
