package cpython_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cpython"
)

// arrays are Python expressions: each dtype of NumPy that has a buffer, and each way an array can lie.
func arrays() (all []string) {
	for _, code := range strings.Split("? b B h H i I l L q Q e f d g F D G S0 S3 U1 U5 V4 p P", " ") {
		all = append(all, fmt.Sprintf("some('%s', 6)", code))
	}
	for _, code := range strings.Split("h H i I q Q e f d F D U3", " ") {
		all = append(all, fmt.Sprintf("some('>%s', 6)", code), fmt.Sprintf("some('<%s', 6)", code))
	}
	for _, dtype := range []string{
		"[('a', '<i2'), ('b', '>f8')]",
		"np.dtype([('a', 'i1'), ('b', 'f8')], align=True)",
		"[('a', 'i4'), ('inner', [('x', 'f4'), ('y', 'f4', (2, 3))]), ('name', 'S5'), ('text', 'U2')]",
		"{'names': ['a', 'b'], 'formats': ['u1', 'u2'], 'offsets': [3, 8], 'itemsize': 16}",
		"[('ok', '?'), ('h', '>e'), ('c', '>c16'), ('long', 'g')]",
		"('i4', (2,))",
		"[('sub', [('z', '>u8')], (2, 2))]",
	} {
		all = append(all, fmt.Sprintf("some(%s, 4)", dtype), fmt.Sprintf("some(%s, 4)[::-2]", dtype))
	}
	return append(all,
		"some('f8', 24).reshape(2, 3, 4)",
		"some('f8', 24).reshape(2, 3, 4)[::-1, :, ::-2]",
		"some('f8', 24).reshape(4, 6, order='F')",
		"some('f8', 24).reshape(4, 6).T[1:3]",
		"some('i2', 24)[::-1]",
		"some('i2', 24)[::-5]",
		"some('i2', 24)[5:5]",
		"np.zeros((0, 3))", "np.zeros((3, 0, 2), 'u1')[::-1]", "np.zeros((2, 2), 'S0')",
		"np.array(7.5)", "np.array(7, '>i2')", "some('f4', 1)[0:1]",
		"frozen(some('f8', 5))", "frozen(some('u1', 12).reshape(3, 4)[::2])",
		"np.broadcast_to(np.arange(3), (4, 3))",
		"np.lib.stride_tricks.sliding_window_view(some('i4', 6), 3)",
		"np.zeros((1,) * 32)",
	)
}

const helpers = `
import numpy as np
def some(dtype, n):
    dtype = np.dtype(dtype)
    if dtype.kind == 'U':
        return np.array(['', 'a', 'bc', '\u00fc\u20ac', '\U0001f40d', 'xyz'], dtype)[:n]
    if dtype.kind == 'b':
        return np.array([True, False, True, True, False, False])[:n]
    if dtype.kind in 'fc':
        return (np.arange(n) * 1.25 - 2).astype(dtype)
    raw = np.random.default_rng(1).integers(0, 2, n * dtype.itemsize, 'u1')
    return np.ndarray(n, dtype, raw.tobytes()).copy() if dtype.itemsize else np.zeros(n, dtype)
def frozen(a):
    a.flags.writeable = False
    return a
def where(a):
    return a.__array_interface__['data'][0]
`

func define(t testing.TB) {
	t.Helper()
	needPython(t)
	execute(t, helpers)
}

// TestArraysOfNumPy sees every array from Go, and compares with what CPython's memoryview and NumPy say of it.
func TestArraysOfNumPy(t *testing.T) {
	define(t)
	for _, expression := range arrays() {
		t.Run(expression, func(t *testing.T) {
			a, err := python.Eval(expression)
			if err != nil {
				t.Fatal(err)
			}
			set(t, "a", a)
			a.Release()
			if n := eval[any](t, "memoryview(a).nbytes"); n == nil {
				t.Fatal("no buffer")
			}
			o := object(t, "a")
			v, err := memoryview.FromObject(o)
			if err != nil {
				t.Fatal(err)
			}
			defer v.Release()
			sameAttributes(t, v)
			sameItems(t, v)
			if v.Base() != any(o) {
				t.Errorf("the base is %v", v.Base())
			}
		})
	}
}

