package arrayfile

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-memoryview/memoryview/format"
)

// descrFormat turns the descr of a header, NumPy's way to say what an item is, into a format, and
// notes what the format does not say.
func descrFormat(descr value) (f string, notes []string, err error) {
	w := &formatWriter{}
	if err := w.item(descr, nil, ""); err != nil {
		return "", nil, err
	}
	return w.String(), w.notes, nil
}

// formatWriter builds a format. A record's items have their byte order written out and stand without
// gaps, as in the file; a plain item of the machine's own order has no mark, as in NumPy's formats.
type formatWriter struct {
	strings.Builder
	mark    byte // the byte order in force, 0 at the start
	records int  // how many records are open
	notes   []string
}

// item writes one item: a type's name, a record's list of fields, or a tuple (item, shape). The name
// of its field, with those of the records around it, is for the notes.
func (w *formatWriter) item(descr value, shape []int, field string) error {
	switch d := descr.v.(type) {
	case string:
		code, err := parseCode(descr.at, d)
		if err != nil {
			return err
		}
		w.shape(shape)
		w.code(code, field)
		return nil
	case list:
		w.shape(shape)
		return w.record(d, field)
	case tuple:
		if len(d) != 2 {
			return badHeader(descr.at, "a type of %d parts: a tuple is (type, shape)", len(d))
		}
		inner, err := parseShape(d[1])
		if err != nil {
			return err
		}
		return w.item(d[0], slices.Concat(shape, inner), field)
	}
	return badHeader(descr.at, "a type must be a string like '<f4', or a list of fields")
}

func (w *formatWriter) shape(shape []int) {
	for i, extent := range shape {
		w.WriteByte("(,"[min(i, 1)])
		w.WriteString(strconv.Itoa(extent))
	}
	if len(shape) > 0 {
		w.WriteByte(')')
	}
}

func (w *formatWriter) code(c itemCode, field string) {
	if c.mark != 0 && c.mark != w.mark && (w.records > 0 || c.mark != nativeMark) {
		w.WriteByte(c.mark)
		w.mark = c.mark
	}
	w.WriteString(c.code)
	if c.note == "" {
		return
	}
	if field != "" {
		field = "field " + field + ": "
	}
	w.notes = append(w.notes, field+c.note)
}

