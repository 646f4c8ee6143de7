package arrayfile

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// value is a Python literal and the byte of the file where it stands. Its v is a string, an int, a
// bool, nil (None), a tuple, a list or a dict.
type value struct {
	at int64
	v  any
}

type (
	tuple []value
	list  []value
	dict  []entry
	entry struct{ key, value value }
)

// maxDepth is how many brackets may stand inside each other: each record in a record takes two.
const maxDepth = 128

// parser reads the Python literals that NumPy writes into headers. It runs once over the text and
// makes nothing larger than the text.
type parser struct {
	text   []byte
	pos    int
	start  int64 // the byte of the file where text begins
	latin1 bool  // strings are Latin-1, else UTF-8
	depth  int
}

// parseLiteral reads one literal and the blanks around it, to the end of the text.
func parseLiteral(text []byte, start int64, latin1 bool) (value, error) {
	p := &parser{text: text, start: start, latin1: latin1}
	v, err := p.value()
	if err != nil {
		return value{}, err
	}
	if p.skip(); p.pos < len(p.text) {
		return value{}, p.fail(p.pos, "%q follows the header's dict: only blanks may", p.text[p.pos])
	}
	return v, nil
}

func (p *parser) at(pos int) int64 { return p.start + int64(pos) }

func (p *parser) fail(pos int, problem string, args ...any) error {
	return badHeader(p.at(pos), problem, args...)
}

