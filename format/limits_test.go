package format

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// allocated returns the bytes that f allocates.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// TestLongFormats holds what formats of up to 1 MiB allocate to so many bytes a character, and to about the same
// share of the text when it is sixteen times as long. Steps that are quadratic would take minutes.
func TestLongFormats(t *testing.T) {
	const mostPerByte = 400
	for _, unit := range []string{
		"B", "<B", "x", "0i", "T{B}", "T{}", "X{}", "&B", "(2)B", "[bfloat16]", " ", "()", "(1)", "B:a:",
		"T{", "&", "X{", "9", "0", "(", "$", "<", "[", ":", "1,", "}", "\xff",
	} {
		one := func(n int) int {
			text := strings.Repeat(unit, n/len(unit))
			return allocated(func() {
				if _, err := Parse(text); err != nil && (!errors.Is(err, ErrFormat) || len(err.Error()) > 400) {
					t.Errorf("%q: a message of %d bytes: %.300v", unit, len(err.Error()), err)
				}
			})
		}
		short, long := one(1<<16), one(1<<20)
		if long > mostPerByte<<20 || long > 40*short+1<<16 {
			t.Errorf("%q: %d bytes for 64 KiB of text, %d for 1 MiB", unit, short, long)
		}
	}
}

// TestNesting nests everything that can be nested, as deep as it may be and deeper.
func TestNesting(t *testing.T) {
	for name, nest := range map[string]func(n int) string{
		"records":             func(n int) string { return strings.Repeat("T{", n) + "B" + strings.Repeat("}", n) },
		"named records":       func(n int) string { return strings.Repeat("T{", n) + "B" + strings.Repeat(":a:}", n) },
		"records of arrays":   func(n int) string { return strings.Repeat("(2)T{", n)[3:] + "B" + strings.Repeat("}", n) },
		"pointers":            func(n int) string { return strings.Repeat("&", n) + "B" },
		"pointers to arrays":  func(n int) string { return strings.Repeat("&(2)", n) + "B" },
		"pointers to records": func(n int) string { return strings.Repeat("&T{", n/2) + "B" + strings.Repeat("}", n/2) },
		"signatures":          func(n int) string { return strings.Repeat("X{", n) + strings.Repeat("}", n) },
		"braces":              func(n int) string { return "X" + strings.Repeat("{", n) + strings.Repeat("}", n) },
		"shapes": func(n int) string {
			return strings.Repeat("(1)", n) + "B"
		},
		"one shape": func(n int) string { return "(1" + strings.Repeat(",1", n-1) + ")B" },
	} {
		deepest := maxDepth
		if name == "records of arrays" {
			deepest = 14 // each level has twice the bytes
		}
		typ, err := Parse(nest(deepest))
		if err != nil {
			t.Errorf("%s, %d deep: %v", name, deepest, err)
			continue
		}
		if again, err := Parse(typ.String()); err != nil || !again.Equal(typ) {
			t.Errorf("%s, %d deep, do not read back: %v", name, deepest, err)
		}
		if v, err := typ.Unpack(make([]byte, typ.Size())); err != nil || typ.Pack(make([]byte, typ.Size()), v) != nil {
			t.Errorf("%s, %d deep: %v", name, deepest, err)
		}
		for _, n := range []int{maxDepth + 2, 10_000, 1_000_000} {
			for _, text := range []string{nest(n), nest(n)[:len(nest(n))/2]} {
				var syntax *SyntaxError
				if bytes := allocated(func() { _, err = Parse(text) }); !errors.As(err, &syntax) || bytes > 1<<20 {
					t.Errorf("%s, %d deep: %d bytes allocated: %v", name, n, bytes, err)
				}
			}
		}
	}
}