// sameAttributes compares with memoryview(a).
func sameAttributes(t *testing.T, v *memoryview.View) {
	t.Helper()
	numbers := func(expression string) []int { return eval[[]int](t, expression) }
	for what, got := range map[string]bool{
		"format":   v.Format() == eval[string](t, "memoryview(a).format"),
		"itemsize": v.ItemSize() == eval[int](t, "memoryview(a).itemsize"),
		"nbytes":   v.NBytes() == eval[int](t, "memoryview(a).nbytes"),
		"shape":    slices.Equal(v.Shape(), numbers("memoryview(a).shape")),
		"strides":  slices.Equal(v.Strides(), numbers("memoryview(a).strides")),
		"readonly": v.ReadOnly() == eval[bool](t, "memoryview(a).readonly"),
		"c order":  v.CContiguous() == eval[bool](t, "memoryview(a).c_contiguous"),
		"f order":  v.FContiguous() == eval[bool](t, "memoryview(a).f_contiguous"),
	} {
		if !got {
			t.Errorf("%s differs: %v", what, v)
		}
	}
}

// sameItems compares addresses and bytes with NumPy's, and the items where both have the same in Python's eyes.
func sameItems(t *testing.T, v *memoryview.View) {
	t.Helper()
	if v.NBytes() > 0 {
		got := must(v.Buffer().Pointer(make([]int, v.NDim())...))
		if want := eval[int](t, "where(a)"); uintptr(got) != uintptr(want) {
			t.Errorf("item 0 lies at %p, in NumPy at %#x", got, want)
		}
	}
	for order, want := range map[buffer.Order]string{buffer.C: "memoryview(a).tobytes('C')", buffer.F: "memoryview(a).tobytes('F')"} {
		if got := must(v.ToBytes(order)); !bytes.Equal(got, eval[[]byte](t, want)) {
			t.Errorf("order %v: bytes differ", order)
		}
	}
	if eval[bool](t, "a.dtype.kind in 'biufc' and a.dtype.char not in 'gG'") {
		want := eval[any](t, "a.astype(complex).tolist() if a.dtype.kind == 'c' else a.astype(float).tolist() if a.dtype.kind == 'f' else a.tolist()")
		if got := must(v.ToList()); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("items are %v, in NumPy %v", got, want)
		}
	}
}

func TestOtherExporters(t *testing.T) {
	define(t)
	execute(t, "import array, ctypes, mmap")
	for _, c := range []struct {
		expression, format string
		shape              []int
		readOnly           bool
	}{
		{"b'abc'", "B", []int{3}, true},
		{"b''", "B", []int{0}, true},
		{"bytearray(b'abc')", "B", []int{3}, false},
		{"array.array('d', [1, 2])", "d", []int{2}, false},
		{"memoryview(bytearray(24)).cast('i', (2, 3))[::-1]", "i", []int{2, 3}, false},
		{"memoryview(array.array('h', range(6)))[::-2]", "h", []int{3}, false},
		{"((ctypes.c_int * 3) * 2)()", "<i", []int{2, 3}, false},
		{"mmap.mmap(-1, 4096)", "B", []int{4096}, false},
		{"__import__('io').BytesIO(b'xy').getbuffer()", "B", []int{2}, false},
	} {
		v, err := memoryview.FromObject(object(t, c.expression))
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		if v.Format() != c.format || !slices.Equal(v.Shape(), c.shape) || v.ReadOnly() != c.readOnly {
			t.Errorf("%s: %v", c.expression, v)
		}
		must(0, v.Release())
	}
}

