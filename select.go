package memoryview

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-memoryview/memoryview/buffer"
)

// Select returns part of every dimension, sharing the memory. The expression is what stands between
// the brackets in Python: numbers, slices and one ellipsis, separated by commas, as in
// "2:5, ..., ::-1, 3". As there, slices are clamped, a number removes its dimension, negative ones
// count from the end, and what is left out is kept whole: all of it, where the expression is empty.
// White space is allowed, brackets around the whole as well.
//
// A number outside its dimension is buffer.ErrBounds; more numbers and slices than dimensions are
// buffer.ErrType; anything else that Python would not read is buffer.ErrValue and says where.
func (v *View) Select(expr string) (*View, error) {
	if err := v.check("select"); err != nil {
		return nil, err
	}
	cuts, err := resolve(expr, v.buf.NDim(), v.buf.Extent)
	if err != nil {
		return nil, err
	}
	return v.share(cuts...)
}

// Cuts returns what [View.Select] would cut of a view of that shape: one cut for each dimension that is named, for those who have the
// items elsewhere. The errors are Select's; a negative extent is buffer.ErrLayout.
func Cuts(expr string, shape []int) ([]buffer.Cut, error) {
	for _, n := range shape {
		if n < 0 {
			return nil, fmt.Errorf("select %.80q: %w: shape %v", expr, buffer.ErrLayout, shape)
		}
	}
	return resolve(expr, len(shape), func(d int) int { return shape[d] })
}

// resolve reads a selection for a number of dimensions, and their extents.
func resolve(expr string, ndim int, extent func(d int) int) ([]buffer.Cut, error) {
	keys, err := parseSelection(expr)
	var cuts []buffer.Cut
	if err == nil {
		cuts, err = cutsOf(keys, ndim, extent)
	}
	if err != nil {
		return nil, fmt.Errorf("select %.80q: %w", expr, err)
	}
	return cuts, nil
}

// key is one part of a selection between commas.
type key struct {
	kind              keyKind
	index             int
	start, stop, step *int // nil where left out
}

type keyKind uint8

const (
	indexKey keyKind = iota
	sliceKey
	ellipsisKey
)

// cutsOf resolves the keys against the dimensions.
func cutsOf(keys []key, ndim int, extent func(d int) int) ([]buffer.Cut, error) {
	keys, err := expandEllipsis(keys, ndim)
	if err != nil {
		return nil, err
	}
	cuts := make([]buffer.Cut, len(keys))
	for d, k := range keys {
		if k.kind == indexKey {
			cuts[d] = buffer.Cut{Start: k.index, Drop: true}
		} else {
			cuts[d], err = k.cut(extent(d))
		}
		if err != nil {
			return nil, err
		}
	}
	return cuts, nil
}

// expandEllipsis replaces an ellipsis by as many full slices as there are dimensions left for it.
func expandEllipsis(keys []key, ndim int) ([]key, error) {
	at, named := -1, len(keys)
	for i, k := range keys {
		if k.kind != ellipsisKey {
			continue
		}
		if at >= 0 {
			return nil, fmt.Errorf("%w: only one ... is possible", buffer.ErrValue)
		}
		at, named = i, len(keys)-1
	}
	if named > ndim {
		return nil, fmt.Errorf("%w: %d indices for a view of %d dimensions", buffer.ErrType, named, ndim)
	}
	if at < 0 {
		return keys, nil
	}
	full := append([]key(nil), keys[:at]...)
	for range ndim - named {
		full = append(full, key{kind: sliceKey})
	}
	return append(full, keys[at+1:]...), nil
}

// cut clamps a slice to a dimension of n items (slice.indices).
func (k key) cut(n int) (buffer.Cut, error) {
	step := 1
	if k.step != nil {
		step = *k.step
	}
	if step == 0 {
		return buffer.Cut{}, fmt.Errorf("%w: slice step is zero", buffer.ErrValue)
	}
	low, high := 0, n
	if step < 0 {
		low, high = -1, n-1
	}
	start, stop := low, high
	if step < 0 {
		start, stop = high, low
	}
	if k.start != nil {
		start = clamp(*k.start, n, low, high)
	}
	if k.stop != nil {
		stop = clamp(*k.stop, n, low, high)
	}
	return buffer.Cut{Start: start, Count: sliceLen(start, stop, step), Step: step}, nil
}

