package format

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type (
	myInt    int16
	myUint   uint8
	myFloat  float32
	myBool   bool
	myText   string
	myBytes  []byte
	myNumber complex64
)

// TestPack has what Python has no word on: Go's types, and our refusals. The bytes are written by hand.
func TestPack(t *testing.T) {
	for _, c := range []struct {
		format string
		value  any
		want   string // in hexadecimal, over bytes of ee; an error's name
	}{
		{"<h", myInt(-2), "feff"},
		{"<h", myUint(2), "0200"},
		{"<h", uintptr(2), "0200"},
		{"<h", 2.0, "type"},
		{"<h", true, "type"},
		{"<h", myBool(true), "type"},
		{"<h", Float16(0x3c00), "type"},
		{"<h", BFloat16(0x3f80), "type"},
		{"<h", 2i, "type"},
		{"<h", "2", "type"},
		{"<h", nil, "type"},
		{"<h", []int{2}, "type"},
		{"<h", 32768, "value"},
		{"<h", uint64(math.MaxUint64), "value"},
		{"B", -1, "value"},
		{">Q", uint64(math.MaxUint64), "ffffffffffffffff"},
		{"?", myBool(true), "01"},
		{"?", 0.5, "01"},
		{"?", complex64(0), "00"},
		{"?", Float16(0x8000), "00"},
		{"?", math.NaN(), "01"},
		{"?", "true", "type"},
		{"?", nil, "type"},
		{">f", myFloat(1.5), "3fc00000"},
		{">f", Float16(0x3e00), "3fc00000"},
		{">f", BFloat16(0x3fc0), "3fc00000"},
		{">f", math.Float32frombits(0x7fa00001), "7fa00001"}, // a NaN keeps its bits
		{">f", 3.5e38, "7f800000"},
		{">f", true, "type"},
		{">f", 1i, "type"},
		{">f", nil, "type"},
		{">d", uint8(3), "4008000000000000"},
		{">e", Float16(0x7c01), "7c01"},
		{">e", math.NaN(), "7e00"},
		{">e", float32(65519), "7bff"},
		{">e", float32(65520), "value"},
		{">[bfloat16]", BFloat16(0x7f81), "7f81"},
		{">[bfloat16]", 1e39, "7f80"},
		{">[bfloat16]", Float16(0x3e00), "3fc0"},
		{">Zf", complex(1.5, -2), "3fc00000c0000000"},
		{">Zf", myNumber(1.5), "3fc0000000000000"},
		{">Zf", 1.5, "3fc0000000000000"},
		{">Zf", 3, "4040000000000000"},
		{">Zf", complex(float32(0), math.Float32frombits(0x7fa00001)), "000000007fa00001"},
		{">Zf", true, "type"},
		{">Zd", complex64(1 + 2i), "3ff00000000000004000000000000000"},
		{"c", byte('a'), "61"},
		{"c", "a", "61"},
		{"c", []byte("a"), "61"},
		{"c", "ab", "value"},
		{"c", "", "value"},
		{"c", int('a'), "type"},
		{"s", byte('a'), "type"},
		{"4s", "ab", "61620000"},
		{"4s", myText("ab"), "61620000"},
		{"4s", myBytes("abcd"), "61626364"},
		{"4s", "abcde", "value"},
		{"4s", 5, "type"},
		{"4s", nil, "type"},
		{"0s", "", ""},
		{"2x:a:", []any{"ab"}, "6162"},
		{"4p", "abc", "03616263"},
		{"4p", "a", "01610000"},
		{"4p", "abcd", "value"},
		{"300p", strings.Repeat("a", 256), "value"},
		{"1p", "", "00"},
		{"0p", "", ""},
		{"0p", "a", "value"},
		{"4p", nil, "type"},
		{">2u", "é", "00e90000"},
		{">2u", "😀", "value"},
		{">2w", "é😀", "000000e90001f600"},
		{">2w", myText("a"), "0000006100000000"},
		{">2w", "abc", "value"},
		{">2w", "\xff", "value"},
		{">2w", []byte("a"), "type"},
		{">2w", nil, "type"},
		{"P", -1, "value"},
		{"P", true, "type"},
		{">(2,2)B", [][]int{{1, 2}, {3, 4}}, "01020304"},
		{">(2,2)B", [2][2]uint8{{1, 2}, {3, 4}}, "01020304"},
		{">(2,2)B", []any{[]byte{1, 2}, []any{3, 4}}, "01020304"},
		{">(2,2)B", []any{[]byte{1, 2}, []any{3}}, "value"},
		{">(2,2)B", []any{1, 2}, "type"},
		{">(2,2)B", []int{}, "value"},
		{"2B", "ab", "type"},
		{"2B", nil, "type"},
		{"(0)B", []int{}, ""},
		{"(0)B", []any(nil), ""},
		{"BxB", []any{1, 2}, "01ee02"},
		{"BxB", Record{Values: []any{1, 2}}, "01ee02"},
		{"BxB", Record{Names: []string{"b", "a"}, Values: []any{1, 2}}, "01ee02"},
		{"BxB", map[string]any{"a": 1}, "type"},
		{"BxB", []any{1}, "value"},
		{"BxB", []int{1, 2}, "type"},
		{"BxB", nil, "type"},
		{"B:a:xB:b:", Record{Names: []string{"b", "a"}, Values: []any{2, 1}}, "01ee02"},
		{"B:a:xB:b:", Record{Names: []string{"b", ""}, Values: []any{1, 2}}, "01ee02"},
		{"B:a:xB:b:", Record{Names: []string{"a", "c"}, Values: []any{1, 2}}, "value"},
		{"B:a:xB:b:", Record{Names: []string{"a", "a"}, Values: []any{1, 2}}, "value"},
		{"B:a:xB:b:", map[string]any{"a": 1, "b": 2}, "01ee02"},
		{"B:a:xB:b:", map[string]any{"a": 1, "b": 2, "c": 3}, "value"},
		{"B:a:xB:b:", map[string]any{"a": 1}, "value"},
		{"B:a:xT{B:c:}:b:", map[string]any{"a": 1, "b": []any{2}}, "01ee02"},
		{"B:a:xT{B:c:}:b:", []any{1, []any{256}}, "value"},
	} {
		typ := mustParse(t, c.format)
		dst := bytes.Repeat([]byte{0xee}, typ.Size()+1)
		err := typ.Pack(dst, c.value)
		got := fmt.Sprintf("%x", dst[:typ.Size()])
		switch {
		case errors.Is(err, ErrType):
			got = "type"
		case errors.Is(err, ErrValue):
			got = "value"
		case err != nil:
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%q packs %#v to %s (%v), want %s", c.format, c.value, got, err, c.want)
		}
		untouched := dst[typ.Size():]
		if err != nil {
			untouched = dst
		}
		if len(bytes.TrimLeft(untouched, "\xee")) != 0 {
			t.Errorf("%q packs %#v beyond the item, or in part: %x", c.format, c.value, dst)
		}
	}
}