// skip passes over blanks.
func (p *parser) skip() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\n\r\f", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// accept passes over blanks and then over c, if it is next.
func (p *parser) accept(c byte) bool {
	if p.skip(); p.pos < len(p.text) && p.text[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *parser) value() (value, error) {
	p.skip()
	if p.pos == len(p.text) {
		return value{}, p.fail(p.pos, "the header ends where a value should stand")
	}
	v := value{at: p.at(p.pos)}
	var err error
	switch c := p.text[p.pos]; {
	case c == '(' || c == '[' || c == '{':
		v.v, err = p.nested(c)
	case c == '\'' || c == '"':
		v.v, err = p.str()
	case c >= '0' && c <= '9' || c == '-' || c == '+':
		v.v, err = p.number()
	default:
		v.v, err = p.word()
	}
	return v, err
}

func (p *parser) nested(open byte) (any, error) {
	if p.depth == maxDepth {
		return nil, p.fail(p.pos, "more than %d brackets inside each other", maxDepth)
	}
	p.depth++
	defer func() { p.depth-- }()
	p.pos++
	switch open {
	case '{':
		return p.dict()
	case '[':
		items, _, err := p.items(']')
		return list(items), err
	}
	items, commas, err := p.items(')')
	if err == nil && len(items) == 1 && commas == 0 {
		return items[0].v, nil // parentheses, and no tuple
	}
	return tuple(items), err
}

// items reads values with commas between them, and one more perhaps, until the closing bracket.
func (p *parser) items(end byte) (items []value, commas int, err error) {
	for !p.accept(end) {
		if len(items) > commas {
			return nil, 0, p.fail(p.pos, "a ',' or a '%c' should stand here", end)
		}
		v, err := p.value()
		if err != nil {
			return nil, 0, err
		}
		items = append(items, v)
		if p.accept(',') {
			commas++
		}
	}
	return items, commas, nil
}

func (p *parser) dict() (dict, error) {
	d := make(dict, 0, 3) // as many as a header has
	for more := true; !p.accept('}'); more = p.accept(',') {
		if !more {
			return nil, p.fail(p.pos, "a ',' or a '}' should stand here")
		}
		key, err := p.value()
		if err != nil {
			return nil, err
		}
		if !p.accept(':') {
			return nil, p.fail(p.pos, "a ':' should stand here, after a key")
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		d = append(d, entry{key, v})
	}
	return d, nil
}

// number reads an int, with the 'L' that Python 2 wrote behind a long.
func (p *parser) number() (int, error) {
	first := p.pos
	if c := p.text[p.pos]; c == '-' || c == '+' {
		p.pos++
	}
	for p.pos < len(p.text) && p.text[p.pos] >= '0' && p.text[p.pos] <= '9' {
		p.pos++
	}
	n, err := strconv.Atoi(string(p.text[first:p.pos]))
	if err != nil {
		return 0, p.fail(first, "%.40q is no whole number up to %d", p.text[first:p.pos], math.MaxInt)
	}
	if p.pos < len(p.text) && p.text[p.pos] == 'L' {
		p.pos++
	}
	if p.pos < len(p.text) && (isLetter(p.text[p.pos]) || p.text[p.pos] == '.') {
		return 0, p.fail(first, "a number that is no whole number")
	}
	return n, nil
}

// word reads True, False and None, or a string with Python 2's prefix.
func (p *parser) word() (any, error) {
	first := p.pos
	for p.pos < len(p.text) && isLetter(p.text[p.pos]) {
		p.pos++
	}
	word := string(p.text[first:p.pos])
	switch word {
	case "True":
		return true, nil
	case "False":
		return false, nil
	case "None":
		return nil, nil
	case "u", "U", "b", "B":
		if p.pos < len(p.text) && (p.text[p.pos] == '\'' || p.text[p.pos] == '"') {
			return p.str()
		}
	case "":
		return nil, p.fail(first, "%q begins no value: dicts, lists, tuples, strings, whole numbers, True, False and None are read", p.text[first])
	}
	return nil, p.fail(first, "%.40q is no value that is read here", word)
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= '0' && c <= '9'
}

// str reads a string from its opening quote.
func (p *parser) str() (string, error) {
	first, quote := p.pos, p.text[p.pos]
	if text, ok := p.plainStr(quote); ok {
		return text, nil
	}
	var s strings.Builder
	for p.pos++; p.pos < len(p.text); {
		switch c := p.text[p.pos]; {
		case c == quote:
			p.pos++
			return s.String(), nil
		case c == '\n':
			return "", p.fail(first, "a string that ends at no quote on its line")
		case c == '\\':
			if err := p.escape(&s); err != nil {
				return "", err
			}
		case p.latin1 || c < utf8.RuneSelf:
			s.WriteRune(rune(c))
			p.pos++
		default:
			r, size := utf8.DecodeRune(p.text[p.pos:])
			if r == utf8.RuneError && size == 1 {
				return "", p.fail(p.pos, "a string that is not UTF-8")
			}
			s.WriteRune(r)
			p.pos += size
		}
	}
	return "", p.fail(first, "a string that does not end")
}

// plainStr reads a string of which every byte stands for itself, as nearly all are.
func (p *parser) plainStr(quote byte) (string, bool) {
	text := p.text[p.pos+1:]
	for i, c := range text {
		switch {
		case c == quote:
			p.pos += i + 2
			return string(text[:i]), true
		case c == '\n', c == '\\', c >= utf8.RuneSelf:
			return "", false
		}
	}
	return "", false
}

// plainEscapes are the escapes of one letter.
var plainEscapes = map[byte]string{
	'\\': "\\", '\'': "'", '"': "\"", '\n': "",
	'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// escape reads a backslash and what belongs to it. As in Python, one before any other letter stands for itself.
func (p *parser) escape(s *strings.Builder) error {
	first := p.pos
	if p.pos++; p.pos == len(p.text) {
		return p.fail(first, "a string that does not end")
	}
	c := p.text[p.pos]
	digits, base := 0, 16
	switch {
	case c == 'x':
		digits = 2
	case c == 'u':
		digits = 4
	case c == 'U':
		digits = 8
	case c >= '0' && c <= '7':
		p.pos--
		base = 8
		for digits < 3 && p.pos+1+digits < len(p.text) && p.text[p.pos+1+digits]&^7 == '0' {
			digits++
		}
	default:
		if plain, ok := plainEscapes[c]; ok {
			s.WriteString(plain)
			p.pos++
		} else {
			s.WriteByte('\\')
		}
		return nil
	}
	p.pos++
	return p.code(s, first, digits, base)
}

// code reads the digits of an escape.
func (p *parser) code(s *strings.Builder, first, digits, base int) error {
	end := min(p.pos+digits, len(p.text))
	code, err := strconv.ParseUint(string(p.text[p.pos:end]), base, 32)
	if err != nil || end < p.pos+digits || code > utf8.MaxRune || !utf8.ValidRune(rune(code)) {
		return p.fail(first, "%q is no escape for a character", p.text[first:end])
	}
	s.WriteRune(rune(code))
	p.pos = end
	return nil
}
