package format

import (
	"fmt"
	"strings"
)

const (
	// maxDepth is how deep T{}, & and X{} may nest.
	maxDepth = 64
	// maxDims is how many dimensions a subarray may have: as many as a Py_buffer.
	maxDims = 64
)

// Parse reads a format string of the struct module or of PEP 3118. The package's introduction describes the language.
//
// A string that is one item without a name or padding gives the type of that item; any other gives a record. Its errors are a
// [*SyntaxError] and match [ErrFormat].
func Parse(s string) (*Type, error) {
	if len(s) == 1 && single[s[0]] != nil {
		return single[s[0]], nil
	}
	return parse(s)
}

// single answers the formats of one character, so that the common ones cost no allocation.
var single = func() (types [256]*Type) {
	for c := range types {
		types[c], _ = parse(string([]byte{byte(c)}))
	}
	return types
}()

func parse(s string) (*Type, error) {
	p := parser{s: s, mode: native}
	t, err := p.sequence(true)
	if err != nil {
		return nil, err
	}
	if len(t.fields) == 1 && t.fields[0].Name == "" && t.fields[0].Offset == 0 && t.fields[0].Type.size == t.size {
		return t.fields[0].Type, nil
	}
	return t, nil
}

// parser reads a string from left to right, once.
type parser struct {
	s     string
	i     int  // offset of what is read next
	mode  mode // the last mark; it outlives the T{} it stands in, as in NumPy's reader
	depth int
}

func (p *parser) fail(at int, problem string, args ...any) error {
	return &SyntaxError{Format: p.s, Offset: at, Problem: fmt.Sprintf(problem, args...)}
}

// more tells that something is left to read.
func (p *parser) more() bool { return p.i < len(p.s) }

// take reads text, if it comes next.
func (p *parser) take(text string) bool {
	if !strings.HasPrefix(p.s[p.i:], text) {
		return false
	}
	p.i += len(text)
	return true
}

// enter counts a level of nesting that opens at offset at.
func (p *parser) enter(at int) error {
	if p.depth == maxDepth {
		return p.fail(at, "nested deeper than %d levels", maxDepth)
	}
	p.depth++
	return nil
}

func (p *parser) leave() { p.depth-- }

// sequence reads items up to the closing brace of a T{} or, of a bare sequence, to the end of the string.
func (p *parser) sequence(bare bool) (*Type, error) {
	b := recordBuilder{align: 1}
	for {
		if err := p.spaceAndMarks(); err != nil {
			return nil, err
		}
		switch {
		case !p.more() && bare:
			return b.build(p, bare)
		case !p.more():
			return nil, p.fail(p.i, "the end inside T{, which wants a closing }")
		case !bare && p.take("}"):
			return b.build(p, bare)
		}
		if err := p.member(&b); err != nil {
			return nil, err
		}
	}
}

// spaceAndMarks skips white space, C's isspace as in the struct module, and takes marks.
func (p *parser) spaceAndMarks() error {
	for p.more() {
		switch p.s[p.i] {
		case ' ', '\t', '\n', '\v', '\f', '\r':
			p.i++
		default:
			if taken, err := p.mark(); !taken {
				return err
			}
		}
	}
	return nil
}

// mark takes a mark, if one comes next. No reader takes two in a row.
func (p *parser) mark() (taken bool, err error) {
	if !p.more() {
		return false, nil
	}
	m, ok := modeOf(p.s[p.i])
	if !ok {
		return false, nil
	}
	if p.i > 0 {
		if _, twice := modeOf(p.s[p.i-1]); twice {
			return false, p.fail(p.i, "a second mark; write one of @ ^ = < > !")
		}
	}
	p.mode = m
	p.i++
	return true, nil
}

