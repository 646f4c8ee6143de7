package cpython_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cpython"
	"github.com/go-memoryview/memoryview/export"
)

// TestArraysOfGo copies each of NumPy's arrays into Go memory of the same layout, lends it, and lets
// NumPy compare.
func TestArraysOfGo(t *testing.T) {
	define(t)
	for _, expression := range arrays() {
		t.Run(expression, func(t *testing.T) {
			set(t, "a", object(t, expression))
			v := inGo(t, must(memoryview.FromObject(object(t, "a"))))
			set(t, "g", v)
			execute(t, `
m, w = memoryview(a), memoryview(g)
for name in 'format', 'itemsize', 'nbytes', 'ndim', 'shape', 'strides', 'suboffsets', 'readonly', 'c_contiguous', 'f_contiguous', 'contiguous':
    assert getattr(m, name) == getattr(w, name), (name, getattr(m, name), getattr(w, name))
assert m.tobytes() == w.tobytes() and m.tobytes('F') == w.tobytes('F')
again = None
try:
    again = np.asarray(memoryview(a))
except RuntimeError:
    pass # NumPy cannot read all that it lends
back = np.asarray(g) if again is not None else np.frombuffer(g, 'u1') if m.c_contiguous else a
if again is not None:
    assert back.dtype == again.dtype and back.dtype.itemsize == a.dtype.itemsize, (back.dtype, again.dtype)
    assert back.shape == again.shape and back.flags.writeable == a.flags.writeable
    assert back.size == 0 or back.strides == again.strides
    assert repr(back) == repr(again)
`)
			if v.NBytes() > 0 && eval[bool](t, "back is not a") {
				got := eval[int](t, "where(back)")
				if want := must(v.Buffer().Pointer(make([]int, v.NDim())...)); uintptr(got) != uintptr(want) {
					t.Errorf("item 0 lies at %p, in NumPy at %#x", want, got)
				}
			}
			execute(t, "del m, w, back, again")
			if err := v.Release(); !errors.Is(err, buffer.ErrExported) {
				t.Errorf("release while Python has it: %v", err)
			}
			execute(t, "del g")
			if err := v.Release(); err != nil {
				t.Errorf("release afterwards: %v", err)
			}
		})
	}
}

// inGo copies the memory that a view covers, gaps included, and ends the view.
func inGo(t *testing.T, v *memoryview.View) *memoryview.View {
	t.Helper()
	defer v.Release()
	l, first, end := v.Buffer().Layout(), 0, v.ItemSize()
	for d, extent := range l.Shape {
		if reach := (extent - 1) * l.Strides[d]; reach < 0 {
			first += reach
		} else {
			end += reach
		}
	}
	mem := make([]byte, 0, 8)
	if v.NBytes() > 0 {
		item := must(v.Buffer().Pointer(make([]int, v.NDim())...))
		mem = bytes.Clone(unsafe.Slice((*byte)(unsafe.Add(item, first)), end-first))
	} else {
		first = 0
	}
	if _, overlaps := export.Strided(mem, -first, l, false); overlaps != nil && v.NBytes() > 0 {
		// NumPy lends writable arrays whose items overlap; this is how any exporter may.
		return must(memoryview.FromObject(lender{mem, -first, l, v.ReadOnly()}))
	}
	return must(memoryview.FromObject(must(export.Strided(mem, -first, l, v.ReadOnly()))))
}

type lender struct {
	mem      []byte
	offset   int
	layout   buffer.Layout
	readOnly bool
}

func (l lender) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	m := buffer.Memory{Base: unsafe.Pointer(&l.mem[0]), Size: len(l.mem), ReadOnly: l.readOnly, Obj: l}
	return m.Lend(l.offset, l.layout, flags)
}