func (w *formatWriter) record(fields list, path string) error {
	w.records++
	w.WriteString("T{")
	for i, f := range fields {
		if err := w.field(i, f, path); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	w.records--
	w.mark = 0
	return nil
}

// field writes (name, type) or (name, type, shape). A nameless field of raw bytes is padding.
func (w *formatWriter) field(i int, f value, path string) error {
	parts, ok := f.v.(tuple)
	if !ok || len(parts) != 2 && len(parts) != 3 {
		return badHeader(f.at, "a field must be (name, type) or (name, type, shape)")
	}
	name, err := fieldName(parts[0])
	if err != nil {
		return err
	}
	var shape []int
	if len(parts) == 3 {
		if shape, err = parseShape(parts[2]); err != nil {
			return err
		}
	}
	if size, ok := padding(name, parts[1]); ok && shape == nil {
		if size != "0" {
			w.WriteString(size + "x")
		}
		return nil
	}
	if name == "" {
		name = fmt.Sprintf("f%d", i)
	}
	if strings.Contains(name, ":") {
		renamed := strings.ReplaceAll(name, ":", "_")
		w.notes = append(w.notes, fmt.Sprintf("field %q is called %q here: formats allow no ':' in a name", name, renamed))
		name = renamed
	}
	if path != "" {
		path += "."
	}
	if err := w.item(parts[1], shape, path+name); err != nil {
		return err
	}
	w.WriteString(":" + name + ":")
	return nil
}

// fieldName reads a field's name, which may stand in a tuple behind a title.
func fieldName(v value) (string, error) {
	if pair, ok := v.v.(tuple); ok && len(pair) == 2 {
		v = pair[1]
	}
	name, ok := v.v.(string)
	if !ok {
		return "", badHeader(v.at, "a field's name must be a string, or (title, name)")
	}
	return name, nil
}

// padding returns the number of bytes, in digits, where a field is only padding.
func padding(name string, descr value) (size string, ok bool) {
	text, isName := descr.v.(string)
	if name != "" || !isName {
		return "", false
	}
	if size, ok = strings.CutPrefix(strings.TrimLeft(text, "<>|="), "V"); !ok || !isCount(size) {
		return "", false
	}
	return size, true
}

// itemCode is a type of one item: its code in formats, and the byte order where it has one.
type itemCode struct {
	mark byte // '<' or '>', 0 where it makes no difference
	code string
	note string
}

// codes are the formats of NumPy's plain types, all of one item each.
var codes = map[string]string{
	"b1": "?",
	"i1": "b", "i2": "h", "i4": "i", "i8": "q",
	"u1": "B", "u2": "H", "u4": "I", "u8": "Q",
	"f2": "e", "f4": "f", "f8": "d",
	"c8": "Zf", "c16": "Zd",
}

// parseCode reads a type's name: a byte order, a letter, a number, and for times a unit.
func parseCode(at int64, text string) (itemCode, error) {
	mark, name := byte('='), text
	if name != "" && strings.IndexByte("<>|=", name[0]) >= 0 {
		mark, name = name[0], name[1:]
	}
	if mark == '|' || mark == '=' {
		mark = nativeMark
	}
	name, unit, _ := strings.Cut(name, "[")
	if unit == "" {
		if code, ok := codes[name]; ok {
			if name[1:] == "1" {
				mark = 0
			}
			return itemCode{mark: mark, code: code}, nil
		}
	}
	if name == "" {
		return itemCode{}, badHeader(at, "type %.40q has no kind: one like '<f4' should stand here", text)
	}
	kind, count := name[0], name[1:]
	switch {
	case kind == 'O' && unit == "":
		return itemCode{}, badHeader(at, "type %q: %w, and are never unpickled here: convert in Python, as by "+
			"np.save(path, a.astype(float)), or astype(str) for text", text, ErrPickled)
	case (kind == 'M' || kind == 'm') && count == "8":
		return timeCode(mark, kind, unit), nil
	case !isCount(count) || unit != "":
		// no such type
	case kind == 'S':
		return itemCode{code: count + "s"}, nil
	case kind == 'U':
		return itemCode{mark: mark, code: count + "w"}, nil
	case kind == 'V':
		return itemCode{code: count + "s", note: rawNote(count)}, nil
	case kind == 'f' || kind == 'c':
		if code, ok := longDouble(mark, kind, count); ok {
			return code, nil
		}
	}
	return itemCode{}, badHeader(at, "type %.40q is not known: NumPy's plain types are, and records of them", text)
}

func isCount(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func timeCode(mark, kind byte, unit string) itemCode {
	name, since := "datetime64", " since 1970-01-01"
	if kind == 'm' {
		name, since = "timedelta64", ""
	}
	if unit != "" {
		name += "[" + unit
	}
	return itemCode{mark: mark, code: "q", note: name + ": counts of its unit" + since + ", the lowest integer for NaT"}
}

func rawNote(count string) string {
	if count == "2" {
		return "raw bytes; where they were bfloat16, cast to [bfloat16]"
	}
	return "raw bytes"
}

// longDouble reads a type wider than float64. The file does not say which of the world's long
// doubles it is: it is taken for this machine's where the size and the byte order are.
func longDouble(mark, kind byte, count string) (itemCode, bool) {
	parts, code := 1, "g"
	if kind == 'c' {
		parts, code = 2, "Zg"
	}
	size, err := strconv.Atoi(count)
	if err != nil || size != parts*12 && size != parts*16 {
		return itemCode{}, false
	}
	if t, err := format.Parse(code); err == nil && t.Size() == size && mark == nativeMark {
		return itemCode{mark: mark, code: code, note: "long double: taken for the kind that this machine has"}, true
	}
	return itemCode{code: count + "s", note: "long double of another machine, as raw bytes"}, true
}

// nativeMark is the byte order of this machine.
var nativeMark = func() byte {
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return '<'
	}
	return '>'
}()
