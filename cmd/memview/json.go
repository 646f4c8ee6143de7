package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/format"
)

// maxItemSize bounds the bytes of an item, since items are read one by one as a whole.
const maxItemSize = 1 << 24

// showJSON prints a part as JSON, item by item.
func showJSON(out *output, s *selection) error {
	if err := s.headJSON(out); err != nil {
		return err
	}
	out.WriteString(`"values":`)
	if err := writeValues(out, s.part, s.part.Shape(), nil); err != nil {
		return err
	}
	_, err := out.WriteString("}\n")
	return err
}

// headJSON opens an object, and says what is shown.
func (s *selection) headJSON(out *output) error {
	if size := s.part.ItemSize(); size > maxItemSize {
		return fmt.Errorf("items of %s, and at most of %s: pick a field of them by --field",
			humanBytes(int64(size)), humanBytes(maxItemSize))
	}
	shape := strings.ReplaceAll(fmt.Sprint(s.part.Shape()), " ", ",")
	name := ""
	if s.array.Name() != "" {
		name = fmt.Sprintf(`"name":%s,`, quoted(s.array.Name()))
	}
	if _, err := fmt.Fprintf(out, `{"file":%s,%s"slice":%s,"field":%s,"format":%s,"itemsize":%d,"shape":%s,`,
		quoted(s.path), name, quoted(s.steps), quoted(s.field), quoted(s.part.Format()), s.part.ItemSize(), shape); err != nil {
		return err
	}
	notes := s.notes()
	if len(notes) == 0 {
		return nil
	}
	text, err := marshal(notes)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, `"notes":%s,`, text)
	return err
}

// writeValues prints what lies below a partial index.
func writeValues(out *output, v *memoryview.View, shape, index []int) error {
	if len(index) == len(shape) {
		item, err := v.At(index...)
		if err != nil {
			return err
		}
		_, err = out.Write(appendJSON(nil, item))
		return err
	}
	out.WriteByte('[')
	for i := range shape[len(index)] {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := writeValues(out, v, shape, append(index, i)); err != nil {
			return err
		}
	}
	return out.WriteByte(']')
}

// appendJSON writes an item. What JSON has no number for is a string that Python's float reads and
// JavaScript's Number: NaN, Infinity. A complex number is {"re", "im"}. Bytes are a string where
// they are readable text, and {"hex"} otherwise.
func appendJSON(dst []byte, item any) []byte {
	switch v := item.(type) {
	case format.ShortFloat:
		return appendFloat(dst, float64(v.Float32()), 32)
	case float32:
		return appendFloat(dst, float64(v), 32)
	case float64:
		return appendFloat(dst, v, 64)
	case complex64:
		return appendComplex(dst, complex128(v), 32)
	case complex128:
		return appendComplex(dst, v, 64)
	case string:
		return append(dst, quoted(v)...)
	case []byte:
		return appendBytes(dst, bytes.TrimRight(v, "\x00"))
	case format.Record:
		return appendRecord(dst, v)
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, item)
		}
		return append(dst, ']')
	}
	text, err := json.Marshal(item) // whole numbers and bools
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, text...)
}

func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(dst, `"-Infinity"`...)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, bits)
}

func appendComplex(dst []byte, c complex128, bits int) []byte {
	dst = appendFloat(append(dst, `{"re":`...), real(c), bits)
	dst = appendFloat(append(dst, `,"im":`...), imag(c), bits)
	return append(dst, '}')
}

// quoted writes a JSON string.
func quoted(s string) []byte {
	text, err := marshal(s)
	if err != nil {
		return []byte("null")
	}
	return text
}

// marshal writes JSON for pipes and terminals: without the escapes that only HTML needs, and with those for what a terminal could obey.
func marshal(what any) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(what); err != nil {
		return nil, err
	}
	return escapeUnprintable(bytes.TrimSpace(text.Bytes())), nil
}

// escapeUnprintable escapes what is in strings alone: elsewhere, JSON is ASCII.
func escapeUnprintable(text []byte) []byte {
	obeyed := func(r rune) bool { return r > '~' && !unicode.IsPrint(r) }
	if !bytes.ContainsFunc(text, obeyed) {
		return text
	}
	var escaped []byte
	for _, r := range string(text) {
		if !obeyed(r) {
			escaped = utf8.AppendRune(escaped, r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			escaped = fmt.Appendf(escaped, `\u%04x`, unit)
		}
	}
	return escaped
}

func appendBytes(dst, b []byte) []byte {
	if utf8.Valid(b) && !bytes.ContainsFunc(b, unicode.IsControl) {
		return append(dst, quoted(string(b))...)
	}
	dst = append(dst, `{"hex":"`...)
	dst = hex.AppendEncode(dst, b)
	return append(dst, `"}`...)
}

func appendRecord(dst []byte, r format.Record) []byte {
	dst = append(dst, '{')
	for i, v := range r.Values {
		if i > 0 {
			dst = append(dst, ',')
		}
		name := strconv.Itoa(i)
		if i < len(r.Names) && r.Names[i] != "" {
			name = r.Names[i]
		}
		dst = append(append(dst, quoted(name)...), ':')
		dst = appendJSON(dst, v)
	}
	return append(dst, '}')
}
