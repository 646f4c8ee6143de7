package arrayfile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// describe writes a type as a descr, NumPy's way to say what an item is. Items of more bytes than
// the type has are padded at their end, which only records can say.
func describe(t *format.Type, itemSize int) (string, error) {
	switch {
	case t.Kind() == format.Struct && t.NumField() == 0 && itemSize > 0:
		return fmt.Sprintf("'|V%d'", itemSize), nil // padding alone, as NumPy lends raw bytes
	case t.Kind() == format.Struct:
		return describeRecord(t, itemSize)
	case t.Kind() == format.Array:
		return "", refused("items that are arrays: make them dimensions: format %q, and a shape that ends in %v", t.Elem(), t.Shape())
	case itemSize != t.Size():
		return "", refused("items of %d bytes whose format has %d: only records are padded, as in T{d:x:8x}", itemSize, t.Size())
	}
	code, err := describeCode(t)
	return "'" + code + "'", err
}

// describeCode writes the name of a type that is neither a record nor an array.
func describeCode(t *format.Type) (string, error) {
	mark, size := "<", strconv.Itoa(t.Size())
	if t.BigEndian() {
		mark = ">"
	}
	if t.Size() == 1 {
		mark = "|"
	}
	code := strings.TrimLeft(t.String(), "@^=<>!")
	switch t.Kind() {
	case format.Bool:
		return "|b1", nil
	case format.Int:
		return mark + "i" + size, nil
	case format.Uint:
		return mark + "u" + size, nil
	case format.Bytes:
		return "|S" + size, nil
	case format.Float, format.Complex:
		letter := map[format.Kind]string{format.Float: "f", format.Complex: "c"}[t.Kind()]
		switch {
		case code[0] == '[':
			return "", refused("%s, which NumPy has not: convert it to f, or write safetensors", strings.Trim(code, "[]"))
		case strings.HasSuffix(code, "g") && mark[0] != nativeMark:
			return "", refused("a long double of another byte order, whose kind nobody knows: write d")
		}
		return mark + letter + size, nil
	case format.Text:
		if strings.HasSuffix(code, "w") {
			return mark + "U" + strconv.Itoa(t.Size()/4), nil
		}
		return "", refused("text of 2 bytes a character: write w, of 4 bytes")
	case format.Pointer:
		return "", refused("addresses, which mean nothing in a file: write Q for the numbers")
	case format.Pascal:
		return "", refused("pascal strings: write s, without a length")
	}
	return "", refused("items of kind %v", t.Kind())
}

func refused(problem string, args ...any) error {
	return fmt.Errorf("%w: npy cannot hold %s", buffer.ErrFormat, fmt.Sprintf(problem, args...))
}

// describeRecord writes a list of fields, with those of padding between them.
func describeRecord(t *format.Type, itemSize int) (string, error) {
	var parts []string
	pad := func(from, to int) {
		if to > from {
			parts = append(parts, fmt.Sprintf("('', '|V%d')", to-from))
		}
	}
	end, names := 0, map[string]bool{}
	for i, f := range t.Fields() {
		name := f.Name
		if name == "" {
			name = "f" + strconv.Itoa(i)
		}
		if names[name] {
			return "", refused("two fields called %q, as one without a name would be here: give it one", name)
		}
		if !utf8.ValidString(name) {
			return "", refused("a field whose name %q is not UTF-8", name)
		}
		names[name] = true
		text, err := describeField(f.Type)
		if err != nil {
			return "", fmt.Errorf("field %s: %w", name, err)
		}
		pad(end, f.Offset)
		parts = append(parts, "("+pythonString(name)+", "+text+")")
		end = f.Offset + f.Type.Size()
	}
	pad(end, itemSize)
	return "[" + strings.Join(parts, ", ") + "]", nil
}

// describeField writes a field's type, and its shape where it is an array.
func describeField(t *format.Type) (string, error) {
	if t.Kind() != format.Array {
		return describe(t, t.Size())
	}
	text, err := describe(t.Elem(), t.ElemStride())
	return text + ", " + pythonTuple(t.Shape()), err
}

// pythonString writes a Python literal. What is not printed is escaped.
func pythonString(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r >= 0x7f && r < 0xa0:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}
