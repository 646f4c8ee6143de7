package zarr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// maxNested bounds records in records.
const maxNested = 16

// leaf is the code of an item in formats, and whether it has a byte order.
type leaf struct {
	code    string
	ordered bool
}

// plain are NumPy's plain types, and their names in version 3.
var plain = []struct{ v2, v3, code string }{
	{"b1", "bool", "?"},
	{"i1", "int8", "b"},
	{"i2", "int16", "h"},
	{"i4", "int32", "i"},
	{"i8", "int64", "q"},
	{"u1", "uint8", "B"},
	{"u2", "uint16", "H"},
	{"u4", "uint32", "I"},
	{"u8", "uint64", "Q"},
	{"f2", "float16", "e"},
	{"f4", "float32", "f"},
	{"f8", "float64", "d"},
	{"c8", "complex64", "Zf"},
	{"c16", "complex128", "Zd"},
	{"", "bfloat16", "[bfloat16]"},
	{"", "float8_e4m3fn", "[float8_e4m3fn]"},
	{"", "float8_e5m2", "[float8_e5m2]"},
	{"", "float8_e4m3fnuz", "[float8_e4m3fnuz]"},
	{"", "float8_e5m2fnuz", "[float8_e5m2fnuz]"},
	{"", "float8_e8m0fnu", "[float8_e8m0fnu]"},
}

// isOneByte tells the codes without a byte order.
func isOneByte(code string) bool {
	return code == "?" || code == "b" || code == "B" || strings.HasPrefix(code, "[float8")
}

