package arraytext

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-memoryview/memoryview/format"
)

// formatter prints one item of an array, as wide as its column.
type formatter func(v any) string

// formatterOf looks at all items that will be printed. They are all of one type.
func formatterOf(items []any, o Options) formatter {
	if len(items) == 0 {
		return plain
	}
	switch first := items[0].(type) {
	case bool:
		return func(v any) string { return padLeft(plain(v), len("False")) }
	case []byte, string:
		return plain
	case complex64, complex128:
		return complexFormatter(items)
	case format.Record:
		return recordFormatter(items, len(first.Values), o)
	case []any:
		return listFormatter(items, o)
	}
	if _, ok := toNumber(items[0]); ok {
		return floatFormatter(items)
	}
	width := 0
	for _, v := range items {
		width = max(width, len(plain(v)))
	}
	return func(v any) string { return padLeft(plain(v), width) }
}

// plain prints what needs no look at its neighbours.
func plain(v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return "True"
		}
		return "False"
	case []byte:
		return quoteBytes(v)
	case string:
		return quoteText(v)
	}
	return fmt.Sprint(v)
}

// scalar prints an item that stands alone.
func scalar(v any) string {
	if n, ok := toNumber(v); ok {
		text := n.scalar(false)
		if n.finite() && !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		return text
	}
	switch v := v.(type) {
	case string:
		return v
	case complex64, complex128:
		return complexScalar(v)
	case format.Record, []any:
		return formatterOf([]any{v}, Options{}.orDefault())(v)
	}
	return plain(v)
}

func floatFormatter(items []any) formatter {
	numbers := make([]number, len(items))
	for i, v := range items {
		numbers[i], _ = toNumber(v)
	}
	f := newFloatFormat(numbers, false)
	return func(v any) string {
		n, _ := toNumber(v)
		return f.text(n)
	}
}

// complexParts splits a complex number into two of half its size.
func complexParts(v any) (re, im number) {
	switch v := v.(type) {
	case complex64:
		return number{float64(real(v)), float32Kind}, number{float64(imag(v)), float32Kind}
	case complex128:
		return number{real(v), float64Kind}, number{imag(v), float64Kind}
	}
	return re, im
}

// complexFormatter prints two columns, each by the rules of floats.
func complexFormatter(items []any) formatter {
	res, ims := make([]number, len(items)), make([]number, len(items))
	for i, v := range items {
		res[i], ims[i] = complexParts(v)
	}
	re, im := newFloatFormat(res, false), newFloatFormat(ims, true)
	return func(v any) string {
		a, b := complexParts(v)
		imag := im.text(b)
		digits := strings.TrimRight(imag, " ")
		return re.text(a) + digits + "j" + imag[len(digits):]
	}
}

func complexScalar(v any) string {
	re, im := complexParts(v)
	if re.x == 0 && !math.Signbit(re.x) {
		return im.scalar(false) + "j"
	}
	return "(" + re.scalar(false) + im.scalar(true) + "j)"
}

// recordFormatter prints records as tuples, each field aligned with its like.
func recordFormatter(items []any, fields int, o Options) formatter {
	columns := make([]formatter, fields)
	for i := range columns {
		columns[i] = formatterOf(column(items, i), o)
	}
	return func(v any) string {
		var s strings.Builder
		s.WriteByte('(')
		for i, field := range v.(format.Record).Values {
			if i > 0 {
				s.WriteString(", ")
			}
			s.WriteString(columns[i](field))
		}
		if fields == 1 {
			s.WriteByte(',')
		}
		s.WriteByte(')')
		return s.String()
	}
}

// column takes one field of every record.
func column(records []any, field int) []any {
	values := make([]any, len(records))
	for i, r := range records {
		values[i] = r.(format.Record).Values[field]
	}
	return values
}

// listFormatter prints subarrays on one line. All their items align.
func listFormatter(items []any, o Options) formatter {
	var leaves []any
	for _, v := range items {
		leaves = flatten(leaves, v)
	}
	leaf := formatterOf(leaves, o)
	return func(v any) string {
		long := len(flatten(nil, v)) > o.Threshold
		return listText(v, leaf, o, long)
	}
}

func flatten(leaves []any, v any) []any {
	list, ok := v.([]any)
	if !ok {
		return append(leaves, v)
	}
	for _, v := range list {
		leaves = flatten(leaves, v)
	}
	return leaves
}

func listText(v any, leaf formatter, o Options, long bool) string {
	list, ok := v.([]any)
	if !ok {
		return leaf(v)
	}
	var words []string
	for i := 0; i < len(list); i++ {
		if long && i == o.Edge && len(list) > 2*o.Edge {
			words = append(words, ellipsis)
			i = len(list) - o.Edge
		}
		words = append(words, listText(list[i], leaf, o, long))
	}
	return "[" + strings.Join(words, ", ") + "]"
}
