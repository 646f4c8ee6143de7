package summary

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-memoryview/memoryview/format"
)

// Condition is what items have to be: a comparison with a value, or a range. Its text is a value by itself, which items are
// to equal, or an operator and a value:
//
//	3  =3  !=3  >3  >=3  <3  <=3     compared with a number
//	3..5  !=3..5                     in a range, both ends in it
//	nan  !=nan  inf  -inf  true      what is no finite number
//	1+2j                             complex numbers
//	setosa  =setosa  !=setosa        text and bytes, without the zeros that fill them up
//	>m  a..f                         in the order of their characters
//	~set  !~set                      what is in a text
//	="\xff\x00"                      in quotes, with the escapes of Go
//
// The field of records stands before the operator: id=3, pos.x>0.5, tag~a, id=3..5.
type Condition struct {
	Field   string
	Text    string // as it was given
	op      operator
	operand string
}

type operator string

// operators, longer ones first.
var operators = []operator{"==", "=~", "!=", ">=", "<=", "!~", "=", ">", "<", "~"}

func (op operator) negated() bool { return op[0] == '!' }

// ParseCondition reads a condition on one of some columns, whose names may have any characters.
func ParseCondition(text string, columns []*Column) (Condition, error) {
	c := Condition{Text: text}
	rest := text
	if len(columns) != 1 || columns[0].Name != "" {
		field, ok := fieldOf(text, columns)
		if !ok {
			return c, fmt.Errorf("%w: %q: say which field, as in '%s': there are %s", format.ErrValue, text, example(text, columns), names(columns))
		}
		c.Field, rest = field, text[len(field):]
	}
	rest = strings.TrimSpace(rest)
	for _, op := range operators {
		if after, ok := strings.CutPrefix(rest, string(op)); ok {
			c.op, c.operand = op, strings.TrimSpace(after)
			if op == "==" || op == "=~" { // as others write them
				c.op = op[1:]
			}
			return c, nil
		}
	}
	c.op, c.operand = "=", rest
	return c, nil
}

// fieldOf is the longest name of a column that an operator follows.
func fieldOf(text string, columns []*Column) (field string, ok bool) {
	for _, c := range columns {
		rest, named := strings.CutPrefix(text, c.Name)
		rest = strings.TrimSpace(rest)
		if !named || len(c.Name) < len(field) {
			continue
		}
		for _, op := range operators {
			if strings.HasPrefix(rest, string(op)) {
				field, ok = c.Name, true
			}
		}
	}
	return field, ok
}

// example is the condition on the first column.
func example(text string, columns []*Column) string {
	if len(columns) == 0 {
		return text
	}
	if at := strings.IndexAny(text, "=!<>~"); at >= 0 {
		return columns[0].Name + text[at:]
	}
	return columns[0].Name + "=" + text
}

// names lists those of a few columns.
func names(columns []*Column) string {
	const few = 12
	var all []string
	for _, c := range columns {
		if len(all) == few {
			all = append(all, "...")
			break
		}
		all = append(all, c.Name)
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, ", ")
}

// ends are the operand's, which are the same where it is no range.
func (c Condition) ends() (low, high string, isRange bool) {
	if low, high, ok := strings.Cut(c.operand, ".."); ok && (c.op == "=" || c.op == "!=") && low != "" && high != "" {
		return strings.TrimSpace(low), strings.TrimSpace(high), true
	}
	return c.operand, c.operand, false
}

func (c Condition) wrong(col *Column, problem string) error {
	return fmt.Errorf("%w: %q among items of format %s: %s", format.ErrValue, c.Text, col.Type, problem)
}

// bound is a number that was written down.
type bound struct {
	exact  *big.Float // of a finite one, with more digits than any item has
	float  float64    // the nearest, or NaN or an infinity
	finite bool
}

const exactBits = 256

// parseBound reads what Go and Python call numbers.
func parseBound(text string) (b bound, ok bool) {
	switch strings.ToLower(text) {
	case "true":
		text = "1"
	case "false":
		text = "0"
	}
	if text == "" || unicode.IsSpace(rune(text[0])) {
		return b, false
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && (math.IsInf(f, 0) || f != f) {
		return bound{float: f}, true
	}
	exact, _, err := big.ParseFloat(text, 0, exactBits, big.ToNearestEven)
	if err != nil || exact.IsInf() {
		return b, false
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil { // another base, or out of range
		f, _ = exact.Float64()
	}
	return bound{exact, f, true}, true
}

// parseComplex reads what Python writes, with or without parentheses: 1+2j, or a number.
func parseComplex(text string) (complex128, bool) {
	text = strings.Trim(text, "()")
	if b, ok := parseBound(text); ok {
		return complex(b.float, 0), true
	}
	z, err := strconv.ParseComplex(strings.Replace(strings.ToLower(text), "j", "i", 1), 128)
	return z, err == nil
}

// parseText takes quotes off.
func parseText(text string) (string, bool) {
	if len(text) < 2 || text[0] != '"' {
		return text, true
	}
	unquoted, err := strconv.Unquote(text)
	return unquoted, err == nil
}
