package format

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"unicode/utf8"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Pack writes one item to the first Size bytes of dst. Nothing is written unless all of it can be, and padding is never
// touched. The package's introduction says which values an item can be made of. A value of the wrong sort is [ErrType]; one
// out of range, of the wrong length, or a dst that is too short, is [ErrValue].
func (t *Type) Pack(dst []byte, value any) error {
	if len(dst) < t.size {
		return fmt.Errorf("%w: packing %s takes %d bytes, and there are %d", ErrValue, t.quoted(), t.size, len(dst))
	}
	dst = dst[:t.size]
	if t.kind != Array && t.kind != Struct {
		return t.pack(dst, value) // a leaf is written only when its value has been found good
	}
	if !kernel.Affords(t.size) {
		return fmt.Errorf("%w: packing %s: an item of %d bytes does not fit into memory once more", ErrValue, t.quoted(), t.size)
	}
	draft := bytes.Clone(dst)
	if err := t.pack(draft, value); err != nil {
		return err
	}
	copy(dst, draft)
	return nil
}

// pack writes an item to exactly its bytes. On an error arrays and records may be written in part.
func (t *Type) pack(dst []byte, value any) error {
	switch t.kind {
	case Bool:
		return t.packBool(dst, value)
	case Int:
		return t.packInt(dst, value)
	case Uint, Pointer:
		return t.packUint(dst, value)
	case Float:
		return t.packFloat(dst, value)
	case Complex:
		return t.packComplex(dst, value)
	case Bytes:
		return t.packBytes(dst, value)
	case Pascal:
		return t.packPascal(dst, value)
	case Text:
		return t.packText(dst, value)
	case Array:
		return t.packList(dst, value, t.shape)
	case Struct:
		return t.packRecord(dst, value)
	default:
		return fmt.Errorf("%w: the zero Type cannot be packed; take one from Parse", ErrType)
	}
}

// wrongType says that value is not of the sort that is wanted.
func (t *Type) wrongType(value any, wanted string) error {
	return fmt.Errorf("%w: packing %s: a %T cannot be packed; %s can", ErrType, t.quoted(), value, wanted)
}

// wrongValue says what is wrong with a value of the right sort.
func (t *Type) wrongValue(problem string, args ...any) error {
	return fmt.Errorf("%w: packing %s: %s", ErrValue, t.quoted(), fmt.Sprintf(problem, args...))
}

// store writes an unsigned number to all of dst, in the type's byte order.
func (t *Type) store(dst []byte, n uint64) {
	switch {
	case len(dst) == 1:
		dst[0] = byte(n)
	case len(dst) == 2 && t.big:
		binary.BigEndian.PutUint16(dst, uint16(n))
	case len(dst) == 2:
		binary.LittleEndian.PutUint16(dst, uint16(n))
	case len(dst) == 4 && t.big:
		binary.BigEndian.PutUint32(dst, uint32(n))
	case len(dst) == 4:
		binary.LittleEndian.PutUint32(dst, uint32(n))
	case t.big:
		binary.BigEndian.PutUint64(dst, n)
	default:
		binary.LittleEndian.PutUint64(dst, n)
	}
}

func (t *Type) packBool(dst []byte, value any) error {
	n := numberOf(value)
	if n.kind == Invalid {
		return t.wrongType(value, "a bool or a number")
	}
	dst[0] = 0
	if n.isTrue() {
		dst[0] = 1
	}
	return nil
}

func (t *Type) packInt(dst []byte, value any) error {
	n := numberOf(value)
	high := uint64(1)<<(8*t.size-1) - 1
	low := -int64(high) - 1
	switch {
	case n.kind != Int && n.kind != Uint:
		return t.wrongType(value, "an integer")
	case n.i < low, n.u > high:
		return t.wrongValue("%d is out of its range, %d to %d", value, low, high)
	}
	t.store(dst, n.u|uint64(n.i)) // one of them is 0
	return nil
}

func (t *Type) packUint(dst []byte, value any) error {
	n := numberOf(value)
	high := uint64(math.MaxUint64) >> (64 - 8*t.size)
	switch {
	case n.kind != Int && n.kind != Uint:
		return t.wrongType(value, "an integer")
	case n.kind == Int, n.u > high:
		return t.wrongValue("%d is out of its range, 0 to %d", value, high)
	}
	t.store(dst, n.u)
	return nil
}

