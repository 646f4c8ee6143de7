package cpython_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cpython"
	"github.com/go-memoryview/memoryview/format"
)

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
		{"float32 too large", func() (any, error) { return cpython.As[float32](python.Eval("1e300")) }, nil},
		{"float32 infinite", func() (any, error) { return cpython.As[float32](python.Eval("float('inf')")) }, float32(math.Inf(1))},
		{"float32 of an int that it cannot hold", func() (any, error) { return cpython.As[float32](python.Eval("2**24+1")) }, nil},
		{"float64 of an int that is close to one", func() (any, error) { return cpython.As[float64](python.Eval("2**63-1")) }, nil},
		{"float64 of a large int", func() (any, error) { return cpython.As[float64](python.Eval("2**1000")) }, math.Pow(2, 1000)},
		{"float64 of an int that is too large", func() (any, error) { return cpython.As[float64](python.Eval("2**2000")) }, nil},
		{"complex64 too large", func() (any, error) { return cpython.As[complex64](python.Eval("1e300j")) }, nil},
		{"complex128 of a float", func() (any, error) { return cpython.As[complex128](python.Eval("1.5")) }, complex(1.5, 0)},
		{"float64 of a complex", func() (any, error) { return cpython.As[float64](python.Eval("1.5+0j")) }, nil},
		{"*big.Int", func() (any, error) { return cpython.As[*big.Int](python.Eval("7")) }, big.NewInt(7)},
		{"int64 too large", func() (any, error) { return cpython.As[int64](python.Eval("2**63")) }, nil},
		{"map", func() (any, error) { return cpython.As[map[string][]float32](python.Eval("{'a': [1, 2.5]}")) }, map[string][]float32{"a": {1, 2.5}}},
		{"map with a value that does not fit", func() (any, error) { return cpython.As[map[string]int8](python.Eval("{'a': 300}")) }, nil},
		{"Float16 of an int", func() (any, error) { return cpython.As[format.Float16](python.Eval("1")) }, nil},
		{"a named type", func() (any, error) { return cpython.As[time.Duration](python.Eval("5")) }, time.Duration(5)},
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

// as is As of an expression, which knows no type of Go's.
func as[T any](expression string) func() (any, error) {
	return func() (any, error) { return cpython.As[T](python.Eval(expression)) }
}