// TestConsumers hands Go memory to what takes buffers in Python's library.
func TestConsumers(t *testing.T) {
	needPython(t)
	text := []byte("the quick brown fox")
	set(t, "g", must(memoryview.FromObject(text)))
	for _, c := range []struct{ code, want string }{
		{"bytes(g)", "b'the quick brown fox'"},
		{"bytearray(g)[:3]", "bytearray(b'the')"},
		{"b''.join([g, b'!'])", "b'the quick brown fox!'"},
		{"__import__('hashlib').sha256(g).hexdigest()[:8]", "'9ecb36561341d18e'"[:9] + "'"},
		{"__import__('zlib').crc32(g) == __import__('zlib').crc32(bytes(g))", "True"},
		{"__import__('struct').unpack_from('>3s', g, 4)", "(b'qui',)"},
		{"int.from_bytes(__import__('binascii').a2b_hex(__import__('binascii').b2a_hex(g))[:2], 'big')", "29800"},
		{"__import__('re').search(b'br.wn', g).span()", "(10, 15)"},
		{"(lambda s: (s[0].send(g), s[1].recv(99), s[0].close(), s[1].close()))(__import__('socket').socketpair())[:2]", "(19, b'the quick brown fox')"},
		{"__import__('io').BytesIO(g).read(3)", "b'the'"},
		{"memoryview(g)[4:9].tobytes()", "b'quick'"},
		{"__import__('array').array('B', memoryview(g))[0]", "116"},
		{"type(g).__name__, type(g).__module__, type(g).__doc__", "('Memory', 'go', 'Memory of Go, lent to Python.')"},
	} {
		if got, err := cpython.As[string](python.Eval("repr((" + c.code + "))")); err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.code, got, err, c.want)
		}
	}
	execute(t, "__import__('io').BytesIO(b'THE').readinto(g)")
	if string(text[:4]) != "THE " {
		t.Errorf("readinto left %q", text)
	}
	for _, code := range []string{"type(g)()", "g[0]", "len(g)", "class Sub(type(g)): pass"} {
		var e *cpython.Error
		if err := python.Exec(code); !errors.As(err, &e) || e.Type != "TypeError" {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// TestRequestsOfPython asks for lent memory with every flag there is, and gets what CPython's own
// memoryview answers, through CPython's own test consumer.
func TestRequestsOfPython(t *testing.T) {
	needPython(t)
	mem := make([]byte, 64)
	for i := range mem {
		mem[i] = byte(i)
	}
	for name, e := range map[string]buffer.Exporter{
		"C":         must(export.Strided(mem, 0, buffer.Layout{ItemSize: 2, Format: "h", Shape: []int{2, 3}}, false)),
		"F":         must(export.Strided(mem, 0, buffer.Layout{ItemSize: 2, Format: "h", Shape: []int{2, 3}, Strides: []int{2, 4}}, false)),
		"gaps":      must(export.Strided(mem, 60, buffer.Layout{ItemSize: 2, Format: "h", Shape: []int{2, 3}, Strides: []int{-24, -8}}, false)),
		"bytes":     must(export.Strided(mem, 0, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{64}}, false)),
		"read-only": must(export.Strided(mem, 0, buffer.Layout{ItemSize: 8, Format: "d", Shape: []int{8}}, true)),
		"scalar":    must(export.Strided(mem, 0, buffer.Layout{ItemSize: 8, Format: "d", Shape: []int{}}, false)),
		"rows":      must(export.Rows([][]int16{{1, 2, 3}, {4, 5, 6}})),
	} {
		t.Run(name, func(t *testing.T) {
			set(t, "g", must(memoryview.FromObject(e)))
			execute(t, `
import _testbuffer as tb, itertools
def answer(exporter, flags):
    try:
        nd = tb.ndarray(exporter, getbuf=flags)
    except BufferError:
        return 'BufferError'
    return [nd.nbytes, nd.itemsize, nd.format, nd.ndim, nd.shape, nd.strides, nd.suboffsets, nd.readonly,
            nd.tobytes() if nd.shape else None]
ours = theirs = None
seen = set()
bits = [tb.PyBUF_WRITABLE, tb.PyBUF_FORMAT, tb.PyBUF_ND, tb.PyBUF_STRIDES, tb.PyBUF_C_CONTIGUOUS, tb.PyBUF_F_CONTIGUOUS, tb.PyBUF_ANY_CONTIGUOUS, tb.PyBUF_INDIRECT]
for n in range(len(bits) + 1):
    for some in itertools.combinations(bits, n):
        flags = 0
        for bit in some:
            flags |= bit
        if flags & tb.PyBUF_FORMAT and not flags & tb.PyBUF_ND:
            continue # memoryview refuses it even for bytes
        if flags in seen:
            continue
        seen.add(flags)
        ours, theirs = answer(g, flags), answer(memoryview(g), flags)
        assert ours == theirs, (flags, ours, theirs)
assert len(seen) > 30
`)
		})
	}
}

// TestLendPlainValues lends what buffer.Get takes.
func TestLendPlainValues(t *testing.T) {
	define(t)
	numbers := []float64{1, 2, 3}
	grid := [2][3]int16{{1, 2, 3}, {4, 5, 6}}
	type pixel struct {
		R, G, B uint8
		A       float32
	}
	pixels := []pixel{{1, 2, 3, 0.5}, {4, 5, 6, 1}}
	for _, c := range []struct {
		value any
		code  string
		want  string
	}{
		{numbers, "(np.asarray(g) * 2).tolist()", "[2.0, 4.0, 6.0]"},
		{&grid, "np.asarray(g).T.tolist()", "[[1, 4], [2, 5], [3, 6]]"},
		{pixels, "np.asarray(g)['A'].tolist(), np.asarray(g).dtype.names", "([0.5, 1.0], ('R', 'G', 'B', 'A'))"},
		{"text", "memoryview(g).readonly, bytes(g)", "(True, b'text')"},
		{[]bool{true, false}, "np.asarray(g).flags.writeable, np.asarray(g).tolist()", "(False, [True, False])"},
		{[]int{}, "np.asarray(g).shape, np.asarray(g).dtype.str", "((0,), '<i8')"},
	} {
		o, err := cpython.Lend(c.value)
		if err != nil {
			t.Errorf("%T: %v", c.value, err)
			continue
		}
		set(t, "g", o)
		o.Release()
		if got := eval[string](t, "repr(("+c.code+"))"); got != c.want {
			t.Errorf("%T: %s, want %s", c.value, got, c.want)
		}
	}
	execute(t, "del g")
	for _, value := range []any{nil, 5, []string{"a"}, map[string]int{}, (*memoryview.View)(nil)} {
		if _, err := cpython.Lend(value); !errors.Is(err, buffer.ErrType) {
			t.Errorf("%T: %v", value, err)
		}
	}
	v := must(memoryview.FromObject(numbers))
	must(0, v.Release())
	if _, err := cpython.Lend(v); !errors.Is(err, buffer.ErrReleased) {
		t.Errorf("a released view was lent: %v", err)
	}
}

// TestReleaseReachesGo lends memory with a give-back through several consumers, and lets them go one by one.
func TestReleaseReachesGo(t *testing.T) {
	define(t)
	released := 0
	mem := make([]byte, 80)
	v := must(memoryview.FromMemory(unsafe.Pointer(&mem[0]), 80, buffer.Write, memoryview.WithRelease(func() { released++ })))
	g := must(cpython.Lend(v))
	set(t, "g", g)
	execute(t, "a = np.asarray(g).view('f8')\nm = memoryview(g)[8:]\ndel g")
	g.Release()
	execute(t, "a[3] = 1.5")
	if err := v.Release(); !errors.Is(err, buffer.ErrExported) {
		t.Errorf("release while Python has it: %v", err)
	}
	execute(t, "del a")
	if err := v.Release(); !errors.Is(err, buffer.ErrExported) {
		t.Errorf("release while a memoryview has it: %v", err)
	}
	execute(t, "m.release()")
	if err := v.Release(); err != nil || released != 1 {
		t.Errorf("release: %v, and the owner heard of it %d times", err, released)
	}
	if !slices.Equal(mem[24:32], []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x3f}) {
		t.Errorf("memory holds % x", mem[24:32])
	}
}