// member reads an item and its name into b.
func (p *parser) member(b *recordBuilder) error {
	at := p.i
	it, err := p.item()
	if err != nil {
		return err
	}
	nameAt := p.i
	name, err := p.name()
	if err != nil {
		return err
	}
	if name == "" && it.alignsOnly() {
		if !b.alignTo(it.unit) {
			return p.fail(at, "more bytes than a size can count")
		}
		return nil
	}
	t, err := it.build(p, at)
	if err != nil {
		return err
	}
	if name != "" && !b.claim(name) {
		return p.fail(nameAt, "a second field named %s; the names of a record must differ", excerpt(name, 0))
	}
	if !b.add(name, t, name == "" && it.unit.isPadding()) {
		return p.fail(at, "more bytes than a size can count")
	}
	return nil
}

// name reads ":name:", if it comes next; "" where there is none.
func (p *parser) name() (string, error) {
	at := p.i
	if !p.take(":") {
		return "", nil
	}
	name, _, closed := strings.Cut(p.s[p.i:], ":")
	switch {
	case !closed:
		return "", p.fail(at, "a name without the ':' that ends it")
	case name == "":
		return "", p.fail(at, "an empty name; leave out the colons")
	}
	p.i += len(name) + 1
	return name, nil
}

// item is one item as it is written: "(2,3)4i" is of shape 2, 3, of count 4 and of unit i.
type item struct {
	shape   []int
	counted bool // a count is written
	count   int
	unit    *Type // for codes whose count is a length: of that length
}

// alignsOnly tells that an item without a name is struct's idiom "0i": no item, but the alignment of one.
func (it *item) alignsOnly() bool {
	return it.counted && it.count == 0 && it.shape == nil && !it.unit.hasLength()
}

// build gives the type of the item, which starts at offset at.
func (it *item) build(p *parser, at int) (*Type, error) {
	shape := it.shape
	if it.counted && it.count != 1 && !it.unit.hasLength() { // "1i" is no array to struct, nor to NumPy
		shape = append(shape, it.count)
	}
	if len(shape) == 0 {
		return it.unit, nil
	}
	if len(shape) > maxDims {
		return nil, p.fail(at, "a subarray of %d dimensions; at most %d are possible", len(shape), maxDims)
	}
	t, problem := arrayOf(it.unit, shape)
	if problem != "" {
		return nil, p.fail(at, "%s", problem)
	}
	return t, nil
}

// item reads shapes, marks before and after them, a count and what they count.
func (p *parser) item() (it item, err error) {
	if _, err = p.mark(); err != nil {
		return it, err
	}
	for p.more() && p.s[p.i] == '(' { // NumPy writes the shapes of nested subarrays one after the other
		if it.shape, err = p.shape(it.shape); err != nil {
			return it, err
		}
	}
	if _, err = p.mark(); err != nil {
		return it, err
	}
	if it.counted = p.digit(); it.counted {
		if it.count, err = p.number(); err != nil {
			return it, err
		}
	} else {
		it.count = 1
	}
	it.unit, err = p.unit(it.count)
	return it, err
}

// shape reads "(2,3)" and appends its extents. "()" has none.
func (p *parser) shape(shape []int) ([]int, error) {
	p.take("(")
	p.spaces()
	if p.take(")") {
		return shape, nil
	}
	for {
		p.spaces()
		if !p.digit() {
			return nil, p.fail(p.i, "%s in a shape, which wants an extent such as in (2,3)", p.next())
		}
		extent, err := p.number()
		if err != nil {
			return nil, err
		}
		shape = append(shape, extent)
		p.spaces()
		switch {
		case len(shape) > maxDims:
			return nil, p.fail(p.i, "a subarray of more than %d dimensions", maxDims)
		case p.take(")"):
			return shape, nil
		case !p.take(","):
			return nil, p.fail(p.i, "%s in a shape, which wants ',' or ')'", p.next())
		}
	}
}

func (p *parser) spaces() {
	for p.take(" ") {
	}
}

// digit tells that a digit comes next.
func (p *parser) digit() bool { return p.more() && '0' <= p.s[p.i] && p.s[p.i] <= '9' }

// number reads digits.
func (p *parser) number() (int, error) {
	at, n := p.i, 0
	for p.digit() {
		tens, ok1 := mul(n, 10)
		sum, ok2 := add(tens, int(p.s[p.i]-'0'))
		if !ok1 || !ok2 {
			return 0, p.fail(at, "a number too large to count with")
		}
		n = sum
		p.i++
	}
	return n, nil
}