// TestAsOfArrays copies the items of arrays. Where want is nil, they do not fit.
func TestAsOfArrays(t *testing.T) {
	define(t)
	type point struct {
		X int16
		Y float64
	}
	for _, c := range []struct {
		expression string
		get        func(string) func() (any, error)
		want       any
	}{
		{"np.arange(3.)", as[[]float64], []float64{0, 1, 2}},
		{"np.arange(6.)[::-2]", as[[]float64], []float64{5, 3, 1}},
		{"np.arange(3, dtype='>f8')", as[[]float64], []float64{0, 1, 2}},
		{"np.arange(6.).reshape(2, 3)", as[[][]float64], [][]float64{{0, 1, 2}, {3, 4, 5}}},
		{"np.arange(6.).reshape(2, 3)", as[[][3]float64], [][3]float64{{0, 1, 2}, {3, 4, 5}}},
		{"np.arange(6.).reshape(2, 3)", as[[]float64], nil},
		{"np.arange(6.)", as[[][]float64], nil},
		{"np.zeros((0, 3))", as[[][]float64], [][]float64{}},
		{"np.zeros((2, 0))", as[[][]float64], [][]float64{{}, {}}},
		{"np.zeros((2, 0))", as[[][0]float64], [][0]float64{{}, {}}},
		{"np.arange(3)", as[[]float64], []float64{0, 1, 2}},
		{"np.array([2**53 + 1])", as[[]float64], nil},
		{"np.arange(3, dtype='i2')", as[[]int], []int{0, 1, 2}},
		{"np.array([300])", as[[]uint8], nil},
		{"np.array([-1], 'i1')", as[[]uint8], nil},
		{"np.array([1.5, np.inf], 'f4')", as[[]float64], []float64{1.5, math.Inf(1)}},
		{"np.array([0.5, 1e300])", as[[]float32], nil},
		{"np.array([0.5, 2])", as[[]float32], []float32{0.5, 2}},
		{"np.array([0.5, 2], 'f2')", as[[]float64], []float64{0.5, 2}},
		{"np.array([0.5, 2], 'f2')", as[[]format.Float16], []format.Float16{format.NewFloat16(0.5), format.NewFloat16(2)}},
		{"np.array([1, 2], 'f2')", as[[]uint16], nil},
		{"np.array([0.5])", as[[]int], nil},
		{"np.array([1j, 2])", as[[]complex128], []complex128{1i, 2}},
		{"np.array([True, False])", as[[]bool], []bool{true, false}},
		{"np.array([True])", as[[]uint8], nil},
		{"np.array(['a', 'bc'])", as[[]string], []string{"a", "bc"}},
		{"np.array([(1, 2.5)], np.dtype([('x', 'i2'), ('y', 'f8')], align=True))", as[[]point], []point{{1, 2.5}}},
		{"b'abc'", as[[]byte], []byte("abc")},
		{"bytearray(b'abc')", as[[]byte], []byte("abc")},
		{"b'abc'", as[[]int], []int{97, 98, 99}},
		{"memoryview(b'abc')[::-1]", as[[]byte], []byte("cba")},
		{"np.arange(2)", as[[]any], []any{int64(0), int64(1)}},
		{"np.arange(2).tolist()", as[[]any], []any{0, 1}},
		{"np.array(5.)", as[[]float64], nil},
		{"'abc'", as[[]byte], nil},
		{"None", as[[]float64], nil},
	} {
		got, err := c.get(c.expression)()
		switch {
		case c.want == nil && !errors.Is(err, buffer.ErrType):
			t.Errorf("%s: %#v, %v, want an error", c.expression, got, err)
		case c.want != nil && (err != nil || !reflect.DeepEqual(got, c.want)):
			t.Errorf("%s: %#v, %v, want %#v", c.expression, got, err, c.want)
		}
	}
	if _, err := cpython.As[float64](python.Eval("np.zeros(3)")); !errors.Is(err, buffer.ErrType) || !strings.Contains(fmt.Sprint(err), "numpy.ndarray is no float64") {
		t.Errorf("an array as a number: %v", err)
	}
}

// TestAsCopies: what As returns is the caller's own.
func TestAsCopies(t *testing.T) {
	define(t)
	execute(t, "a = np.zeros(3)")
	numbers := must(cpython.As[[]float64](python.Eval("a")))
	numbers[0] = 1
	execute(t, "a[1] = 2\na.resize(10)") // nobody has a loan of it
	if fmt.Sprint(numbers) != "[1 0 0]" || eval[float64](t, "a[0]") != 0 {
		t.Errorf("the copy is %v", numbers)
	}
	execute(t, "del a")
}

func TestArrayOf(t *testing.T) {
	define(t)
	execute(t, "a = np.zeros((2, 3))\na.flat = range(6)")
	a, err := cpython.ArrayOf[float64](python.Eval("a"))
	if err != nil {
		t.Fatal(err)
	}
	a.Set2(1, 2, 99)
	if got := eval[float64](t, "a[1, 2]"); got != 99 {
		t.Errorf("NumPy sees %v", got)
	}
	if slice, whole := a.Slice(); !whole || fmt.Sprint(slice) != "[0 1 2 3 4 99]" {
		t.Errorf("the slice is %v, %v", slice, whole)
	}
	if err := python.Exec("a.resize(10)"); err == nil {
		t.Error("the array was resized under Go")
	}
	if err := a.Release(); err != nil {
		t.Error(err)
	}
	execute(t, "a.resize(10, refcheck=False)\ndel a")
	for expression, want := range map[string]error{"np.arange(3)": buffer.ErrType, "{}": buffer.ErrType, "np.zeros(2, 'M8[s]')": buffer.ErrFormat} {
		if _, err := cpython.ArrayOf[float64](python.Eval(expression)); !errors.Is(err, want) {
			t.Errorf("%s: %v", expression, err)
		}
	}
	if _, err := cpython.ArrayOf[float64](python.Eval("1/0")); err == nil || !strings.HasPrefix(err.Error(), "ZeroDivisionError") {
		t.Errorf("the error of the call: %v", err)
	}
	if n := cpython.LoanCount(); n != 0 {
		t.Errorf("%d loans are left", n)
	}
}