// TestWriteThrough writes from both sides.
func TestWriteThrough(t *testing.T) {
	define(t)
	set(t, "a", object(t, "np.arange(12.).reshape(3, 4)"))
	v := must(memoryview.FromObject(object(t, "a")))
	defer v.Release()
	must(0, v.Set(99.5, 1, -1))
	if got := eval[float64](t, "a[1, 3]"); got != 99.5 {
		t.Errorf("NumPy sees %v", got)
	}
	execute(t, "a[2] = 7")
	if got := must(v.At(2, 0)); got != 7.0 {
		t.Errorf("Go sees %v", got)
	}
	fixed := must(memoryview.FromObject(object(t, "b'abc'")))
	defer fixed.Release()
	if err := fixed.Set(1, 0); !errors.Is(err, buffer.ErrReadOnly) {
		t.Errorf("bytes were written: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	define(t)
	var raised *cpython.Error
	for _, c := range []struct {
		expression string
		flags      buffer.Flags
		want       error
		exception  bool
	}{
		{"np.arange(6)[::2]", buffer.Simple, buffer.ErrNotContiguous, false},
		{"np.arange(6)[::2]", buffer.FullRO, nil, false},
		{"np.zeros((2, 3), order='F')", buffer.CContiguous, buffer.ErrNotContiguous, false},
		{"np.zeros((2, 3), order='F')", buffer.FContiguous, nil, false},
		{"frozen(np.arange(6))", buffer.Full, buffer.ErrReadOnly, true},
		{"b'abc'", buffer.Writable, buffer.ErrReadOnly, true},
		{"np.zeros(2, 'M8[s]')", buffer.FullRO, buffer.ErrFormat, true},
		{"np.zeros(2, 'M8[s]')", buffer.Strided, nil, false},
		{"np.zeros(2, object)", buffer.Strided, nil, false},
		{"{}", buffer.FullRO, buffer.ErrType, false},
		{"np.arange(6)", buffer.Read, buffer.ErrValue, false},
	} {
		b, err := buffer.Get(object(t, c.expression), c.flags)
		if !errors.Is(err, c.want) || errors.As(err, &raised) != c.exception {
			t.Errorf("%s, %v: %v", c.expression, c.flags, err)
		}
		if err == nil {
			must(0, b.Release())
		}
	}
}

// TestLoansOfPython holds Python's objects in place while Go has loans, and lets go afterwards.
func TestLoansOfPython(t *testing.T) {
	define(t)
	set(t, "a", object(t, "bytearray(b'abc')"))
	v := must(memoryview.FromObject(object(t, "a")))
	part := must(v.Slice(1, 3, 1))
	must(0, v.Release())
	if err := python.Exec("a.append(1)"); err == nil || !strings.Contains(err.Error(), "BufferError: Existing exports of data: object cannot be re-sized") {
		t.Errorf("a lent bytearray was resized: %v", err)
	}
	must(0, part.Release())
	execute(t, "a.append(1)")

	// The view outlives the object, the variable and the array.
	execute(t, "import weakref\na = np.arange(5.)\nw = weakref.ref(a)")
	o := must(python.Eval("a"))
	v = must(memoryview.FromObject(o))
	if err := python.Exec("a.resize(10)"); err == nil {
		t.Error("a lent array was resized")
	}
	o.Release()
	execute(t, "del a")
	if !eval[bool](t, "w() is not None") || must(v.At(4)) != 4.0 {
		t.Error("the array is gone while Go has a view of it")
	}
	must(0, v.Release())
	if !eval[bool](t, "w() is None") {
		t.Error("the array stays after the last view is released")
	}
}

// TestAddressesOfIndirect follows pointers that Python lends: _testbuffer has the only such exporter.
func TestAddressesOfIndirect(t *testing.T) {
	define(t)
	set(t, "a", object(t, `__import__('_testbuffer').ndarray(list(range(6)), shape=[2, 3], format='h', flags=__import__('_testbuffer').ND_PIL)`))
	v := must(memoryview.FromObject(object(t, "a")))
	defer v.Release()
	if got := fmt.Sprint(must(v.ToList())); got != "[[0 1 2] [3 4 5]]" || v.Suboffsets() == nil {
		t.Errorf("%s, suboffsets %v", got, v.Suboffsets())
	}
}

// TestExportersInPython: from 3.12, a class lends memory by a method, and hears of the end.
func TestExportersInPython(t *testing.T) {
	define(t)
	execute(t, `
import sys
class Exporter:
    data, ended = bytearray(b"abc"), 0
    def __buffer__(self, flags): return memoryview(self.data)
    def __release_buffer__(self, view):
        self.ended += 1
        view.release()
e = Exporter()
lends = sys.version_info >= (3, 12)
`)
	v, err := memoryview.FromObject(object(t, "e"))
	if !eval[bool](t, "lends") {
		if !errors.Is(err, buffer.ErrType) {
			t.Errorf("an object without the buffer protocol: %v", err)
		}
		return
	}
	must(0, v.Set(byte('x'), 0))
	if got := eval[string](t, "bytes(e.data).decode()"); got != "xbc" || eval[int](t, "e.ended") != 0 {
		t.Errorf("Python sees %q", got)
	}
	must(0, v.Release())
	if got := eval[int](t, "e.ended"); got != 1 {
		t.Errorf("the end was told %d times", got)
	}
}