func (t *Type) packFloat(dst []byte, value any) error {
	switch v := value.(type) { // of the item's own type: keep every bit, those of a NaN too
	case float32:
		if t.size == 4 {
			t.store(dst, uint64(math.Float32bits(v)))
			return nil
		}
	case Float16:
		if t.size == 2 && t.code.unit != bfloat16Unit {
			t.store(dst, uint64(v))
			return nil
		}
	case BFloat16:
		if t.code.unit == bfloat16Unit {
			t.store(dst, uint64(v))
			return nil
		}
	}
	if t.size == 1 {
		return t.packFloat8(dst, value)
	}
	f, ok := numberOf(value).float()
	if !ok {
		return t.wrongType(value, "a float or an integer")
	}
	switch {
	case t.code.unit == longDoubleUnit:
		t.storeLongDouble(dst, f)
	case t.code.unit == bfloat16Unit:
		t.store(dst, narrow(f, 8, 7))
	case t.size == 2:
		h := narrow(f, 5, 10)
		if h&^(1<<15) == 0x1f<<10 && !math.IsInf(f, 0) {
			return t.wrongValue("%v is out of its range, -65504 to 65504", value)
		}
		t.store(dst, h)
	case t.size == 4:
		t.store(dst, uint64(math.Float32bits(float32(f))))
	default:
		t.store(dst, math.Float64bits(f))
	}
	return nil
}

// float8s are the floats of one byte.
var float8s = map[byte]*float8{e4m3fnUnit: e4m3fn, e5m2Unit: e5m2, e4m3fnuzUnit: e4m3fnuz, e5m2fnuzUnit: e5m2fnuz, e8m0fnuUnit: e8m0fnu}

func (t *Type) packFloat8(dst []byte, value any) error {
	if own := reflect.ValueOf(value); own.IsValid() && own.Type() == reflect.TypeOf(t.float8(0)) {
		dst[0] = byte(own.Uint())
		return nil
	}
	f, ok := numberOf(value).float()
	if !ok {
		return t.wrongType(value, "a float or an integer")
	}
	dst[0] = float8s[t.code.unit].narrow(f)
	return nil
}

func (t *Type) storeLongDouble(dst []byte, f float64) {
	host.longDouble.encoding.put(dst, f)
	if t.big {
		slices.Reverse(dst)
	}
}

func (t *Type) packComplex(dst []byte, value any) error {
	n := numberOf(value)
	if f, ok := n.float(); ok {
		n = ofComplex(complex(f, 0))
	}
	if n.kind != Complex {
		return t.wrongType(value, "a complex number, a float or an integer")
	}
	re, im := dst[:t.size/2], dst[t.size/2:]
	switch {
	case t.code.unit == longDoubleUnit:
		t.storeLongDouble(re, real(n.c))
		t.storeLongDouble(im, imag(n.c))
	case t.size == 8:
		c := complex64(n.c)
		if exact, ok := value.(complex64); ok {
			c = exact // keeps every bit of a NaN
		}
		t.store(re, uint64(math.Float32bits(real(c))))
		t.store(im, uint64(math.Float32bits(imag(c))))
	default:
		t.store(re, math.Float64bits(real(n.c)))
		t.store(im, math.Float64bits(imag(n.c)))
	}
	return nil
}

// bytesOf reads a []byte or a string, of a named type too.
func bytesOf(value any) ([]byte, bool) {
	switch v := value.(type) {
	case []byte:
		return v, true
	case string:
		return []byte(v), true
	}
	v := reflect.ValueOf(value)
	switch {
	case v.Kind() == reflect.String:
		return []byte(v.String()), true
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return v.Bytes(), true
	}
	return nil, false
}

func (t *Type) packBytes(dst []byte, value any) error {
	if c, ok := value.(byte); ok && t.code.text == "c" {
		dst[0] = c
		return nil
	}
	b, ok := bytesOf(value)
	switch {
	case t.code.text == "c" && (!ok || len(b) != 1):
		if ok {
			return t.wrongValue("%d bytes do not make one; pass exactly 1", len(b))
		}
		return t.wrongType(value, "a byte, or a []byte or string of length 1,")
	case !ok:
		return t.wrongType(value, "a []byte or string")
	case len(b) > len(dst):
		return t.wrongValue("%d bytes do not fit into %d; cut them first", len(b), len(dst))
	}
	clear(dst[copy(dst, b):])
	return nil
}

func (t *Type) packPascal(dst []byte, value any) error {
	b, ok := bytesOf(value)
	room := max(0, min(len(dst)-1, math.MaxUint8))
	switch {
	case !ok:
		return t.wrongType(value, "a []byte or string")
	case len(b) > room:
		return t.wrongValue("%d bytes do not fit into %d; cut them first", len(b), room)
	case len(dst) == 0:
		return nil
	}
	clear(dst[1+copy(dst[1:], b):])
	dst[0] = byte(len(b)) // last, since b may lie in dst
	return nil
}

