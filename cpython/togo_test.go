package cpython_test

import (
	"encoding/json"
	"errors"
	"fmt"
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
	if _, err := identity.Call((*big.Int)(nil)); !errors.Is(err, buffer.ErrType) {
		t.Errorf("a nil *big.Int: %v", err)
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

type (
	octet byte
	named []octet
)

// TestNamedBytes: whatever the type is called, bytes are bytes.
func TestNamedBytes(t *testing.T) {
	needPython(t)
	repr := object(t, "repr")
	for _, value := range []any{named("abc"), json.RawMessage("abc"), []octet("abc")} {
		if got, err := cpython.As[string](repr.Call(value)); err != nil || got != "b'abc'" {
			t.Errorf("%T is %s, %v", value, got, err)
		}
	}
}

// TestSharedStructures: what is there many times is converted once, else this would take for ever.
func TestSharedStructures(t *testing.T) {
	needPython(t)
	execute(t, `
shared = 1
for i in range(600):
    shared = [[shared, shared], (shared, shared), {"a": shared, "b": shared}][i % 3]
def depth(x):
    n = 0
    while x != 1:
        a, b = x.values() if isinstance(x, dict) else x
        assert a is b
        x, n = a, n + 1
    return n
`)
	value, err := object(t, "shared").Value()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := cpython.As[int](object(t, "depth").Call(value)); err != nil || got != 600 {
		t.Errorf("there and back it is %d deep, %v", got, err)
	}
	// Lists without items are not the same, though their memory is.
	if got, err := cpython.As[bool](object(t, "lambda a, b: a is b").Call([]int{}, []int{})); err != nil || got {
		t.Errorf("two empty lists are one: %v, %v", got, err)
	}
	// A list that holds itself is told from one that is only deep.
	execute(t, "flat = 1\nfor _ in range(5000): flat = [flat]")
	cycle := map[string]any{}
	cycle["x"] = []any{cycle}
	_, errCycle := object(t, "repr").Call(cycle)
	_, errDeep := object(t, "flat").Value()
	if !errors.Is(errCycle, buffer.ErrValue) || !strings.Contains(fmt.Sprint(errCycle), "holds itself") {
		t.Errorf("a map that holds itself: %v", errCycle)
	}
	if !errors.Is(errDeep, buffer.ErrValue) || !strings.Contains(fmt.Sprint(errDeep), "deeper") {
		t.Errorf("a deep list: %v", errDeep)
	}
	execute(t, "del flat, shared")
}

// TestScalarsThatFail: an exception on the way to a scalar's value is not lost.
func TestScalarsThatFail(t *testing.T) {
	needPython(t)
	execute(t, `
class Scalar:
    dtype = 1
    ndim = 0
    def item(self): raise OSError("the disk")
class NoNumber(Scalar): ndim = "x"
class Vector(Scalar): ndim = 1
class Recursive(Scalar):
    def item(self): return [Recursive()]
`)
	for expression, want := range map[string]string{"Scalar()": "OSError: the disk", "[NoNumber()]": "TypeError", "Recursive()": "deeper"} {
		if value, err := object(t, expression).Value(); !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: %v, %v, want %s", expression, value, err, want)
		}
	}
	if value, err := object(t, "Vector()").Value(); err != nil || reflect.TypeOf(value) != reflect.TypeFor[*cpython.Object]() {
		t.Errorf("what is no scalar became %T, %v", value, err)
	}
}

// TestDictsThatCollide: two keys that are one to Go are not thrown together.
func TestDictsThatCollide(t *testing.T) {
	needPython(t)
	execute(t, "class Own(int):\n    __hash__ = object.__hash__\n    __eq__ = object.__eq__")
	if value, err := object(t, "{Own(1): 'a', Own(1): 'b'}").Value(); !errors.Is(err, buffer.ErrValue) {
		t.Errorf("%v, %v", value, err)
	}
}