// TestThereAndBack lends to Python a view of memory of Python.
func TestThereAndBack(t *testing.T) {
	define(t)
	execute(t, "a = np.arange(10.)")
	o := must(python.Eval("a"))
	v := must(memoryview.FromObject(o))
	o.Release()
	part := must(v.Select("::-3"))
	must(0, v.Release())
	set(t, "b", part)
	execute(t, "b = np.asarray(b)\nassert b.tolist() == [9., 6., 3., 0.], b\nb[0] = -1\nassert a[9] == -1 and np.shares_memory(a, b)")
	execute(t, "import weakref\nw = weakref.ref(a)\ndel a")
	if err := part.Release(); !errors.Is(err, buffer.ErrExported) {
		t.Errorf("release while Python has it: %v", err)
	}
	execute(t, "assert w() is not None\ndel b")
	must(0, part.Release())
	execute(t, "assert w() is None")
}

// exploding is an exporter whose loan panics when it ends.
type exploding struct{}

func (exploding) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	m := buffer.Memory{Base: unsafe.Pointer(new(int64)), Size: 8, Release: func() { panic("at the end") }}
	return m.Lend(0, buffer.Layout{ItemSize: 8, Format: "d"}, flags)
}

func TestPanicInACallback(t *testing.T) {
	needPython(t)
	execute(t, "import sys\nsys.unraisablehook = lambda e: globals().update(told=repr(e.exc_value))")
	must(cpython.Lend(exploding{})).Release()
	execute(t, "pass") // where the panic would end the process
	if got := eval[string](t, "told"); got != "RuntimeError('panic: at the end')" {
		t.Errorf("Python was told %s", got)
	}
	execute(t, "sys.unraisablehook = sys.__unraisablehook__\ndel told")
}