func (t *Type) packText(dst []byte, value any) error {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.String {
		return t.wrongType(value, "a string")
	}
	s, unit := v.String(), t.unitSize()
	if !utf8.ValidString(s) {
		return t.wrongValue("the string is not valid UTF-8")
	}
	if n, room := utf8.RuneCountInString(s), len(dst)/unit; n > room {
		return t.wrongValue("%d code points do not fit into %d; cut them first", n, room)
	}
	if unit == 2 {
		for _, c := range s {
			if c > math.MaxUint16 {
				return t.wrongValue("U+%04X has no room in 2 bytes; w takes it", c)
			}
		}
	}
	for _, c := range s {
		t.store(dst[:unit], uint64(c))
		dst = dst[unit:]
	}
	clear(dst)
	return nil
}

// packList writes an array of the given extents, or an inner list of one.
func (t *Type) packList(dst []byte, value any, shape []int) error {
	n, at, ok := listOf(value)
	switch {
	case !ok:
		return t.wrongType(value, "a slice or an array")
	case n != shape[0]:
		return t.wrongValue("%d values where the extent is %d", n, shape[0])
	case n == 0:
		return nil
	}
	step := len(dst) / n
	for i := range n {
		part := dst[i*step : (i+1)*step]
		var err error
		if len(shape) > 1 {
			err = t.packList(part, at(i), shape[1:])
		} else {
			err = t.elem.pack(part[:t.elem.size], at(i))
		}
		if err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return nil
}

// listOf gives the length of a Go slice or array, and its values by index.
func listOf(value any) (n int, at func(int) any, ok bool) {
	if list, isList := value.([]any); isList {
		return len(list), func(i int) any { return list[i] }, true
	}
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		return 0, nil, false
	}
	return v.Len(), func(i int) any { return v.Index(i).Interface() }, true
}

func (t *Type) packRecord(dst []byte, value any) error {
	values, err := t.inOrder(value)
	if err != nil {
		return err
	}
	for i, f := range t.fields {
		if err := f.Type.pack(dst[f.Offset:f.Offset+f.Type.size], values[i]); err != nil {
			return fmt.Errorf("field %s: %w", t.label(i), err)
		}
	}
	return nil
}

// inOrder gives the values that a value has for the record's fields, in the order of the fields.
func (t *Type) inOrder(value any) ([]any, error) {
	switch v := value.(type) {
	case map[string]any:
		if !t.named {
			return nil, t.wrongType(value, "a Record or []any, since not every field has a name,")
		}
		return t.byName(v)
	case Record:
		if t.named && len(v.Names) == len(v.Values) && !slices.Contains(v.Names, "") && !slices.Equal(v.Names, t.names) {
			return t.byName(mapOf(v))
		}
		return t.byPosition(v.Values)
	case []any:
		return t.byPosition(v)
	}
	if values, ok := structValues(reflect.ValueOf(value)); ok {
		return t.byPosition(values)
	}
	return nil, t.wrongType(value, "a Record, a []any, a map[string]any or a Go struct")
}

// structValues gives the fields of a Go struct, or of one that is pointed to, as [ForType] sees them.
func structValues(v reflect.Value) (values []any, ok bool) {
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil, false
	}
	whole := reflect.New(v.Type()).Elem() // addressable, so that fields that are not exported can be read
	whole.Set(v)
	for i := range v.NumField() {
		if _, shown := fieldName(v.Type().Field(i)); shown {
			field := whole.Field(i)
			values = append(values, reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem().Interface())
		}
	}
	return values, true
}

func mapOf(r Record) map[string]any {
	m := make(map[string]any, len(r.Names))
	for i, name := range r.Names {
		m[name] = r.Values[i]
	}
	return m
}

func (t *Type) byPosition(values []any) ([]any, error) {
	if len(values) != len(t.fields) {
		return nil, t.wrongValue("%d values for %d fields", len(values), len(t.fields))
	}
	return values, nil
}

func (t *Type) byName(m map[string]any) ([]any, error) {
	if len(m) != len(t.fields) {
		return nil, t.wrongValue("%d names for %d fields", len(m), len(t.fields))
	}
	values := make([]any, len(t.fields))
	for i, name := range t.names {
		v, ok := m[name]
		if !ok {
			return nil, t.wrongValue("no value for field %s", t.label(i))
		}
		values[i] = v
	}
	return values, nil
}