// next quotes what comes next, for messages.
func (p *parser) next() string {
	if !p.more() {
		return "the end"
	}
	for _, r := range p.s[p.i:] {
		return fmt.Sprintf("%q", r)
	}
	return ""
}

// unit reads what a shape and a count stand before. The count matters to codes that take it as a length.
func (p *parser) unit(count int) (*Type, error) {
	at := p.i
	switch {
	case p.take("T{"):
		return p.record(at)
	case p.take("&"):
		return p.pointer(at)
	case p.take("X{"):
		return p.function(at)
	}
	c, err := p.code()
	if err != nil {
		return nil, err
	}
	if c.size(p.mode) == 0 {
		return nil, p.fail(at, "%s", c.missing(p.mode))
	}
	t := c.leaf[p.mode.index()]
	if !c.length || count == 1 {
		return t, nil
	}
	t, ok := t.ofLength(count)
	if !ok {
		return nil, p.fail(at, "more bytes than a size can count")
	}
	return t, nil
}

// record reads the rest of a T{ that opens at offset at.
func (p *parser) record(at int) (*Type, error) {
	if err := p.enter(at); err != nil {
		return nil, err
	}
	defer p.leave()
	return p.sequence(false)
}

// pointer reads what an & at offset at points to. The pointer itself is of the mode before it.
func (p *parser) pointer(at int) (*Type, error) {
	if err := p.enter(at); err != nil {
		return nil, err
	}
	defer p.leave()
	t := *byText["&"].leaf[p.mode.index()]
	to, err := p.item()
	if err != nil {
		return nil, err
	}
	if t.elem, err = to.build(p, at+1); err != nil {
		return nil, err
	}
	return &t, nil
}

// function reads the rest of an X{ that opens at offset at: any text whose braces are balanced.
func (p *parser) function(at int) (*Type, error) {
	t := *byText["X{"].leaf[p.mode.index()]
	open := 1
	for i := p.i; i < len(p.s); i++ {
		switch p.s[i] {
		case '{':
			open++
		case '}':
			open--
		}
		switch {
		case p.depth+open > maxDepth:
			return nil, p.fail(i, "nested deeper than %d levels", maxDepth)
		case open == 0:
			t.signature = p.s[p.i:i]
			p.i = i + 1
			return &t, nil
		}
	}
	return nil, p.fail(at, "X{ without the closing } of its signature")
}

// code reads a code of the table.
func (p *parser) code() (*code, error) {
	at := p.i
	if !p.more() {
		return nil, p.fail(at, "the end after a count, a shape or &, which want an item after them: the name f8 of NumPy, for one, is d here")
	}
	length := 1
	switch rest := p.s[p.i:]; {
	case rest[0] == '[':
		length = strings.IndexByte(rest, ']') + 1
	case rest[0] == 'Z' && len(rest) > 1 && strings.IndexByte("fdg", rest[1]) >= 0:
		length = 2
	}
	c := byText[p.s[at:at+length]]
	if c == nil {
		return nil, p.fail(at, "%s", p.unknown())
	}
	p.i += length
	return c, nil
}

// unknown says why no item starts here, and what would be valid.
func (p *parser) unknown() string {
	switch p.s[p.i] {
	case 't':
		return "bit fields (t) cannot be read; name the whole integer that holds them"
	case '}':
		return "a } that closes no T{"
	case ':':
		return "a name without an item before it"
	}
	if _, isMark := modeOf(p.s[p.i]); isMark {
		return "a mark between a count and its item; it belongs before the count"
	}
	return fmt.Sprintf("unknown code %s; the codes are x c b B ? h H i I l L q Q n N e f d g Zf Zd Zg F D s p u w P O z Z & T{} X{} [bfloat16] [float8_e4m3fn] and the other float8",
		p.next())
}

// missing says why the code has no size in a mode.
func (c *code) missing(m mode) string {
	if m.standard() {
		return fmt.Sprintf("%s has no standard size; put @ or ^ before it", c.text)
	}
	return fmt.Sprintf("the layout of %s on this machine is not known", c.text)
}
