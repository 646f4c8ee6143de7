package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// The kinds of casting, which are NumPy's: safe keeps every value, same_kind may round or leave the range within a kind of
// number and those above it, unsafe is anything.
const (
	castSafe     = "safe"
	castSameKind = "same_kind"
	castUnsafe   = "unsafe"
)

// canCast tells whether a kind of casting allows a conversion, as NumPy's can_cast does.
func canCast(from, to *format.Type, casting string) bool {
	switch {
	case casting == castUnsafe || sameButOrder(from, to) || isSafe(from, to):
		return true
	case casting == castSafe || !isNumber(from) || !isNumber(to):
		return false
	}
	return kindRank(from) <= kindRank(to)
}

// ranks order the kinds of numbers: each has values for those before it.
var ranks = []format.Kind{format.Bool, format.Uint, format.Int, format.Float, format.Complex}

const floatRank = 3

func kindRank(t *format.Type) int { return slices.Index(ranks, t.Kind()) }

func isNumber(t *format.Type) bool { return kindRank(t) >= 0 }

// isSafe tells that a number stays what it is. Integers of 64 bits as float64 are safe, as in NumPy.
func isSafe(from, to *format.Type) bool {
	if !isNumber(from) || !isNumber(to) {
		return false
	}
	size := to.Size()
	switch pair := [2]format.Kind{from.Kind(), to.Kind()}; pair {
	case [2]format.Kind{format.Uint, format.Uint}, [2]format.Kind{format.Int, format.Int}, [2]format.Kind{format.Complex, format.Complex}:
		return size >= from.Size()
	case [2]format.Kind{format.Uint, format.Int}:
		return size > from.Size()
	case [2]format.Kind{format.Float, format.Complex}:
		return isShort(from) || size/2 >= from.Size()
	case [2]format.Kind{format.Float, format.Float}:
		return size >= 4 && (isShort(from) || size >= from.Size())
	}
	if to.Kind() == format.Complex {
		size /= 2
	}
	switch from.Kind() {
	case format.Bool:
		return !isNamedFloat(to)
	case format.Uint, format.Int:
		return kindRank(to) >= floatRank && !isNamedFloat(to) && size >= min(2*from.Size(), 8)
	}
	return false
}

// isShort tells floats that float32 has all values of.
func isShort(t *format.Type) bool { return t.Kind() == format.Float && t.Size() < 4 }

// isNamedFloat tells those that NumPy has not.
func isNamedFloat(t *format.Type) bool { return strings.Contains(t.String(), "[") }

// sameButOrder tells items that differ in the order of their bytes alone.
func sameButOrder(from, to *format.Type) bool {
	a, errA := inByteOrder(from, "<")
	b, errB := inByteOrder(to, "<")
	return errA == nil && errB == nil && a == b
}

// lossOf says what a conversion loses, and what allows it.
func lossOf(from, to *format.Type) string {
	what := "items may not fit"
	switch {
	case to.Kind() == format.Bool:
		what = "it keeps only whether an item is 0"
	case from.Kind() == format.Complex && to.Kind() != format.Complex:
		what = "it loses imaginary parts"
	case from.Kind() == format.Float && kindRank(to) < kindRank(from) && isNumber(to):
		what = "it loses fractions"
	case from.Kind() == format.Int && to.Kind() == format.Uint:
		what = "it has no negative numbers"
	case isNumber(from) && kindRank(to) >= floatRank:
		what = "it rounds to fewer digits"
	}
	casting := castUnsafe
	if canCast(from, to, castSameKind) {
		casting = castSameKind
	}
	return fmt.Sprintf("%s: --casting %s allows that", what, casting)
}

// numpyNames are NumPy's words for formats without a byte order.
var numpyNames = map[string]string{
	"bool": "?", "b1": "?",
	"int8": "b", "int16": "h", "int32": "i", "int64": "q", "i1": "b", "i2": "h", "i4": "i", "i8": "q",
	"uint8": "B", "uint16": "H", "uint32": "I", "uint64": "Q", "u1": "B", "u2": "H", "u4": "I", "u8": "Q",
	"int": "q", "float": "d", "complex": "Zd", "float16": "e", "float32": "f", "float64": "d", "f2": "e", "f4": "f", "f8": "d",
	"complex64": "Zf", "complex128": "Zd", "c8": "Zf", "c16": "Zd",
	"bfloat16": "[bfloat16]", "float8_e4m3fn": "[float8_e4m3fn]", "float8_e5m2": "[float8_e5m2]",
	"float8_e4m3fnuz": "[float8_e4m3fnuz]", "float8_e5m2fnuz": "[float8_e5m2fnuz]", "float8_e8m0fnu": "[float8_e8m0fnu]",
}

// formatOf reads a dtype: one of NumPy's names, little-endian where it does not say, or a format.
func formatOf(dtype string) (*format.Type, error) {
	mark, name := "<", dtype
	if name != "" && strings.ContainsRune("<>=|", rune(name[0])) {
		mark, name = strings.NewReplacer("=", "<", "|", "<").Replace(name[:1]), name[1:]
	}
	text, ok := numpyNames[name]
	if !ok {
		t, err := format.Parse(dtype)
		if err != nil || t.Size() == 0 {
			return nil, fmt.Errorf("%w: %q is no type of items: give one of NumPy's names, as float32 or >i2, or a format, as <f or [bfloat16]", buffer.ErrFormat, dtype)
		}
		return t, nil
	}
	t, err := format.Parse(text)
	if err == nil && t.Size() > 1 {
		t, err = format.Parse(mark + text)
	}
	return t, err
}

// inByteOrder writes a type as the format of the same items with all bytes in the order of a mark.
func inByteOrder(t *format.Type, mark string) (string, error) {
	switch t.Kind() {
	case format.Struct:
		return recordInByteOrder(t, mark)
	case format.Array:
		if t.ElemStride() != t.Elem().Size() {
			return "", fmt.Errorf("%w: %.80q: elements with gaps between them", buffer.ErrFormat, t)
		}
		elem, err := inByteOrder(t.Elem(), mark)
		return "(" + strings.ReplaceAll(strings.Trim(fmt.Sprint(t.Shape()), "[]"), " ", ",") + ")" + elem, err
	case format.Int, format.Uint:
		codes := map[int]string{1: "b", 2: "h", 4: "i", 8: "q"}
		code := codes[t.Size()]
		if t.Kind() == format.Uint {
			code = strings.ToUpper(code)
		}
		return mark + code, nil
	case format.Pointer:
		return "", fmt.Errorf("%w: %.80q: addresses mean nothing in a file", buffer.ErrFormat, t)
	}
	return mark + strings.TrimLeft(t.String(), "@^=<>!"), nil
}

func recordInByteOrder(t *format.Type, mark string) (string, error) {
	var text strings.Builder
	pad := func(n int) {
		if n > 0 {
			fmt.Fprintf(&text, "%dx", n)
		}
	}
	text.WriteString("T{")
	end := 0
	for _, f := range t.Fields() {
		pad(f.Offset - end)
		item, err := inByteOrder(f.Type, mark)
		if err != nil {
			return "", err
		}
		text.WriteString(item)
		if f.Name != "" {
			text.WriteString(":" + f.Name + ":")
		}
		end = f.Offset + f.Type.Size()
	}
	pad(t.Size() - end)
	text.WriteString("}")
	return text.String(), nil
}