// TestNestedGoTypes describes Go types that are nested too deep for a format.
func TestNestedGoTypes(t *testing.T) {
	array, record := reflect.TypeFor[uint8](), reflect.TypeFor[uint8]()
	for n := 1; n <= 1000; n++ {
		array = reflect.ArrayOf(1, array)
		if n <= 100 { // the name of such a type grows with every level
			record = reflect.StructOf([]reflect.StructField{{Name: "A", Type: record}})
		}
		if n != maxDepth && n != maxDepth+1 && n != 100 && n != 1000 {
			continue
		}
		_, err := ForType(array)
		if wrong := n > maxDims; wrong != errors.Is(err, ErrType) {
			t.Errorf("arrays, %d deep: %.200v", n, err)
		}
		if _, err := ForType(record); n > maxDepth != errors.Is(err, ErrType) {
			t.Errorf("structs, %d deep: %.200v", n, err)
		}
	}
}

// TestCountsTooLarge has sizes that no number can hold, and others that no memory can.
func TestCountsTooLarge(t *testing.T) {
	most := fmt.Sprint(math.MaxInt)
	half := fmt.Sprint(math.MaxInt/2 + 1)
	for _, text := range []string{
		most + "0s", most + "h", most + "w", most + "sB", "B" + most + "s", "(" + most + ")h", "(" + half + ",2)B", "(2," + half + ")B", "(" + half + ")2s",
		"T{" + most + "x}T{" + most + "x}", "2T{" + half + "x}", "T{" + most + "x:a:B:b:}", "(1000,1000,1000)T{(1000,1000,1000)T{(1000,1000,1000)B}}",
		"(1000,1000,1000)T{}", most + "T{}", "(1000,1000,0)B", "(" + most + ")0s", "(1000,1000)T{(1000,1000)T{}}", "T{(1000,1000,1000)0s}", most + "()0s",
	} {
		if typ, err := Parse(text); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v, %v", text, typ, err)
		}
	}
	for _, text := range []string{
		most + "s", most + "x", most + "B", most + "p", "(" + most + ")B", "T{" + most + "B:a:}", "(0," + most + ")B", "(100,100,100)T{(10,10)T{B:a:}:b:}",
		fmt.Sprintf("(%d)T{(8)b}", math.MaxInt/8), "&" + most + "i",
	} {
		typ, err := Parse(text)
		if text[0] == '&' { // what is pointed to has a size too
			if !errors.Is(err, ErrFormat) {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if err != nil || len(typ.String()) > len(text)+10 {
			t.Errorf("%s: %.100s, %v", text, typ, err)
			continue
		}
		bytes := allocated(func() {
			for range typ.Leaves() {
				break
			}
			_, err = typ.Unpack(make([]byte, 100))
			err = errors.Join(err, typ.Pack(make([]byte, 100), []any{1}))
		})
		if typ.Size() > 100 && !errors.Is(err, ErrValue) || bytes > 1<<16 {
			t.Errorf("%s: %d bytes allocated: %v", text, bytes, err)
		}
	}
}

// TestUnpackedValues holds what is made of an item to a share of its bytes, and a sum that any may take.
func TestUnpackedValues(t *testing.T) {
	const perValue = 160 // a record in a list: an interface, the record, its names and a value
	for _, text := range []string{
		"1048576B", "(1024,1024)B", "65535T{}", "(131072,8)T{B}", "(255,255)0s", "(1048576)T{B:a:}", "(8192)T{(8)0sB}", "(1,1,1,1,1,1,1,1)B",
		strings.Repeat("B", 1<<18), "(65536)T{(7)0sB}", "(300000)T{(5)T{}B}", "(100000)T{(2,2)T{}B}", "(16384,16)(1,1)B", "1048576s", "1048576x",
	} {
		typ, err := Parse(text)
		if err != nil {
			if !strings.Contains(err.Error(), "values in") {
				t.Errorf("%.40s: %v", text, err)
			}
			continue
		}
		src := make([]byte, typ.Size())
		bytes := allocated(func() { _, err = typ.Unpack(src) })
		if most := (freeValues + valuesPerByte*typ.Size()) * perValue; err != nil || bytes > most {
			t.Errorf("%.40s, of %d bytes: %d bytes unpacked, of %d: %v", text, typ.Size(), bytes, most, err)
		}
	}
}
