package typed

import (
	"bytes"
	"math"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

var coded = []string{"[float8_e4m3fn]", "[float8_e5m2]", "[float8_e4m3fnuz]", "[float8_e5m2fnuz]", "[float8_e8m0fnu]"}

// items are a row of some memory. Every second one is skipped where it is spread.
func rowOf(data []byte, size int, spread bool) kernel.Items {
	it := kernel.Items{Base: unsafe.Pointer(&data[0]), Size: size, Shape: []int{len(data) / size}, Strides: []int{size}}
	if spread {
		it.Shape[0], it.Strides[0] = it.Shape[0]/2, 2*size
	}
	return it
}

// checkCoded converts items, and compares with package format, which unpacks and packs one value after the other, and is itself held
// to ml_dtypes.
func checkCoded(t *testing.T, to, from string, src []byte) {
	t.Helper()
	typTo, typFrom := mustParse(t, to), mustParse(t, from)
	for _, spread := range []bool{false, true} {
		if spread && len(src) > 1<<20 { // seconds under the race detector
			continue
		}
		n := len(src) / typFrom.Size()
		got, want := make([]byte, n*typTo.Size()), make([]byte, n*typTo.Size())
		a, b := rowOf(got, typTo.Size(), spread), rowOf(src, typFrom.Size(), spread)
		if err := Convert(&a, &b, typTo, typFrom); err != nil {
			t.Fatalf("%s to %s: %v", from, to, err)
		}
		a, b = rowOf(want, typTo.Size(), spread), rowOf(src, typFrom.Size(), spread)
		if err := convertValues(a, b, typTo, typFrom); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			x, y := got[i*typTo.Size():][:typTo.Size()], want[i*typTo.Size():][:typTo.Size()]
			if !bytes.Equal(x, y) && !bothNaN(t, typTo, x, y) {
				t.Fatalf("%s to %s: % x becomes % x, want % x", from, to, src[i*typFrom.Size():][:typFrom.Size()], x, y)
			}
		}
	}
}

func mustParse(t *testing.T, f string) *format.Type {
	t.Helper()
	typ, err := format.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

func bothNaN(t *testing.T, typ *format.Type, x, y []byte) bool {
	t.Helper()
	isNaN := func(b []byte) bool {
		value, err := typ.Unpack(b)
		if err != nil {
			t.Fatal(err)
		}
		re, _, ok := components(value)
		return ok && re.float != re.float
	}
	return isNaN(x) && isNaN(y)
}

func bytesOf[T any](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), len(x)*int(unsafe.Sizeof(x[0])))
}

// Every float32 at which the rounding of any of these types may change, and what lies beside it, as float32, float64 and others.
func TestConvertToCoded(t *testing.T) {
	var singles []float32
	var doubles []float64
	for upper := range uint32(1 << 16) {
		for _, lower := range []uint32{0, 1, 0xffff} {
			x := math.Float32frombits(upper<<16 | lower)
			singles = append(singles, x)
			doubles = append(doubles, float64(x), math.Nextafter(float64(x), math.Inf(1)), math.Nextafter(float64(x), math.Inf(-1)))
		}
	}
	doubles = append(doubles, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 0x1.ffffffp127, -0x1.ffffffp127)
	var integers []int64
	for shift := range 64 {
		for _, x := range []int64{-1, 0, 1, 3, 5, 7, 9, 11} {
			if integers = append(integers, x<<shift); shift < 48 { // beyond, package format rounds twice, by way of float64
				integers = append(integers, x<<shift+1, x<<shift-1)
			}
		}
	}
	halves := make([]uint16, 1<<16)
	for i := range halves {
		halves[i] = uint16(i)
	}
	for _, to := range coded {
		checkCoded(t, to, "f", bytesOf(singles))
		checkCoded(t, to, "d", bytesOf(doubles))
		checkCoded(t, to, "q", bytesOf(integers))
		checkCoded(t, to, "Q", bytesOf(integers))
		checkCoded(t, to, "h", bytesOf(halves))
		checkCoded(t, to, "e", bytesOf(halves))
		checkCoded(t, to, "[bfloat16]", bytesOf(halves))
		checkCoded(t, to, ">h", bytesOf(halves))
	}
}

// All 256 codes as every number that has room for them.
func TestConvertFromCoded(t *testing.T) {
	codes := make([]byte, 256)
	for i := range codes {
		codes[i] = byte(i)
	}
	for _, from := range coded {
		for _, to := range append([]string{"f", "d", ">f", ">d", "[bfloat16]", ">[bfloat16]", "?", "Zf", ">Zd"}, coded...) {
			checkCoded(t, to, from, codes)
		}
		for code := range codes {
			checkInteger(t, from, codes[code:code+1])
		}
		one := make([]byte, 1)
		a, b := rowOf(one, 1, false), rowOf([]byte{1}, 1, false)
		if err := Convert(&a, &b, mustParse(t, from), mustParse(t, "?")); err != nil || valueOf(t, from, one) != 1 {
			t.Errorf("true becomes %v, %v", one, err)
		}
	}
}

// checkInteger converts one number to an integer: it loses its fraction, or is refused where it does not fit.
func checkInteger(t *testing.T, from string, code []byte) {
	t.Helper()
	var got [1]int16
	a, b := rowOf(bytesOf(got[:]), 2, false), rowOf(code, 1, false)
	err := Convert(&a, &b, mustParse(t, "h"), mustParse(t, from))
	x := math.Trunc(float64(valueOf(t, from, code)))
	if fits := x >= math.MinInt16 && x <= math.MaxInt16; fits != (err == nil) || fits && float64(got[0]) != x {
		t.Errorf("%s: %v becomes %v, %v", from, x, got, err)
	}
}

func valueOf(t *testing.T, f string, code []byte) float32 {
	t.Helper()
	value, err := mustParse(t, f).Unpack(code)
	if err != nil {
		t.Fatal(err)
	}
	return value.(format.ShortFloat).Float32()
}