func clamp(i, n, low, high int) int {
	if i < 0 {
		i += n
	}
	return min(max(i, low), high)
}

// parseSelection reads a selection. Its length is bounded by the number of possible dimensions.
func parseSelection(expr string) ([]key, error) {
	p := selectionParser{text: expr}
	p.space()
	closing := p.opening()
	var keys []key
	for p.space(); !p.end(closing); p.space() {
		k, err := p.key()
		if err != nil {
			return nil, err
		}
		if keys = append(keys, k); len(keys) > buffer.MaxDims+1 {
			return nil, fmt.Errorf("%w: more than %d indices", buffer.ErrType, buffer.MaxDims)
		}
		if p.space(); !p.skip(',') && !p.end(closing) {
			return nil, p.fail("expected a comma")
		}
	}
	if closing != 0 && !p.skip(closing) {
		return nil, p.fail("expected ]")
	}
	if p.space(); p.pos < len(p.text) {
		return nil, p.fail("nothing can follow here")
	}
	if len(keys) == 0 && strings.Contains(expr, ",") {
		return nil, p.fail("expected a number, a slice or ... before the comma")
	}
	return keys, nil
}

type selectionParser struct {
	text string
	pos  int
}

func (p *selectionParser) fail(problem string) error {
	return fmt.Errorf("%w: at offset %d: %s", buffer.ErrValue, p.pos, problem)
}

func (p *selectionParser) space() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *selectionParser) skip(c byte) bool {
	if p.pos < len(p.text) && p.text[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

// opening skips a bracket around the whole and returns what closes it.
func (p *selectionParser) opening() byte {
	if p.skip('[') {
		return ']'
	}
	return 0
}

func (p *selectionParser) end(closing byte) bool {
	return p.pos == len(p.text) || closing != 0 && p.text[p.pos] == closing
}

func (p *selectionParser) key() (key, error) {
	if strings.HasPrefix(p.text[p.pos:], "...") {
		p.pos += len("...")
		return key{kind: ellipsisKey}, nil
	}
	first, err := p.number()
	if err != nil {
		return key{}, err
	}
	if p.space(); !p.skip(':') {
		return p.index(first)
	}
	k := key{kind: sliceKey, start: first}
	if k.stop, err = p.number(); err != nil {
		return key{}, err
	}
	if p.space(); p.skip(':') {
		k.step, err = p.number()
	}
	return k, err
}

func (p *selectionParser) index(number *int) (key, error) {
	if number == nil {
		return key{}, p.fail("expected a number, a slice or ...")
	}
	return key{kind: indexKey, index: *number}, nil
}

// number reads an optional integer; nil when there is none. Numbers beyond the range of an int are
// as good as its ends: no dimension is that long.
func (p *selectionParser) number() (*int, error) {
	p.space()
	begin, negative := p.pos, false
	for p.pos < len(p.text) && (p.text[p.pos] == '-' || p.text[p.pos] == '+') {
		negative = negative != (p.text[p.pos] == '-')
		p.pos++
		p.space()
	}
	n, digits, leadingZero := 0, 0, p.pos < len(p.text) && p.text[p.pos] == '0'
	for ; p.pos < len(p.text) && isDigit(p.text[p.pos]); p.pos++ {
		n = appendDigit(n, p.text[p.pos])
		digits++
		if p.pos+2 < len(p.text) && p.text[p.pos+1] == '_' && isDigit(p.text[p.pos+2]) {
			p.pos++
		}
	}
	if digits == 0 {
		if p.pos > begin {
			return nil, p.fail("expected digits after the sign")
		}
		return nil, nil
	}
	if n != 0 && digits > 1 && leadingZero {
		return nil, p.fail("a number cannot begin with 0")
	}
	if negative {
		n = -n
	}
	return &n, nil
}

func appendDigit(n int, digit byte) int {
	if n > (math.MaxInt-9)/10 {
		return math.MaxInt
	}
	return n*10 + int(digit-'0')
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
