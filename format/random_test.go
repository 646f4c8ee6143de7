package format

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// drawFormat draws formats that can be read.
func drawFormat(t draw.Source, depth int) string {
	var b strings.Builder
	for i := range t.UpTo(4, "items") {
		b.WriteString(draw.Of(t, "mark", "", "", " ", "@", "^", "=", "<", ">", "!"))
		shape := draw.Of(t, "shape", "", "", "", "()", "(2)", "(2,3)", "(0)", "(1,0)", "(2)(2)")
		count := draw.Of(t, "count", "", "", "", "0", "1", "2", "5")
		code := draw.Of(t, "code", "x", "c", "s", "p", "u", "w", "?", "b", "H", "i", "l", "Q", "e", "f", "d", "g",
			"Zf", "D", "Zg", "P", "O", "z", "Z", "X{}", "&i", "[bfloat16]", "h", "I", "q", "B", "F", "Zd")
		if depth > 0 && draw.Bool(t, "nested") {
			code = draw.Of(t, "brace", "T{", "T{", "&T{") + drawFormat(t, depth-1) + "}"
		}
		name := draw.Of(t, "name", "", fmt.Sprintf(":f%d:", i))
		if shape != "" {
			shape += draw.Of(t, "mark", "", "", "<", "@")
		}
		b.WriteString(shape + count + code + name)
		if code == "Z" && name == "" {
			b.WriteString(" ")
		}
	}
	return b.String()
}

func testRandomBytes(t draw.Source) {
	format := drawFormat(t, 3)
	typ, err := Parse(format)
	if err != nil {
		t.Fatal(err)
	}
	checkWritten(t, format, typ)
	src := fence.Bytes(t, typ.Size(), draw.Side(t))
	draw.Fill(t, src, "bytes")
	checkItems(t, typ, src)
}

func TestRandomBytes(t *testing.T) { draw.Check(t, testRandomBytes) }

// FuzzUnpack unpacks random bytes by a random format and packs the values again: to the same bytes, where a value has but one form.
func FuzzUnpack(f *testing.F) { draw.Fuzz(f, testRandomBytes) }

// drawValue draws a value that a type packs, and what it reads back.
func drawValue(t draw.Source, typ *Type) (value, back any) {
	switch typ.Kind() {
	case Array:
		return drawArray(t, typ, typ.Shape())
	case Struct:
		return drawRecord(t, typ)
	case Bool:
		b := draw.Bool(t, "bool")
		return draw.Of(t, "type", any(b), map[bool]any{false: 0.0, true: math.NaN()}[b], map[bool]any{false: 0, true: -7}[b]), b
	case Int:
		n := reflect.New(reflect.TypeOf(typ.int(make([]byte, 8)))).Elem()
		n.SetInt(int64(drawBits(t)) >> (64 - 8*typ.Size()))
		return draw.Of(t, "type", n.Interface(), any(n.Int())), n.Interface()
	case Uint, Pointer:
		n := drawBits(t) >> (64 - 8*typ.Size())
		return n, n
	case Float:
		return drawFloat(t, typ)
	case Complex:
		re, im := drawPart(t, typ), drawPart(t, typ)
		return complex(re, im), complex(re, im)
	case Bytes:
		data := drawBytes(t, typ.Size())
		return draw.Of(t, "type", any(data), any(string(data))), append(data, make([]byte, typ.Size()-len(data))...)
	case Pascal:
		data := drawBytes(t, min(max(typ.Size()-1, 0), math.MaxUint8))
		return draw.Of(t, "type", any(data), any(string(data))), data
	}
	text := drawText(t, typ)
	return text, strings.TrimRight(text, "\x00")
}

func drawBits(t draw.Source) uint64 {
	return uint64(t.UpTo(math.MaxInt32, "bits"))<<33 ^ uint64(t.UpTo(math.MaxInt32, "bits"))<<9 ^ uint64(t.UpTo(255, "bits"))
}

// drawBytes draws up to most bytes. One is always there: c takes no fewer.
func drawBytes(t draw.Source, most int) []byte {
	data := make([]byte, most-t.UpTo(most, "missing"))
	if most == 1 {
		data = make([]byte, 1)
	}
	draw.Fill(t, data, "byte")
	return data
}

