package format

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/internal/fence"
)

func mustParse(t testing.TB, s string) *Type {
	t.Helper()
	typ, err := Parse(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return typ
}

// huge is the largest size that can be counted.
var huge = strconv.Itoa(math.MaxInt)

// TestParse covers what neither struct nor NumPy reads, or reads as we do. Sizes and offsets are counted by hand from the
// rules in the package's introduction.
func TestParse(t *testing.T) {
	p := host.pointer
	for _, c := range []struct {
		format string
		kind   Kind
		size   int
		align  int
		fields string // names and offsets
	}{
		{"i", Int, 4, 4, ""},
		{"<i", Int, 4, 1, ""},
		{" \t\n\v\f\r i ", Int, 4, 4, ""},
		{"()i", Int, 4, 4, ""},
		{"1i", Int, 4, 4, ""},
		{"0xi", Int, 4, 4, ""},
		{"T{i}", Struct, 4, 4, "0"},
		{"", Struct, 0, 1, ""},
		{"<", Struct, 0, 1, ""},
		{"T{}", Struct, 0, 1, ""},
		{"i:x:", Struct, 4, 4, "x 0"},
		{"T{i:a:b:b:}", Struct, 5, 4, "a 0,b 4"},
		{"T{T{i:a:b:b:}:x:3xb:y:}", Struct, 9, 4, "x 0,y 8"}, // NumPy's, of 12 bytes, where y lies at 8
		{"b0i", Struct, 4, 4, "0"},
		{"0i", Struct, 0, 4, ""},
		{"b0i:a:", Struct, 4, 4, "0,a 4"},
		{"2x:a:h:b:", Struct, 4, 2, "a 0,b 2"},
		{"5x", Struct, 5, 1, ""},
		{"(2)3x", Struct, 6, 1, ""},
		{"Z f", Struct, p + 4, p, fmt.Sprint("0,", p)},
		{"Zi", Struct, p + 4, p, fmt.Sprint("0,", p)},
		{"ZfF", Struct, 16, 4, "0,8"},
		{"b[bfloat16]", Struct, 4, 2, "0,2"},
		{"b<[bfloat16]", Struct, 3, 1, "0,1"},
		{"b2u:a:w:b:", Struct, 12, 4, "0,a 2,b 8"},
		{"<P&<iX{a{b}->c}zZO", Struct, 6 * p, 1, fmt.Sprintf("0,%d,%d,%d,%d,%d", p, 2*p, 3*p, 4*p, 5*p)},
		{"b&<ib", Struct, 2*p + 1, p, fmt.Sprint("0,", p, ",", 2*p)}, // the pointer is of the mode before the &
		{"i@ < >h", Struct, 6, 4, "0,4"},
		{"T{\n i:ival:\n T{\n H:s:\n B:b:\n }:sub:\n}", Struct, 7, 4, "ival 0,sub 4"},
		{"T{i:größe:b:T{:}", Struct, 5, 4, "größe 0,T{ 4"},
		{"0s", Bytes, 0, 1, ""},
		{"0p", Pascal, 0, 1, ""},
		{"0w", Text, 0, 4, ""},
		{"(0)i", Array, 0, 4, ""},
		{"(2)3i", Array, 24, 4, ""},
		{"(2)(3,4)i", Array, 96, 4, ""}, // NumPy's, of nested subarrays
		{"( 2 , 3 )<i", Array, 24, 1, ""},
		{"<(2,3)i", Array, 24, 1, ""},
		{"(2)T{ib}", Array, 16, 4, ""},
		{"(2)^T{ib}", Array, 10, 1, ""},
		{"(2)T{@ib^}", Array, 10, 4, ""}, // the mode at the end decides
		{"(65536)T{}", Array, 0, 1, ""},
		{"(0," + huge + "," + huge + ")i", Array, 0, 4, ""},
		{strings.Repeat("T{", 64) + "i" + strings.Repeat("}", 64), Struct, 4, 4, "0"},
		{"(1" + strings.Repeat(",1", 63) + ")i", Array, 4, 4, ""},
	} {
		typ := mustParse(t, c.format)
		var fields []string
		for _, f := range typ.Fields() {
			fields = append(fields, strings.TrimSpace(fmt.Sprint(f.Name, " ", f.Offset)))
		}
		got := fmt.Sprint(typ.Kind(), typ.Size(), typ.Align(), strings.Join(fields, ","))
		if want := fmt.Sprint(c.kind, c.size, c.align, c.fields); got != want {
			t.Errorf("%q is %s, want %s", c.format, got, want)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct {
		format  string
		offset  int
		problem string
	}{
		{"@@i", 1, "a second mark"},
		{"T{<>h:a:}", 3, "a second mark"},
		{"ik", 1, "unknown code 'k'"},
		{"i€", 1, "unknown code '€'"},
		{"i\xff", 1, "unknown code"},
		{"T", 0, "unknown code 'T'"},
		{"X", 0, "unknown code 'X'"},
		{"[float8]", 0, "unknown code '['"},
		{"[bfloat16", 0, "unknown code '['"},
		{"i3t", 2, "bit fields"},
		{"<n", 1, "no standard size"},
		{"T{i:a:>N:b:}", 7, "no standard size"},
		{"3<i", 1, "a mark between"},
		{"3 i", 1, "unknown code ' '"},
		{"(2) i", 3, "unknown code ' '"},
		{"2(3)i", 1, "unknown code '('"},
		{"i}", 1, "closes no T{"},
		{"T{i", 3, "wants a closing }"},
		{"3", 1, "the end after a count"},
		{"(2)", 3, "the end after a count"},
		{"&", 1, "the end after a count"},
		{"&}", 1, "closes no T{"},
		{"X{a{}", 0, "without the closing }"},
		{":a:", 0, "without an item"},
		{"i:a", 1, "without the ':'"},
		{"i::", 1, "an empty name"},
		{"i :a:", 2, "without an item"},
		{"i:a:T{h:a:}:b:i:a:", 15, "a second field named \"a\""},
		{"(", 1, "the end in a shape"},
		{"(2", 2, "the end in a shape"},
		{"(2,)i", 3, "')' in a shape"},
		{"(-1)i", 1, "'-' in a shape"},
		{"(+1)i", 1, "'+' in a shape"},
		{"(2;3)i", 2, "';' in a shape"},
		{"i99999999999999999999i", 1, "too large"},
		{"i(99999999999999999999)i", 2, "too large"},
		{"b" + huge + "q", 1, "more bytes than"},
		{"b" + huge + "w", len(huge) + 1, "more bytes than"},
		{"b" + huge + "x", 1, "more bytes than"},
		{"b(" + huge + ",4)x", 1, "more bytes than"},
		{huge + "xi", len(huge) + 1, "more bytes than"},
		{huge + "x0i", len(huge) + 1, "more bytes than"},
		{"&" + huge + "q", 1, "more bytes than"},
		{"(65537)T{}", 0, "at most 65536"},
		{"(65537)0s", 0, "at most 65536"},
		{"(65537,0)i", 0, "at most 65536"},
		{"(300)T{(300)T{}}", 0, "at most 65536"},
		{"(65536)T{b(65536)T{}}", 0, "at most 65536"},
		{strings.Repeat("0s", 65537), 2 * 65537, "at most 65536"},
		{strings.Repeat("T{", 65) + "i" + strings.Repeat("}", 65), 128, "deeper than 64"},
		{strings.Repeat("&", 65) + "i", 64, "deeper than 64"},
		{"X" + strings.Repeat("{", 65) + strings.Repeat("}", 65), 65, "deeper than 64"},
		{"(1" + strings.Repeat(",1", 64) + ")i", 130, "64 dimensions"},
		{"(1" + strings.Repeat(",1", 63) + ")2i", 0, "64"},
		{strings.Repeat("(1)", 65) + "2i", 194, "64 dimensions"},
	} {
		typ, err := Parse(c.format)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || !errors.Is(err, ErrFormat) {
			t.Errorf("%.40q is read as %v (%v), want a SyntaxError", c.format, typ, err)
			continue
		}
		if syntax.Format != c.format || syntax.Offset != c.offset || !strings.Contains(syntax.Problem, c.problem) {
			t.Errorf("%.40q: %q at %d, want %q at %d", c.format, syntax.Problem, syntax.Offset, c.problem, c.offset)
		}
		if len(err.Error()) > 500 {
			t.Errorf("%.40q: a message of %d bytes", c.format, len(err.Error()))
		}
	}
}

// TestLongGarbage parses long strings, which takes minutes where any step is quadratic.
func TestLongGarbage(t *testing.T) {
	const n = 1 << 18
	names := &strings.Builder{}
	for i := range n / 8 {
		fmt.Fprintf(names, "b:%x:", i)
	}
	for _, s := range []string{
		strings.Repeat("i", n), strings.Repeat(" ", n), strings.Repeat("<", n), strings.Repeat("9", n), strings.Repeat("(", n),
		strings.Repeat("T{", n/2), strings.Repeat("&", n), "X" + strings.Repeat("{", n), strings.Repeat(":", n), strings.Repeat("[", n),
		strings.Repeat("T{}", n/3), strings.Repeat("(1)", n/3), "i:" + strings.Repeat("x", n), strings.Repeat("()", n/2),
		strings.Repeat("b0i", n/3), strings.Repeat("X{}", n/3), strings.Repeat("Z", n), strings.Repeat("x", n), names.String(),
		strings.Repeat("<b@i", n/4), strings.Repeat("[bfloat16]", n/10), "(1" + strings.Repeat(",1", n/2),
	} {
		typ, err := Parse(s)
		if err != nil {
			if !errors.Is(err, ErrFormat) || len(err.Error()) > 500 {
				t.Errorf("%.20q...: %v", s, err)
			}
			continue
		}
		if again := mustParse(t, typ.String()); !again.Equal(typ) {
			t.Errorf("%.20q... reads back as something else", s)
		}
		src := make([]byte, typ.Size())
		v, err := typ.Unpack(src)
		if err != nil {
			t.Errorf("%.20q...: %v", s, err)
			continue
		}
		if r, isRecord := v.(Record); isRecord && typ.named {
			named := map[string]any{}
			for i, name := range r.Names {
				named[name] = r.Values[i]
			}
			if err := typ.Pack(src, named); err != nil {
				t.Errorf("%.20q...: %v", s, err)
			}
		}
		if err := typ.Pack(src, v); err != nil {
			t.Errorf("%.20q...: %v", s, err)
		}
	}
}

func TestParseDoesNotAllocate(t *testing.T) {
	for _, s := range []string{"i", "d", "B", "?", "O"} {
		if n := testing.AllocsPerRun(10, func() { mustParse(t, s) }); n != 0 {
			t.Errorf("Parse(%q) allocates %v times", s, n)
		}
	}
}

func TestString(t *testing.T) {
	for _, c := range []struct{ format, want string }{
		{"i", "i"},
		{"@i", "i"},
		{"!i", ">i"},
		{"1s", "s"},
		{"3c", "(3)c"},
		{"<(2,3)4i", "(2,3,4)<i"},
		{"F", "Zf"},
		{">D", ">Zd"},
		{"bi", "b3xi"},
		{"b 0i", "0ib3x"},
		{"T{b:a:xxxi:b:}", "T{b:a:3xi:b:}"},
		{"<T{b:a:}:x:>h:y:", "T{<b:a:}:x:>h:y:"},
		{"T{>i:x:T{@h:a:>h:b:}:y:@l:z:}", "T{>i:x:T{@h:a:>h:b:}:y:@l:z:}"},
		{"(2)T{@ib^}", "(2)T{ib^}"},
		{"(2)T{0ib}", "(2)T{0ib}"},
		{"Z f", "Z f"},
		{"Z\nZf", "ZZf"},
		{"(2)&(3)<2w", "(2)&(3)<2w"},
		{"X{a->{b}}", "X{a->{b}}"},
		{"xx2x:pad:x", "2x2x:pad:x"},
		{"", ""},
		{"T{}", "T{}"},
		{">[bfloat16]", ">[bfloat16]"},
	} {
		if got := mustParse(t, c.format).String(); got != c.want {
			t.Errorf("%q is written %q, want %q", c.format, got, c.want)
		}
	}
	if got := mustParse(t, "=i").String(); got != mustParse(t, "<i").String() && got != mustParse(t, ">i").String() {
		t.Errorf("=i is written %q", got)
	}
}

// checkWritten checks that the type reads back from its String, and that String writes that the same.
func checkWritten(t interface{ Errorf(string, ...any) }, format string, typ *Type) {
	written := typ.String()
	again, err := Parse(written)
	switch {
	case err != nil:
		t.Errorf("%q is written %q, which is no format: %v", format, written, err)
	case !again.Equal(typ) || !typ.Equal(again):
		t.Errorf("%q is written %q, which is another type", format, written)
	case again.Align() != typ.Align() || again.ElemStride() != typ.ElemStride():
		t.Errorf("%q is written %q, which is aligned otherwise", format, written)
	case again.String() != written:
		t.Errorf("%q is written %q, and that %q", format, written, again.String())
	}
}

// checkItems checks Unpack, Pack and Leaves against one another on the bytes of an item.
func checkItems(t interface {
	Errorf(string, ...any)
	Fatalf(string, ...any)
}, typ *Type, src []byte,
) {
	v, err := typ.Unpack(src)
	if errors.Is(err, ErrValue) { // no text
		return
	}
	if err != nil {
		t.Fatalf("%v: %v", typ, err)
	}
	values := flatten(v)
	dst := bytes.Repeat([]byte{0xa5}, typ.Size())
	if err := typ.Pack(dst, v); err != nil {
		t.Fatalf("%v does not pack %v: %v", typ, v, err)
	}
	i := 0
	covered := make([]bool, typ.Size())
	for offset, leaf := range typ.Leaves() {
		if i >= len(values) {
			t.Fatalf("%v has more leaves than the values %v", typ, v)
		}
		got, err := leaf.Unpack(dst[offset:])
		if err != nil || !identical(got, values[i]) {
			t.Errorf("%v: leaf %d, %v at %d, is %v (%v) after Pack, and was %v", typ, i, leaf, offset, got, err, values[i])
		}
		if was, is := src[offset:][:leaf.Size()], dst[offset:][:leaf.Size()]; bijective(leaf) && !bytes.Equal(was, is) {
			t.Errorf("%v: leaf %d, %v at %d, is packed to %x, and was %x", typ, i, leaf, offset, is, was)
		}
		for j := range leaf.Size() {
			if covered[offset+j] {
				t.Errorf("%v: leaves overlap at %d", typ, offset+j)
			}
			covered[offset+j] = true
		}
		i++
	}
	if i != len(values) {
		t.Errorf("%v has %d leaves and %d values", typ, i, len(values))
	}
	for j, c := range covered {
		if !c && dst[j] != 0xa5 {
			t.Errorf("%v: Pack writes to padding at %d", typ, j)
		}
	}
}

// bijective tells that all bytes of an item are in its value.
func bijective(leaf *Type) bool {
	switch leaf.Kind() {
	case Bool, Pascal, Text:
		return false
	}
	return leaf.code.unit != longDoubleUnit
}

// FuzzParse reads any text as a format: what is read is written as the same format, and its items are packed as they are unpacked.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "i", "<i", "T{i:a:b:b:}", "T{T{i:a:b:b:}:x:xxxb:y:}", "(2,3)<i", "3i2s5p", "b0i", "(2)T{0qb}", "(2)T{@ib^}", "&<iX{a{}}z Z f",
		"ZfZdZgFDg", "2u3wOPnN", "T{<B:a:3x<I:b:}", "[bfloat16]e?", "(65536)T{}", "9223372036854775807x", "i:a:i:a:", "3<i", "T{", "(0,2)T{i}",
	} {
		f.Add(s, []byte("\x00\x01\xff\x7f\x80~ABCDEFGH"))
	}
	f.Fuzz(func(t *testing.T, s string, pattern []byte) {
		typ, err := Parse(s)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Offset < 0 || syntax.Offset > len(s) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		checkWritten(t, s, typ)
		if typ.Size() > 1<<16 {
			return
		}
		src := fence.Bytes(t, typ.Size(), fence.After)
		checkItems(t, typ, src)
		for i := range src {
			if len(pattern) > 0 {
				src[i] = pattern[i%len(pattern)]
			}
		}
		checkItems(t, typ, src)
	})
}

func TestEqual(t *testing.T) {
	equal := [][]string{
		{"i", "@i", "^i"},
		{"ih", "T{ih}", "^ih"},
		{"c", "s", "1s"},
		{"3i", "(3)i", "^3i"},
		{"Zf", "F"},
		{"T{b:a:xxxi:b:}", "T{b:a:i:b:}", "T{^b:a:3xi:b:}"},
	}
	for _, group := range equal {
		for _, a := range group {
			for _, b := range group {
				if !mustParse(t, a).Equal(mustParse(t, b)) {
					t.Errorf("%q and %q are not equal", a, b)
				}
			}
		}
	}
	different := []string{
		"<i", ">i", "i:a:", "i:b:", "xi", "ix", "I", "f", "h", "e", "[bfloat16]", "4s", "4p", "w", "2u", "(1)i", "(2)i", "(1,2)i", "(2,1)i", "P", "O", "z",
		"Z", "&i", "&h", "X{}", "X{a}", "T{}", "T{T{}}", "(2)T{@ib}", "(2)T{^ib}", "T{ib}", "T{i:a:b}", "0s", "0w", "(0)i", "(0)h", "?", "Zf", "d", "q", "Q",
	}
	for i, a := range different {
		for j, b := range different {
			if mustParse(t, a).Equal(mustParse(t, b)) != (i == j) {
				t.Errorf("%q and %q: Equal is %v", a, b, i != j)
			}
		}
	}
	if mustParse(t, "i").Equal(nil) {
		t.Error("a type equals nil")
	}
}

func TestTypeAccessors(t *testing.T) {
	typ := mustParse(t, "T{<i:a:(2,3)>h:b:}")
	fields := typ.Fields()
	fields[0].Name = "changed"
	if f := typ.Field(0); f.Name != "a" || typ.NumField() != 2 {
		t.Errorf("Fields is no copy: %v", f)
	}
	array := typ.Field(1).Type
	array.Shape()[0] = 7
	if got := fmt.Sprint(array.Shape(), array.Elem(), array.ElemStride(), array.BigEndian(), typ.BigEndian()); got != "[2 3] >h 2 true false" {
		t.Errorf("the array is %s", got)
	}
	leaf := mustParse(t, "&i")
	if leaf.Elem() != nil || leaf.Shape() != nil || leaf.Fields() != nil || leaf.ElemStride() != 0 || leaf.NumField() != 0 {
		t.Error("a pointer has parts of an array or a record")
	}
	var zero Type
	_, err := zero.Unpack(nil)
	if zero.Kind() != Invalid || zero.String() != "" || !errors.Is(err, ErrType) || !errors.Is(zero.Pack(nil, 1), ErrType) {
		t.Errorf("the zero Type: %v %q %v", zero.Kind(), zero.String(), err)
	}
	if got := fmt.Sprint(Int, Struct, Kind(99)); got != "int record invalid" {
		t.Errorf("kinds are called %s", got)
	}
}

func TestNative(t *testing.T) {
	foreign := ">"
	if hostBig {
		foreign = "<"
	}
	for _, s := range []string{"?", "b", "B", "i", "^q", "=d", "Zf", "e", "[bfloat16]", "P", foreign + "b", foreign + "?"} {
		if !mustParse(t, s).Native() {
			t.Errorf("%q is not native", s)
		}
	}
	for _, s := range []string{foreign + "i", foreign + "Zd", foreign + "P", "c", "s", "p", "w", "T{i}", "2i", "ii"} {
		if mustParse(t, s).Native() {
			t.Errorf("%q is native", s)
		}
	}
}

func TestLeavesOfHugeTypes(t *testing.T) {
	n := 0
	for range mustParse(t, "("+huge+")b").Leaves() {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d leaves", n)
	}
	for offset, leaf := range mustParse(t, "("+huge+")T{x}").Leaves() {
		t.Errorf("padding has a leaf %v at %d", leaf, offset)
	}
}

// TestABI has the numbers of the platforms' C compilers: long, pointer, alignment of double, long double.
func TestABI(t *testing.T) {
	for _, c := range []struct {
		goos, goarch string
		pointer      int
		want         abi
	}{
		{"linux", "amd64", 8, abi{8, 8, 8, longDouble{16, 16, extended}}},
		{"linux", "arm64", 8, abi{8, 8, 8, longDouble{16, 16, quad}}},
		{"linux", "riscv64", 8, abi{8, 8, 8, longDouble{16, 16, quad}}},
		{"linux", "386", 4, abi{4, 4, 4, longDouble{12, 4, extended}}},
		{"linux", "arm", 4, abi{4, 4, 8, longDouble{8, 8, plainDouble}}},
		{"linux", "ppc64le", 8, abi{8, 8, 8, longDouble{}}},
		{"darwin", "amd64", 8, abi{8, 8, 8, longDouble{16, 16, extended}}},
		{"darwin", "arm64", 8, abi{8, 8, 8, longDouble{8, 8, plainDouble}}},
		{"windows", "amd64", 8, abi{4, 8, 8, longDouble{8, 8, plainDouble}}},
		{"windows", "386", 4, abi{4, 4, 8, longDouble{8, 8, plainDouble}}},
	} {
		if got := abiOf(c.goos, c.goarch, c.pointer); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s/%s is %v, want %v", c.goos, c.goarch, got, c.want)
		}
	}
}
