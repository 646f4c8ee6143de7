package cpython_test

import (
	"errors"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cpython"
)

func bigInt(s string) *big.Int {
	b, _ := new(big.Int).SetString(s, 10)
	return b
}

// TestConversion passes values to Python, asks there what they are, and takes them back.
func TestConversion(t *testing.T) {
	needPython(t)
	repr, lowest := object(t, "repr"), int64(math.MinInt64)
	for _, c := range []struct {
		value any
		repr  string
		back  any
	}{
		{nil, "None", nil},
		{true, "True", true},
		{false, "False", false},
		{-5, "-5", -5},
		{int8(-128), "-128", -128},
		{uint64(math.MaxUint64), "18446744073709551615", bigInt("18446744073709551615")},
		{lowest, "-9223372036854775808", int(lowest)},
		{bigInt("-100000000000000000000"), "-100000000000000000000", bigInt("-100000000000000000000")},
		{1.5, "1.5", 1.5},
		{float32(0.25), "0.25", 0.25},
		{math.Inf(-1), "-inf", math.Inf(-1)},
		{complex(1, -2), "(1-2j)", complex(1, -2)},
		{"", "''", ""},
		{"grüße\x00 \U0001F40D", "'grüße\\x00 \U0001F40D'", "grüße\x00 \U0001F40D"},
		{[]byte("a\x00\xff"), `b'a\x00\xff'`, []byte("a\x00\xff")},
		{[]byte{}, "b''", []byte{}},
		{[]int{1, 2}, "[1, 2]", []any{1, 2}},
		{[2]float64{1, 2}, "[1.0, 2.0]", []any{1.0, 2.0}},
		{[]any{"x", nil, []any{}}, "['x', None, []]", []any{"x", nil, []any{}}},
		{cpython.Tuple{1, cpython.Tuple{}}, "(1, ())", cpython.Tuple{1, cpython.Tuple{}}},
		{map[string]any{"a": []any{1}}, "{'a': [1]}", map[any]any{"a": []any{1}}},
		{map[int]string{3: "c"}, "{3: 'c'}", map[any]any{3: "c"}},
	} {
		if got, err := cpython.As[string](repr.Call(c.value)); err != nil || got != c.repr {
			t.Errorf("%#v in Python is %s (%v), want %s", c.value, got, err, c.repr)
		}
		o := object(t, "lambda x: x")
		same, err := o.Call(c.value)
		if err != nil {
			t.Errorf("%#v: %v", c.value, err)
			continue
		}
		if got, err := same.Value(); err != nil || !reflect.DeepEqual(got, c.back) {
			t.Errorf("%#v came back as %#v, %v", c.value, got, err)
		}
		same.Release()
	}
}

func TestConversionFails(t *testing.T) {
	needPython(t)
	identity := object(t, "lambda *a, **k: a")
	cycle := []any{nil}
	cycle[0] = cycle
	for _, c := range []struct {
		args []any
		want error
	}{
		{[]any{make(chan int)}, buffer.ErrType},
		{[]any{[]any{1, struct{}{}}}, buffer.ErrType},
		{[]any{cpython.Kwargs{"x": func() {}}}, buffer.ErrType},
		{[]any{cpython.Kwargs{}, 1}, nil}, // a dict, where it is not the last
		{[]any{cycle}, buffer.ErrValue},
		{[]any{(*cpython.Object)(nil)}, buffer.ErrType},
		{[]any{(*memoryview.View)(nil)}, buffer.ErrType},
	} {
		if _, err := identity.Call(c.args...); !errors.Is(err, c.want) {
			t.Errorf("a call with %T: %v, want %v", c.args[0], err, c.want)
		}
	}
	var e *cpython.Error
	if _, err := identity.Call("\xff"); !errors.As(err, &e) || e.Type != "UnicodeDecodeError" {
		t.Errorf("a string that is no UTF-8: %v", err)
	}
	execute(t, "deep = []\ndeep.append(deep)")
	if _, err := object(t, "deep").Value(); !errors.Is(err, buffer.ErrValue) {
		t.Errorf("a list that holds itself: %v", err)
	}
	if _, err := object(t, "{(1,): 2}").Value(); !errors.Is(err, buffer.ErrType) {
		t.Errorf("a dict with a tuple as key: %v", err)
	}
	if _, err := object(t, `"\ud800"`).Value(); !errors.As(err, &e) || e.Type != "UnicodeEncodeError" {
		t.Errorf("half a surrogate: %v", err)
	}
}

func TestAs(t *testing.T) {
	needPython(t)
	for _, c := range []struct {
		name string
		got  func() (any, error)
		want any
	}{
		{"int of a float", func() (any, error) { return cpython.As[int](python.Eval("1.5")) }, nil},
		{"int8", func() (any, error) { return cpython.As[int8](python.Eval("-128")) }, int8(-128)},
		{"int8 too large", func() (any, error) { return cpython.As[int8](python.Eval("128")) }, nil},
		{"uint of a negative", func() (any, error) { return cpython.As[uint](python.Eval("-1")) }, nil},
		{"uint64", func() (any, error) { return cpython.As[uint64](python.Eval("2**64-1")) }, uint64(math.MaxUint64)},
		{"float64 of an int", func() (any, error) { return cpython.As[float64](python.Eval("7")) }, 7.0},
		{"float64 of an int that it cannot hold", func() (any, error) { return cpython.As[float64](python.Eval("2**53+1")) }, nil},
		{"float32", func() (any, error) { return cpython.As[float32](python.Eval("0.5")) }, float32(0.5)},
		{"string of an int", func() (any, error) { return cpython.As[string](python.Eval("65")) }, nil},
		{"bool", func() (any, error) { return cpython.As[bool](python.Eval("1 < 2")) }, true},
		{"slices", func() (any, error) { return cpython.As[[][]float64](python.Eval("[[1, 2.5], []]")) }, [][]float64{{1, 2.5}, {}}},
		{"tuple as a slice", func() (any, error) { return cpython.As[[]int](python.Eval("(3, 4)")) }, []int{3, 4}},
		{"any", func() (any, error) { return cpython.As[any](python.Eval("None")) }, nil},
		{"None as a number", func() (any, error) { return cpython.As[int](python.Eval("None")) }, nil},
		{"NumPy's float32", func() (any, error) { return cpython.As[float64](python.Eval("__import__('numpy').float32(1.5)")) }, 1.5},
		{"NumPy's bool", func() (any, error) { return cpython.As[bool](python.Eval("__import__('numpy').bool_(True)")) }, true},
		{"NumPy's int16", func() (any, error) { return cpython.As[int](python.Eval("__import__('numpy').int16(-3)")) }, -3},
		{"NumPy's record", func() (any, error) {
			return cpython.As[[]any](python.Eval("__import__('numpy').zeros(1, 'i4,S2')[0]"))
		}, []any{0, []byte{}}},
		{"an array without dimensions", func() (any, error) { return cpython.As[int](python.Eval("__import__('numpy').array(9)")) }, 9},
	} {
		got, err := c.got()
		if c.want == nil && c.name != "any" {
			if !errors.Is(err, buffer.ErrType) {
				t.Errorf("%s: %v, %v", c.name, got, err)
			}
		} else if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %#v, %v, want %#v", c.name, got, err, c.want)
		}
	}
	if o := object(t, "__import__('numpy').longdouble(1)"); !strings.Contains(o.String(), "1") {
		t.Errorf("longdouble: %v", o)
	} else if v := must(o.Value()); reflect.TypeOf(v) != reflect.TypeFor[*cpython.Object]() {
		t.Errorf("longdouble became %T", v)
	}
}