func TestPackSaysWhere(t *testing.T) {
	typ := mustParse(t, "T{i:id:(2)T{B:r:B:g:}:pixels:}")
	err := typ.Pack(make([]byte, typ.Size()), []any{1, []any{[]any{1, 2}, []any{3, 256}}})
	for _, part := range []string{"pixels", "[1]", `"g"`, "256", "0 to 255"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error %v does not mention %s", err, part)
		}
	}
}

func TestPackTooShort(t *testing.T) {
	dst := []byte{1, 2, 3}
	if err := mustParse(t, "<i").Pack(dst, 4); !errors.Is(err, ErrValue) || !bytes.Equal(dst, []byte{1, 2, 3}) {
		t.Errorf("3 bytes of 4 are packed to %v (%v)", dst, err)
	}
}

// TestPackOverlap packs values that lie in the bytes they are packed to.
func TestPackOverlap(t *testing.T) {
	for _, c := range []struct{ format, memory, want string }{
		{"4p", "abcd", "\x03abc"},
		{"3s", "abcd", "abcd"},
		{"c3s", "abcd", "dabc"},
	} {
		memory := []byte(c.memory)
		var v any = memory[:3]
		if c.format == "c3s" {
			v = []any{memory[3:], memory[:3]}
		}
		if err := mustParse(t, c.format).Pack(memory, v); err != nil || string(memory) != c.want {
			t.Errorf("%q packs to %q (%v), want %q", c.format, memory, err, c.want)
		}
	}
}

