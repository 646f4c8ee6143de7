package format

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// testCase is a line of testdata/cases.jsonl: what CPython, NumPy or ctypes say of a format, a value or two values.
// testdata/generate.py writes them.
type testCase struct {
	Source string        `json:"source"`
	Format string        `json:"format"`
	Native bool          `json:"native"` // holds for the C ABI of Linux on x86-64
	Size   int           `json:"size"`
	Item   int           `json:"itemsize"`
	Bytes  *string       `json:"bytes"` // in hexadecimal
	Leaves [][4]any      `json:"leaves"`
	Values []taggedValue `json:"values"`
	Error  string        `json:"error"`
	Same   bool          `json:"same"`
}

// taggedValue is a value with its sort. Exactly one is set.
type taggedValue struct {
	Bool    *bool    `json:"bool"`
	Int     *string  `json:"int"`
	Float   *string  `json:"float"`
	Complex []string `json:"complex"`
	Bytes   *string  `json:"bytes"`
	Text    *string  `json:"text"`
}

func (v taggedValue) value(t *testing.T) any {
	t.Helper()
	switch {
	case v.Bool != nil:
		return *v.Bool
	case v.Int != nil:
		if n, err := strconv.ParseInt(*v.Int, 10, 64); err == nil {
			return n
		}
		n, err := strconv.ParseUint(*v.Int, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	case v.Float != nil:
		return parseFloat(t, *v.Float)
	case v.Complex != nil:
		return complex(parseFloat(t, v.Complex[0]), parseFloat(t, v.Complex[1]))
	case v.Bytes != nil:
		return unhex(t, *v.Bytes)
	case v.Text != nil:
		return *v.Text
	}
	t.Fatal("a value without a sort")
	return nil
}

func parseFloat(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// holdsHere tells that the case holds for the C ABI of this machine.
func (c testCase) holdsHere() bool {
	x86 := abiOf("linux", "amd64", 8)
	here := host
	if !strings.Contains(c.Format, "g") {
		here.longDouble = x86.longDouble
	}
	return !c.Native || here == x86 && !hostBig
}

// cases gives the cases of a source that hold on this machine.
func cases(t *testing.T, source string) []testCase {
	t.Helper()
	file, err := os.Open("testdata/cases.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []testCase
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c testCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		if c.Source == source && c.holdsHere() {
			all = append(all, c)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// flatten gives the single values in a value.
func flatten(v any) []any {
	switch v := v.(type) {
	case Record:
		return flatten(v.Values)
	case []any:
		flat := []any{}
		for _, inner := range v {
			flat = append(flat, flatten(inner)...)
		}
		return flat
	}
	return []any{v}
}

// identical is SameValue, but a NaN is identical to a NaN, and zeros of different signs are not identical.
func identical(a, b any) bool {
	x, y := numberOf(a), numberOf(b)
	switch {
	case x.kind == Float && y.kind == Float:
		return identicalFloat(x.f, y.f)
	case x.kind == Complex && y.kind == Complex:
		return identicalFloat(real(x.c), real(y.c)) && identicalFloat(imag(x.c), imag(y.c))
	}
	return SameValue(a, b)
}

func identicalFloat(a, b float64) bool {
	return a == b && math.Signbit(a) == math.Signbit(b) || a != a && b != b
}

// checkValues unpacks the case's bytes and packs what it got.
func (c testCase) checkValues(t *testing.T, typ *Type) {
	t.Helper()
	data := unhex(t, *c.Bytes)
	v, err := typ.Unpack(data)
	if err != nil {
		t.Errorf("%q: %v", c.Format, err)
		return
	}
	got := flatten(v)
	if len(got) != len(c.Values) {
		t.Errorf("%q unpacks to %v, want %d values", c.Format, v, len(c.Values))
		return
	}
	for i, want := range c.Values {
		if w := want.value(t); !identical(got[i], w) {
			t.Errorf("%q: value %d is %#v, want %#v", c.Format, i, got[i], w)
		}
	}
	packed := make([]byte, len(data))
	if err := typ.Pack(packed, v); err != nil {
		t.Errorf("%q: %v", c.Format, err)
		return
	}
	again, err := typ.Unpack(packed)
	if err != nil {
		t.Errorf("%q: %v", c.Format, err)
		return
	}
	for i, b := range flatten(again) {
		if !identical(b, got[i]) {
			t.Errorf("%q: value %d was %#v, and is %#v after Pack", c.Format, i, got[i], b)
		}
	}
}

func (c testCase) checkLeaves(t *testing.T, typ *Type) {
	t.Helper()
	i := 0
	for offset, leaf := range typ.Leaves() {
		got := fmt.Sprintln(offset, leaf.Kind(), leaf.Size(), leaf.BigEndian())
		if i >= len(c.Leaves) {
			t.Errorf("%q has a leaf %s too many", c.Format, got)
			return
		}
		if want := fmt.Sprintln(c.Leaves[i][:]...); got != want {
			t.Errorf("%q: leaf %d is %s, want %s", c.Format, i, got, want)
		}
		i++
	}
	if i != len(c.Leaves) {
		t.Errorf("%q has %d leaves, want %d", c.Format, i, len(c.Leaves))
	}
}

// parseCase parses a case's format. A machine wrote the cases to which "=" is "<", and no mark too where the sizes are the same anywhere.
func parseCase(t *testing.T, c testCase) *Type {
	t.Helper()
	written := c.Format
	if hostBig {
		written = strings.ReplaceAll(written, "=", "<")
		if c.Source == "pack" {
			written = "<" + written
		}
	}
	typ, err := Parse(written)
	if err != nil {
		t.Fatalf("%q: %v", c.Format, err)
	}
	return typ
}

func TestStruct(t *testing.T) {
	for _, c := range cases(t, "struct") {
		typ := parseCase(t, c)
		if typ.Size() != c.Size {
			t.Errorf("%q has %d bytes, want %d", c.Format, typ.Size(), c.Size)
			continue
		}
		c.checkValues(t, typ)
		// struct fills padding with zeros, so that all bytes must come out.
		data := unhex(t, *c.Bytes)
		v, err := typ.Unpack(data)
		if err != nil {
			t.Fatal(err)
		}
		packed := make([]byte, len(data))
		if err := typ.Pack(packed, v); err != nil || !bytes.Equal(packed, data) {
			t.Errorf("%q packs %v to %x (%v), want %x", c.Format, v, packed, err, data)
		}
	}
}

func TestNumPyAndCtypes(t *testing.T) {
	for _, source := range []string{"numpy writes", "numpy reads", "ctypes"} {
		for _, c := range cases(t, source) {
			typ := parseCase(t, c)
			c.checkLeaves(t, typ)
			if c.Item > 0 && typ.Size() > c.Item {
				t.Errorf("%q has %d bytes, want at most %d", c.Format, typ.Size(), c.Item)
			}
			if c.Bytes != nil {
				c.checkValues(t, typ)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range cases(t, "refused") {
		if typ, err := Parse(c.Format); !errors.Is(err, ErrFormat) {
			t.Errorf("%q is read as %v (%v)", c.Format, typ, err)
		}
	}
}

func TestPackLikeMemoryview(t *testing.T) {
	for _, c := range cases(t, "pack") {
		typ, v := parseCase(t, c), c.Values[0].value(t)
		got := bytes.Repeat([]byte{0xaa}, typ.Size())
		err := typ.Pack(got, v)
		switch c.Error {
		case "value":
			if !errors.Is(err, ErrValue) {
				t.Errorf("%q packs %v to %x (%v), want ErrValue", c.Format, v, got, err)
			}
		case "type":
			if !errors.Is(err, ErrType) {
				t.Errorf("%q packs %v to %x (%v), want ErrType", c.Format, v, got, err)
			}
		default:
			if err != nil || hex.EncodeToString(got) != *c.Bytes {
				t.Errorf("%q packs %v to %x (%v), want %s", c.Format, v, got, err, *c.Bytes)
			}
		}
		if err != nil && !bytes.Equal(got, bytes.Repeat([]byte{0xaa}, typ.Size())) {
			t.Errorf("%q packs %v in part: %x", c.Format, v, got)
		}
	}
}

func TestBFloat16LikeMLDtypes(t *testing.T) {
	typ, err := Parse("<[bfloat16]")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases(t, "bfloat16") {
		f := c.Values[0].value(t).(float64)
		got := make([]byte, 2)
		if err := typ.Pack(got, f); err != nil || hex.EncodeToString(got) != *c.Bytes {
			t.Errorf("%v packs to %x (%v), want %s", f, got, err, *c.Bytes)
		}
		if b := NewBFloat16(float32(f)); hex.EncodeToString([]byte{byte(b), byte(b >> 8)}) != *c.Bytes {
			t.Errorf("NewBFloat16(%v) is %04x, want the bytes %s", f, uint16(b), *c.Bytes)
		}
	}
}

// ml_dtypes says what each code is worth, and what a float32 becomes.
func TestFloat8(t *testing.T) {
	for _, c := range cases(t, "float8 codes") {
		typ, err := Parse(c.Format)
		if err != nil {
			t.Fatal(err)
		}
		if typ.Size() != 1 || typ.Kind() != Float || len(c.Values) != 256 || typ.String() != c.Format {
			t.Fatalf("%q: %d bytes, kind %v, %d codes", typ, typ.Size(), typ.Kind(), len(c.Values))
		}
		for code, v := range c.Values {
			got, err := typ.Unpack([]byte{byte(code)})
			if err != nil {
				t.Fatal(err)
			}
			want := v.value(t).(float64)
			short := got.(ShortFloat)
			if f := float64(short.Float32()); f != want && (f == f || want == want) || math.Signbit(f) != math.Signbit(want) && f == f {
				t.Errorf("%s: code %#x is %v, and %v for ml_dtypes", c.Format, code, f, want)
			}
			packed := []byte{0}
			if err := typ.Pack(packed, got); err != nil || packed[0] != byte(code) {
				t.Errorf("%s: %#x is packed as %#x, %v", c.Format, code, packed, err)
			}
			if own, err := ForType(reflect.TypeOf(got)); err != nil || !own.Equal(typ) {
				t.Errorf("%T is %v, %v", got, own, err)
			}
		}
	}
	for _, c := range cases(t, "float8 narrow") {
		typ, err := Parse(c.Format)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range unhex(t, *c.Bytes) {
			value := c.Values[i].value(t).(float64)
			got := []byte{0}
			if err := typ.Pack(got, float32(value)); err != nil || got[0] != want {
				t.Errorf("%s: %v is %#x, %v, and %#x for ml_dtypes", c.Format, value, got, err, want)
			}
		}
	}
}

func TestSameValueLikePython(t *testing.T) {
	for _, c := range cases(t, "same") {
		a, b := c.Values[0].value(t), c.Values[1].value(t)
		if SameValue(a, b) != c.Same || SameValue(b, a) != c.Same {
			t.Errorf("SameValue(%#v, %#v) is not %v", a, b, c.Same)
		}
	}
}