// write puts an item into a format. In a record the byte order always stands; a plain item of the machine's own order has no mark, as
// in NumPy's formats.
func (l leaf) write(b *strings.Builder, big, inRecord bool) {
	if l.ordered && (inRecord || big != hostBig) {
		b.WriteByte("<>"[btoi(big)])
	}
	b.WriteString(l.code)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// hostBig is the byte order of this machine: that of a number without a mark.
var hostBig = func() bool {
	t, err := format.Parse("h")
	return err == nil && t.BigEndian()
}()

// formatV2 turns a dtype of version 2 into a format: NumPy's descr, as a string or a list of fields.
func formatV2(dtype json.RawMessage) (string, error) {
	var b strings.Builder
	if err := writeV2(&b, dtype, 0); err != nil {
		return "", bad("dtype %.80s: %w", dtype, err)
	}
	return b.String(), nil
}

func writeV2(b *strings.Builder, dtype json.RawMessage, depth int) error {
	var name string
	if json.Unmarshal(dtype, &name) == nil {
		l, big, err := leafV2(name)
		if err == nil {
			l.write(b, big, depth > 0)
		}
		return err
	}
	var fields [][]json.RawMessage
	if err := json.Unmarshal(dtype, &fields); err != nil {
		return fmt.Errorf("it must be a string like \"<f8\", or a list of fields")
	}
	return writeRecord(b, len(fields), depth, func(i int) (string, error) {
		f := fields[i]
		if len(f) != 2 && len(f) != 3 {
			return "", fmt.Errorf("a field must be [name, type] or [name, type, shape]")
		}
		var name string
		if err := json.Unmarshal(f[0], &name); err != nil {
			return "", fmt.Errorf("a field's name must be a string")
		}
		if size, ok := paddingV2(name, f); ok {
			b.WriteString(size + "x")
			return "", nil
		}
		if len(f) == 3 {
			if err := writeShape(b, f[2]); err != nil {
				return "", err
			}
		}
		return name, writeV2(b, f[1], depth+1)
	})
}

// writeRecord writes T{...}, with what writes each field's type and gives its name: "" for padding.
func writeRecord(b *strings.Builder, fields, depth int, field func(i int) (name string, err error)) error {
	if depth >= maxNested {
		return fmt.Errorf("records are nested more than %d deep", maxNested)
	}
	b.WriteString("T{")
	for i := range fields {
		name, err := field(i)
		switch {
		case err != nil:
			return err
		case strings.Contains(name, ":"):
			return unsupported("a field called %.40q: formats allow no ':' in a name", name)
		case name != "":
			b.WriteString(":" + name + ":")
		}
	}
	b.WriteByte('}')
	return nil
}

// paddingV2 returns the number of bytes, in digits, where a field is only padding.
func paddingV2(name string, field []json.RawMessage) (size string, ok bool) {
	var text string
	if name != "" || len(field) != 2 || json.Unmarshal(field[1], &text) != nil {
		return "", false
	}
	size, ok = strings.CutPrefix(text, "|V")
	n, err := strconv.Atoi(size)
	return size, ok && err == nil && n > 0 && strconv.Itoa(n) == size
}

func writeShape(b *strings.Builder, text json.RawMessage) error {
	var shape []int
	if err := json.Unmarshal(text, &shape); err != nil {
		return fmt.Errorf("a field's shape must be a list of extents")
	}
	for i, n := range shape {
		if n < 0 {
			return fmt.Errorf("a field's extent %d is negative", n)
		}
		b.WriteByte("(,"[min(i, 1)])
		b.WriteString(strconv.Itoa(n))
	}
	if len(shape) > 0 {
		b.WriteByte(')')
	}
	return nil
}

// leafV2 reads the name of a type that is no record: a byte order, a letter, a number, and for times a unit.
func leafV2(name string) (l leaf, big bool, err error) {
	if len(name) < 2 || strings.IndexByte("<>|=", name[0]) < 0 {
		return l, false, fmt.Errorf("a type begins with its byte order, as in \"<f8\"")
	}
	big = name[0] == '>' || name[0] == '=' && hostBig
	for _, p := range plain {
		if p.v2 != "" && p.v2 == name[1:] {
			l = leaf{code: p.code, ordered: !isOneByte(p.code)}
		}
	}
	kind := name[1]
	size, unit, _ := strings.Cut(name[2:], "[")
	n, numberErr := strconv.Atoi(size)
	switch {
	case l.code != "":
	case (kind == 'M' || kind == 'm') && n == 8:
		l = leaf{code: "q", ordered: true}
	case numberErr != nil || n < 0 || unit != "" || strconv.Itoa(n) != size:
		return l, false, unsupported("the type %.40q", name)
	case kind == 'S' || kind == 'V':
		l.code = size + "s"
	case kind == 'U':
		l = leaf{code: size + "w", ordered: true}
	default:
		return l, false, unsupported("the type %.40q", name)
	}
	if l.ordered && name[0] == '|' {
		return l, false, fmt.Errorf("the type %.40q needs a byte order, < or >", name)
	}
	return l, big, nil
}

// dataType is a type of version 3: a name alone, or with what belongs to it.
type dataType struct {
	Name          string `json:"name"`
	Configuration struct {
		LengthBytes *int                 `json:"length_bytes,omitempty"`
		Unit        string               `json:"unit,omitempty"`
		ScaleFactor int                  `json:"scale_factor,omitempty"`
		Fields      [][2]json.RawMessage `json:"fields,omitempty"`
	} `json:"configuration"`
}

// formatV3 turns a data_type of version 3 into a format, with the byte order that the codec says.
func formatV3(text json.RawMessage, big bool) (string, error) {
	var b strings.Builder
	if err := writeV3(&b, text, big, 0); err != nil {
		return "", bad("data_type %.80s: %w", text, err)
	}
	return b.String(), nil
}

func writeV3(b *strings.Builder, text json.RawMessage, big bool, depth int) error {
	var t dataType
	if json.Unmarshal(text, &t.Name) != nil {
		if err := json.Unmarshal(text, &t); err != nil {
			return fmt.Errorf("it must be a name, or an object with a name: %w", err)
		}
	}
	if t.Name == "structured" || t.Name == "struct" {
		fields := t.Configuration.Fields
		return writeRecord(b, len(fields), depth, func(i int) (name string, err error) {
			if err := json.Unmarshal(fields[i][0], &name); err != nil {
				return "", fmt.Errorf("a field must be [name, type]")
			}
			return name, writeV3(b, fields[i][1], big, depth+1)
		})
	}
	l, err := leafV3(&t)
	if err == nil {
		l.write(b, big, depth > 0)
	}
	return err
}

func leafV3(t *dataType) (leaf, error) {
	for _, p := range plain {
		if p.v3 == t.Name {
			return leaf{code: p.code, ordered: !isOneByte(p.code)}, nil
		}
	}
	length := -1
	if t.Configuration.LengthBytes != nil {
		length = *t.Configuration.LengthBytes
	}
	if bits, ok := strings.CutPrefix(t.Name, "r"); ok {
		if n, err := strconv.Atoi(bits); err == nil && n > 0 && n%8 == 0 {
			return leaf{code: strconv.Itoa(n/8) + "s"}, nil
		}
	}
	switch {
	case t.Name == "numpy.datetime64" || t.Name == "numpy.timedelta64":
		return leaf{code: "q", ordered: true}, nil
	case (t.Name == "null_terminated_bytes" || t.Name == "raw_bytes") && length >= 0:
		return leaf{code: strconv.Itoa(length) + "s"}, nil
	case t.Name == "fixed_length_utf32" && length >= 0 && length%4 == 0:
		return leaf{code: strconv.Itoa(length/4) + "w", ordered: true}, nil
	}
	return leaf{}, unsupported("the type %.40q", t.Name)
}

// typeV2 writes a type of version 2.
func typeV2(t *format.Type, itemSize int) (any, error) {
	if t.Kind() != format.Struct {
		return nameV2(t, itemSize)
	}
	return fieldsOf(t, itemSize, func(f format.Field) ([]any, error) {
		if f.Type.Kind() != format.Array {
			name, err := typeV2(f.Type, f.Type.Size())
			return []any{f.Name, name}, err
		}
		name, err := typeV2(f.Type.Elem(), f.Type.ElemStride())
		return []any{f.Name, name, f.Type.Shape()}, err
	}, func(n int) []any { return []any{"", "|V" + strconv.Itoa(n)} })
}

// fieldsOf lists a record's fields, by what writes one, and what stands for padding.
func fieldsOf(t *format.Type, itemSize int, field func(f format.Field) ([]any, error), padding func(n int) []any) ([]any, error) {
	list, end := []any{}, 0
	for _, f := range t.Fields() {
		if f.Name == "" {
			return nil, badFormat("a record with fields without names: give them names, as in T{i:id:}")
		}
		if f.Offset > end {
			list = append(list, padding(f.Offset-end))
		}
		entry, err := field(f)
		if err != nil {
			return nil, err
		}
		list, end = append(list, entry), f.Offset+f.Type.Size()
	}
	if itemSize > end {
		list = append(list, padding(itemSize-end))
	}
	return list, nil
}

func nameV2(t *format.Type, itemSize int) (string, error) {
	l, err := leafOf(t, itemSize)
	if err != nil {
		return "", err
	}
	mark := "|"
	if l.ordered {
		mark = string("<>"[btoi(t.BigEndian())])
	}
	for _, p := range plain {
		switch {
		case p.code != l.code:
		case p.v2 == "":
			return "", badFormat("%s in version 2", strings.Trim(l.code, "[]"))
		default:
			return mark + p.v2, nil
		}
	}
	count := l.code[:len(l.code)-1]
	if strings.HasSuffix(l.code, "w") {
		return mark + "U" + count, nil
	}
	return mark + "S" + count, nil
}

// leafOf is the code of a type, in its one standard spelling.
func leafOf(t *format.Type, itemSize int) (l leaf, err error) {
	if itemSize != t.Size() {
		return l, badFormat("items of %d bytes whose format %q has %d: pad by a record, as in T{d:x:8x}", itemSize, t, t.Size())
	}
	code := strings.TrimLeft(t.String(), "@^=<>!")
	size := t.Size()
	if size > 8 && t.Kind() != format.Complex && t.Kind() != format.Bytes && t.Kind() != format.Text {
		return l, badFormat("items of format %q", t)
	}
	switch t.Kind() {
	case format.Bool:
		l.code = "?"
	case format.Int:
		l.code = map[int]string{1: "b", 2: "h", 4: "i", 8: "q"}[size]
	case format.Uint:
		l.code = map[int]string{1: "B", 2: "H", 4: "I", 8: "Q"}[size]
	case format.Float, format.Complex:
		if l.code = code; strings.HasSuffix(code, "g") {
			return l, badFormat("long doubles: convert to d")
		}
		l.code = strings.NewReplacer("F", "Zf", "D", "Zd").Replace(code)
	case format.Bytes:
		l.code = strconv.Itoa(size) + "s"
	case format.Text:
		if !strings.HasSuffix(code, "w") {
			return l, badFormat("text of 2 bytes a character: write w, of 4 bytes")
		}
		l.code = strconv.Itoa(size/4) + "w"
	case format.Array:
		return l, badFormat("items that are arrays: make them dimensions: format %q, and a shape that ends in %v", t.Elem(), t.Shape())
	default:
		return l, badFormat("items of kind %v", t.Kind())
	}
	l.ordered = l.code != "" && !isOneByte(l.code) && t.Kind() != format.Bytes
	return l, nil
}

// typeV3 writes a type of version 3; the byte order, where it has one, is the codec's matter.
func typeV3(t *format.Type, itemSize int) (any, error) {
	if t.Kind() == format.Struct {
		return structuredV3(t, itemSize)
	}
	l, err := leafOf(t, itemSize)
	if err != nil {
		return nil, err
	}
	for _, p := range plain {
		if p.code == l.code {
			return p.v3, nil
		}
	}
	name := "null_terminated_bytes"
	if strings.HasSuffix(l.code, "w") {
		name = "fixed_length_utf32"
	}
	return map[string]any{"name": name, "configuration": map[string]int{"length_bytes": itemSize}}, nil
}

func structuredV3(t *format.Type, itemSize int) (any, error) {
	for _, l := range t.Leaves() {
		if l.BigEndian() {
			return nil, badFormat("big-endian records in version 3, which has one byte order for them: use version 2")
		}
	}
	padded := false
	fields, err := fieldsOf(t, itemSize, func(f format.Field) ([]any, error) {
		name, err := typeV3(f.Type, f.Type.Size())
		return []any{f.Name, name}, err
	}, func(int) []any { padded = true; return nil })
	if err == nil && padded {
		err = badFormat("padded records in version 3: use version 2")
	}
	return map[string]any{"name": "structured", "configuration": map[string]any{"fields": fields}}, err
}

// jsonText writes JSON as it is, also < and >.
func jsonText(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("%w: %w", buffer.ErrValue, err)
	}
	return b.Bytes(), nil
}