func TestUnpack(t *testing.T) {
	for _, c := range []struct {
		format, src string
		want        any
	}{
		{"b", "\xff", int8(-1)},
		{"B", "\xff", uint8(255)},
		{">h", "\xff\xfe", int16(-2)},
		{"<h", "\xff\xfe", int16(-257)},
		{">H", "\xff\xfe", uint16(65534)},
		{">i", "\x00\x00\x01\x00", int32(256)},
		{">I", "\x00\x00\x01\x00", uint32(256)},
		{">q", "\xff\xff\xff\xff\xff\xff\xff\xff", int64(-1)},
		{">Q", "\xff\xff\xff\xff\xff\xff\xff\xff", uint64(math.MaxUint64)},
		{">l", "\x00\x00\x01\x00", int32(256)},
		{"?", "\x05", true},
		{"?", "\x00", false},
		{">e", "\x3c\x00", Float16(0x3c00)},
		{">[bfloat16]", "\x3f\x80", BFloat16(0x3f80)},
		{">f", "\x3f\x80\x00\x00", float32(1)},
		{">d", "\x3f\xf0\x00\x00\x00\x00\x00\x00", float64(1)},
		{">F", "\x3f\x80\x00\x00\xbf\x80\x00\x00", complex64(1 - 1i)},
		{">D", "\x3f\xf0\x00\x00\x00\x00\x00\x00\xbf\xf0\x00\x00\x00\x00\x00\x00", complex128(1 - 1i)},
		{"c", "a", []byte("a")},
		{"3s", "a\x00b", []byte("a\x00b")},
		{"0s", "", []byte{}},
		{"4p", "\x02abc", []byte("ab")},
		{"4p", "\xffabc", []byte("abc")},
		{"1p", "\xff", []byte{}},
		{"0p", "", []byte{}},
		{">3u", "\x00a\x00\x00\x20\xac", "a\x00€"},
		{">2u", "\x00a\x00\x00", "a"},
		{">2w", "\x00\x01\xf6\x00\x00\x00\x00\x00", "😀"},
		{">w", "\x00\x00\x00\x00", ""},
		{">(2,2)B", "\x01\x02\x03\x04", []any{[]any{uint8(1), uint8(2)}, []any{uint8(3), uint8(4)}}},
		{"(2,0)B", "", []any{[]any{}, []any{}}},
		{"(0,2)B", "", []any{}},
		{"Bx2B:a:", "\x01\x02\x03\x04", Record{Names: []string{"", "a"}, Values: []any{uint8(1), []any{uint8(3), uint8(4)}}}},
		{"", "", Record{Names: []string{}, Values: []any{}}},
	} {
		got, err := mustParse(t, c.format).Unpack([]byte(c.src + "tail"))
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%q of %q (%v): -want +got\n%s", c.format, c.src, err, diff)
		}
	}
	for _, c := range []struct{ format, src string }{
		{"i", "abc"},
		{"T{iii}", "abc"},
		{">w", "\x00\x11\x00\x00"}, // above U+10FFFF
		{">w", "\xff\xff\xff\xff"},
		{">w", "\x00\x00\xd8\x00"},  // a surrogate
		{">2u", "\xd8\x3d\xde\x00"}, // two: UCS-2 has no pairs
		{"T{B:a:(2)>w:b:}", "\x00\x00\x00\x00\x00\xff\xff\xff\xff"},
	} {
		if got, err := mustParse(t, c.format).Unpack([]byte(c.src)); !errors.Is(err, ErrValue) {
			t.Errorf("%q of %q is %v (%v), want ErrValue", c.format, c.src, got, err)
		}
	}
}