func drawFloat(t draw.Source, typ *Type) (value, back any) {
	switch {
	case typ.code.unit == bfloat16Unit:
		f := BFloat16(drawBits(t))
		return draw.Of(t, "type", any(f), any(f.Float32())), f
	case typ.Size() == 2:
		f := Float16(drawBits(t))
		return draw.Of(t, "type", any(f), any(f.Float32())), f
	case typ.Size() == 4:
		f := math.Float32frombits(uint32(drawBits(t)))
		return draw.Of(t, "type", any(f), any(float64(f))), f
	}
	f := math.Float64frombits(drawBits(t))
	return f, f
}

// drawPart draws one half of a complex number, which a float of that size holds.
func drawPart(t draw.Source, typ *Type) float64 {
	if typ.Size() == 8 {
		return float64(math.Float32frombits(uint32(drawBits(t))))
	}
	return math.Float64frombits(drawBits(t))
}

// drawText draws text that has room. A surrogate becomes U+FFFD, as everywhere in Go.
func drawText(t draw.Source, typ *Type) string {
	unit, most := typ.unitSize(), math.MaxUint16
	if unit == 4 {
		most = draw.Of(t, "plane", int(utf8.MaxRune), math.MaxUint16)
	}
	var b strings.Builder
	for range t.UpTo(typ.Size()/unit, "length") {
		b.WriteRune(rune(t.UpTo(draw.Of(t, "few", 127, most), "rune")))
	}
	return b.String()
}

func drawArray(t draw.Source, typ *Type, shape []int) (value, back any) {
	if len(shape) == 0 {
		return drawValue(t, typ.Elem())
	}
	values, backs := make([]any, shape[0]), make([]any, shape[0])
	for i := range values {
		values[i], backs[i] = drawArray(t, typ, shape[1:])
	}
	return values, backs
}

func drawRecord(t draw.Source, typ *Type) (value, back any) {
	fields := typ.Fields()
	names, values, backs := make([]string, len(fields)), make([]any, len(fields)), make([]any, len(fields))
	byName := map[string]any{}
	for i, f := range fields {
		names[i] = f.Name
		values[i], backs[i] = drawValue(t, f.Type)
		byName[f.Name] = values[i]
	}
	value = draw.Of(t, "type", any(values), any(Record{Names: names, Values: values}))
	if _, unnamed := byName[""]; !unnamed && len(byName) == len(fields) && draw.Bool(t, "map") {
		value = byName
	}
	return value, Record{Names: names, Values: backs}
}

// testRandomValues packs values and reads them back, and then some that the type may or may not take: never in part.
func testRandomValues(t draw.Source) {
	typ, err := Parse(drawFormat(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	value, want := drawValue(t, typ)
	dst := fence.Bytes(t, typ.Size(), draw.Side(t))
	if err := typ.Pack(dst, value); err != nil {
		t.Fatalf("%v does not pack %#v: %v", typ, value, err)
	}
	got, err := typ.Unpack(dst)
	if err != nil {
		t.Fatalf("%v packs %#v to %x, which it does not unpack: %v", typ, value, dst, err)
	}
	left, right := flatten(got), flatten(want)
	for i := range right {
		if len(left) != len(right) || !identical(left[i], right[i]) {
			t.Fatalf("%v packs %#v, and unpacks %#v, want %#v", typ, value, got, want)
		}
	}

	other, err := Parse(drawFormat(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	value, _ = drawValue(t, other)
	before := bytes.Clone(dst)
	switch err := typ.Pack(dst, value); {
	case err == nil:
		checkItems(t, typ, dst)
	case !errors.Is(err, ErrType) && !errors.Is(err, ErrValue):
		t.Fatalf("%v packs %#v: an error of no kind: %v", typ, value, err)
	case !bytes.Equal(dst, before):
		t.Fatalf("%v packs %#v in part, to %x: %v", typ, value, dst, err)
	}
}

func TestRandomValues(t *testing.T) { draw.Check(t, testRandomValues) }

// FuzzPack packs random values by a random format, and unpacks the same; and values of other formats, all of them or nothing.
func FuzzPack(f *testing.F) { draw.Fuzz(f, testRandomValues) }