// TestReleaseFunctionCallsPython: an owner's release function, which Python's garbage collector may call, is inside.
func TestReleaseFunctionCallsPython(t *testing.T) {
	needPython(t)
	var got int
	var err error
	mem := make([]byte, 8)
	v := must(memoryview.FromMemory(unsafe.Pointer(&mem[0]), 8, buffer.Write, memoryview.WithRelease(func() {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		err = python.Do(ctx, func() (err error) {
			got, err = cpython.As[int](python.Eval("6 * 7"))
			return err
		})
	})))
	g := must(cpython.Lend(v))
	set(t, "g", g)
	g.Release()
	if err := v.Release(); !errors.Is(err, buffer.ErrExported) {
		t.Fatal(err)
	}
	for _, code := range []string{
		"del g",
		"import threading\nbox = [g]\ndel g\nthread = threading.Thread(target=box.clear)\nthread.start()\nthread.join()",
	} {
		execute(t, code)
		if err != nil || v.Release() != nil || got != 42 {
			t.Errorf("%s: the release function got %d, %v", code, got, err)
		}
		got = 0
		v = must(memoryview.FromMemory(unsafe.Pointer(&mem[0]), 8, buffer.Write, memoryview.WithRelease(func() {
			got, err = cpython.As[int](python.Eval("6 * 7"))
		})))
		set(t, "g", v)
	}
}

// TestErrorsReachPython: what Go refuses is a BufferError with Go's words.
func TestErrorsReachPython(t *testing.T) {
	needPython(t)
	set(t, "g", must(memoryview.FromObject("fixed")))
	var e *cpython.Error
	err := python.Exec("import io\nio.BytesIO(b'other').readinto(g)")
	if !errors.As(err, &e) || e.Type != "BufferError" && !strings.Contains(e.Message, "read-write") {
		t.Errorf("a write to read-only memory: %v", err)
	}
	if err := python.Exec("memoryview(g)[0] = 1"); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("a write to read-only memory: %v", err)
	}
	if got := fmt.Sprint(eval[string](t, "bytes(g).decode()")); got != "fixed" {
		t.Errorf("memory holds %q", got)
	}
}