func TestUnpackPointers(t *testing.T) {
	src := make([]byte, host.pointer)
	src[0], src[len(src)-1] = 1, 1
	want := uintptr(1)<<(8*(host.pointer-1)) | 1
	for _, s := range []string{"P", "<P", ">P", "O", ">O", "&i", "X{}", "z", "Z"} {
		if got, err := mustParse(t, s).Unpack(src); err != nil || got != want {
			t.Errorf("%q is %v (%v), want %v", s, got, err, want)
		}
	}
}

func TestUnpackSharesNothing(t *testing.T) {
	src := []byte("abc\x01abc")
	got, err := mustParse(t, "3s4p").Unpack(src)
	if err != nil {
		t.Fatal(err)
	}
	clear(src)
	if want := "{\"abc\", \"a\"}"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestRecord(t *testing.T) {
	r := Record{Names: []string{"id", "", "x"}, Values: []any{1, []any{Float16(0x3e00), []byte("a"), "b"}, Record{Values: []any{2.5, nil}}}}
	if got, want := r.String(), `{id: 1, [1.5, "a", "b"], x: {2.5, <nil>}}`; got != want {
		t.Errorf("the record is shown %s, want %s", got, want)
	}
	if v, ok := r.Get("id"); v != 1 || !ok {
		t.Errorf("id is %v, %v", v, ok)
	}
	for _, name := range []string{"", "y"} {
		if v, ok := r.Get(name); ok {
			t.Errorf("%q is %v", name, v)
		}
	}
	if v, ok := (Record{Names: []string{"a"}}).Get("a"); ok {
		t.Errorf("a name without a value gives %v", v)
	}
}

func TestValuesThatContainThemselves(t *testing.T) {
	list := []any{1}
	list[0] = list
	r := Record{Values: []any{nil}}
	r.Values[0] = r
	if SameValue(list, list) || SameValue(r, r) {
		t.Error("an endless value is the same as itself")
	}
	if s := r.String(); !strings.Contains(s, "...") {
		t.Errorf("an endless record is shown in %d bytes without an end", len(s))
	}
	if err := mustParse(t, "2i").Pack(make([]byte, 8), list); !errors.Is(err, ErrValue) {
		t.Errorf("an endless list packs: %v", err)
	}
}

func TestSameValueOfGoTypes(t *testing.T) {
	same := [][2]any{
		{int8(1), uint64(1)},
		{1, true},
		{1, Float16(0x3c00)},
		{float32(1), BFloat16(0x3f80)},
		{uintptr(5), 5},
		{myInt(2), complex64(2)},
		{myBool(true), 1},
		{myFloat(0.5), 0.5},
		{myNumber(1i), 1i},
		{[]byte("a"), []byte("a")},
		{"a", "a"},
		{[]any{1, []any{"a"}}, []any{1.0, []any{"a"}}},
		{Record{Names: []string{"a"}, Values: []any{1}}, Record{Values: []any{1}}},
		{[]any{}, []any(nil)},
	}
	for _, pair := range same {
		if !SameValue(pair[0], pair[1]) || !SameValue(pair[1], pair[0]) {
			t.Errorf("%#v and %#v are not the same", pair[0], pair[1])
		}
	}
	different := [][2]any{
		{float32(0.1), 0.1},
		{"a", []byte("a")},
		{"1", 1},
		{nil, nil},
		{nil, 0},
		{[]any{1}, Record{Values: []any{1}}},
		{[]any{1}, []any{1, 2}},
		{[]any{1}, []any{2}},
		{[]int{1}, []int{1}},
		{struct{}{}, struct{}{}},
		{[]byte{1}, []any{1}},
		{[]byte("a"), 97},
	}
	for _, pair := range different {
		if SameValue(pair[0], pair[1]) || SameValue(pair[1], pair[0]) {
			t.Errorf("%#v and %#v are the same", pair[0], pair[1])
		}
	}
}

func TestFloat16(t *testing.T) {
	for i := range 1 << 16 {
		h := Float16(i)
		f := h.Float32()
		sign, exponent, fraction := 1-2*float64(i>>15), i>>10&0x1f, float64(i&0x3ff)
		want := sign * math.Ldexp(1+fraction/1024, exponent-15)
		switch {
		case exponent == 0:
			want = sign * math.Ldexp(fraction, -24)
		case exponent == 31 && fraction == 0:
			want = math.Inf(int(sign))
		case exponent == 31:
			want = math.NaN()
		}
		if !identicalFloat(float64(f), want) && f == f {
			t.Fatalf("Float16(%#04x) is %v, want %v", i, f, want)
		}
		switch back := NewFloat16(f); {
		case f == f && back != h:
			t.Fatalf("%v becomes %#04x, and was %#04x", f, back, i)
		case f != f && (back.Float32() == back.Float32() || back>>15 != h>>15):
			t.Fatalf("the NaN %#04x becomes %#04x", i, back)
		}
		b := BFloat16(i)
		switch back := NewBFloat16(b.Float32()); {
		case b.Float32() == b.Float32() && back != b:
			t.Fatalf("%v becomes %#04x, and was %#04x", b, back, i)
		case b.Float32() != b.Float32() && back.Float32() == back.Float32():
			t.Fatalf("the NaN %#04x becomes %#04x", i, back)
		}
	}
	if got := fmt.Sprint(Float16(0x3e00), BFloat16(0xbfc0), Float16(0x7c00)); got != "1.5 -1.5 +Inf" {
		t.Errorf("floats are shown %s", got)
	}
	if NewFloat16(65520) != 0x7c00 || NewFloat16(-65519) != 0xfbff || NewBFloat16(math.MaxFloat32) != 0x7f80 {
		t.Error("overflow does not round as it should")
	}
}

// TestLongDouble has the encodings that this machine does not use too. The bits are from the x87's and IEEE 754's definitions.
func TestLongDouble(t *testing.T) {
	for _, c := range []struct {
		f            float64
		top          uint16
		mantissa     uint64
		quadH, quadL uint64
	}{
		{0, 0, 0, 0, 0},
		{math.Copysign(0, -1), 0x8000, 0, 0x8000 << 48, 0},
		{1, 0x3fff, 1 << 63, 0x3fff << 48, 0},
		{-1.5, 0xbfff, 3 << 62, 0xbfff8 << 44, 0},
		{1 + 0x1p-52, 0x3fff, 1<<63 | 1<<11, 0x3fff << 48, 1 << 60},
		{math.MaxFloat64, 0x43fe, 0xfffffffffffff800, 0x43feffffffffffff, 0xf << 60},
		{5e-324, 0x3bcd, 1 << 63, 0x3bcd << 48, 0},
		{3 * 0x1p-1074, 0x3bce, 3 << 62, 0x3bce8 << 44, 0},
		{math.Inf(1), 0x7fff, 1 << 63, 0x7fff << 48, 0},
		{math.Inf(-1), 0xffff, 1 << 63, 0xffff << 48, 0},
		{math.NaN(), 0x7fff, 3 << 62, 0x7fff8 << 44, 0},
	} {
		if top, m := toExtended(c.f); top != c.top || m != c.mantissa {
			t.Errorf("%v is %04x %016x extended, want %04x %016x", c.f, top, m, c.top, c.mantissa)
		}
		if f := fromExtended(c.top, c.mantissa); !identicalFloat(f, c.f) {
			t.Errorf("extended %04x %016x is %v, want %v", c.top, c.mantissa, f, c.f)
		}
		if h, l := toQuad(c.f); h != c.quadH || l != c.quadL {
			t.Errorf("%v is %016x %016x quad, want %016x %016x", c.f, h, l, c.quadH, c.quadL)
		}
		if f := fromQuad(c.quadH, c.quadL); !identicalFloat(f, c.f) {
			t.Errorf("quad %016x %016x is %v, want %v", c.quadH, c.quadL, f, c.f)
		}
		for _, e := range []encoding{plainDouble, extended, quad} {
			b := bytes.Repeat([]byte{0xee}, 16)
			if e.put(b, c.f); !identicalFloat(e.get(b), c.f) {
				t.Errorf("encoding %d gives %v for %v", e, e.get(b), c.f)
			}
		}
	}
	for _, c := range []struct {
		got, want float64
	}{
		{fromExtended(0x3fff, 1<<63|1<<10), 1},              // half of the last bit: to even
		{fromExtended(0x3fff, 1<<63|1<<10|1), 1 + 0x1p-52},  // more than half
		{fromExtended(0x3fff, 1<<63|3<<10), 1 + 0x1p-51},    // half: to even
		{fromExtended(0x3fff, math.MaxUint64), 2},           // carries into the exponent
		{fromExtended(0x43fe, math.MaxUint64), math.Inf(1)}, // too large
		{fromExtended(0x3bcc, 1<<63), 0},                    // half of the smallest: to even
		{fromExtended(0x3bcc, 1<<63|1), 5e-324},             // more than half
		{fromExtended(0xbb00, 1<<63), math.Copysign(0, -1)}, // too small
		{fromExtended(0, 1), 0},                             // subnormal
		{fromExtended(0x3fff, 1), math.NaN()},               // an unnormal
		{fromExtended(0x7fff, 1<<63|1), math.NaN()},         //
		{fromQuad(0x3fff<<48, 1<<59), 1},                    // half: to even
		{fromQuad(0x3fff<<48, 1<<59|1), 1 + 0x1p-52},        // more than half, by the last bit of 113
		{fromQuad(0x8000<<48, 1), math.Copysign(0, -1)},     // subnormal
		{fromQuad(0x7fff<<48, 1), math.NaN()},               //
		{fromQuad(0x43ff<<48, 0), math.Inf(1)},              // too large
	} {
		if !identicalFloat(c.got, c.want) {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
	for _, s := range []string{"g", "<g", ">g", "Zg", "<Zg", ">Zg"} {
		typ := mustParse(t, s)
		b := bytes.Repeat([]byte{0xee}, typ.Size())
		if err := typ.Pack(b, -1.25); err != nil {
			t.Fatal(err)
		}
		if v, err := typ.Unpack(b); err != nil || !SameValue(v, -1.25) {
			t.Errorf("%q is %v (%v)", s, v, err)
		}
	}
	if v, _ := mustParse(t, "Zg").Unpack(make([]byte, 32)); reflect.TypeOf(v) != reflect.TypeFor[complex128]() {
		t.Errorf("Zg is a %T", v)
	}
}

// TestPackStructs packs Go structs into records that are laid out otherwise.
func TestPackStructs(t *testing.T) {
	type inner struct{ X, y int8 }
	type outer struct {
		A    uint16
		_    [2]byte
		Skip int64 `memoryview:"-"`
		In   inner
		L    [2]float32
	}
	typ := mustParse(t, "T{>H:a:T{b:x:b:y:}:in:(2)<e:l:}")
	for _, value := range []any{outer{A: 258, In: inner{3, -4}, L: [2]float32{1, -2}}, &outer{A: 258, In: inner{3, -4}, L: [2]float32{1, -2}}} {
		dst := make([]byte, typ.Size())
		if err := typ.Pack(dst, value); err != nil || string(dst) != "\x01\x02\x03\xfc\x00\x3c\x00\xc0" {
			t.Errorf("%T: %x, %v", value, dst, err)
		}
	}
	for _, value := range []any{inner{}, (*outer)(nil), &value8{}} {
		if err := typ.Pack(make([]byte, typ.Size()), value); err == nil {
			t.Errorf("%T was packed", value)
		}
	}
}

type value8 struct{ A, B, C float64 }
