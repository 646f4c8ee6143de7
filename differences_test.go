package memoryview_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/format"
)

var update = flag.Bool("update", false, "write the documents that tests hold true")

// difference is one row of DIFFERENCES.md: what CPython 3.11 answers to an expression, and what
// this library does with its counterpart. The Go column of the table is the text of the function.
type difference struct {
	topic   string
	python  string // an expression, after the prelude below
	cpython string // what it gives: its repr, or the exception
	ours    string
	run     func() (any, error)
}

const pythonPrelude = `
import array, ctypes, struct, _testbuffer
from ctypes import pythonapi, py_object, c_ssize_t, c_char_p, c_int
b = bytearray(b"abcdef")
m = memoryview(b).cast("B", [2, 3])
class Point(ctypes.LittleEndianStructure):
    _fields_ = [("x", ctypes.c_int32), ("y", ctypes.c_int16)]
point = Point(1, 2)
pil = memoryview(_testbuffer.ndarray([1, 2, 3, 4, 5, 6], shape=[2, 3], format="B", flags=_testbuffer.ND_PIL))
pythonapi.PyMemoryView_FromMemory.restype = py_object
pythonapi.PyMemoryView_FromMemory.argtypes = [c_char_p, c_ssize_t, c_int]
pythonapi.PyObject_CopyData.argtypes = [py_object, py_object]
def assign(view, key, value):
    view[key] = value
    return view.tolist()
`

func matrix() *memoryview.View {
	return must(must(memoryview.FromObject([]byte("abcdef"))).Cast("B", 2, 3))
}

var differences = []difference{
	{"Slices in several dimensions", `m[0:2, 1:3]`, "NotImplementedError: multi-dimensional slicing is not implemented", "[[98 99] [101 102]]", func() (any, error) {
		return list(matrix().Select("0:2, 1:3"))
	}},
	{"Sub-views", `m[1]`, "NotImplementedError: multi-dimensional sub-views are not implemented", "[100 101 102]", func() (any, error) {
		return list(matrix().Sub(1))
	}},
	{"Assignment to sub-views", `assign(m, 0, b"xyz")`, "NotImplementedError: sub-views are not implemented", "nil", func() (any, error) {
		return nil, must(matrix().Sub(0)).CopyFrom([]byte("xyz"))
	}},
	{"Assignment of one value to a part", `assign(memoryview(b), slice(2, 4), 0)`, "TypeError: a bytes-like object is required, not 'int'", "nil", func() (any, error) {
		return nil, must(matrix().Select(":, 1:")).CopyFrom(0)
	}},
	{"Iteration in several dimensions", `[item for item in m]`, "NotImplementedError: multi-dimensional sub-views are not implemented", "6 items", func() (any, error) {
		n := 0
		for range matrix().All() {
			n++
		}
		return fmt.Sprint(n, " items"), nil
	}},
	{"Count and index (CPython has them in one dimension, from 3.14; not found is a ValueError there, -1 here)", `memoryview(b).count(97)`, "AttributeError: 'memoryview' object has no attribute 'count'", "1", func() (any, error) {
		return matrix().Count(97)
	}},
	{"Items in a foreign byte order", `memoryview(_testbuffer.ndarray([1], shape=[1], format=">i"))[0]`, "NotImplementedError: memoryview: unsupported format >i", "1", func() (any, error) {
		return must(must(memoryview.FromObject([]byte{0, 0, 0, 1})).Cast(">i")).At(0)
	}},
	{"Items that are records", `memoryview(point)[()]`, "NotImplementedError: memoryview: unsupported format T{<i:x:<h:y:}", "{X: 1, Y: 2}", func() (any, error) {
		return must(memoryview.FromObject(&struct {
			X int32
			Y int16
		}{1, 2})).At()
	}},
	{"Equality of records", `memoryview(point) == memoryview(point)`, "False", "true", func() (any, error) {
		records := []struct{ X, Y int16 }{{1, 2}}
		return must(memoryview.FromObject(records)).Equal(records)
	}},
	{"Casts between two formats that are not bytes", `memoryview(array.array("i", [1])).cast("f")`, "TypeError: memoryview: cannot cast between two non-byte formats", "[1.5]", func() (any, error) {
		return list(must(memoryview.FromObject([]uint32{0x3fc00000})).Cast("f"))
	}},
	{"Casts to any format", `memoryview(b).cast("<h")`, "ValueError: memoryview: destination format must be a native single character format prefixed with an optional '@'", "[25185 25699 26213]", func() (any, error) {
		return list(matrix().Cast("<h"))
	}},
	{"Casts from several dimensions to several", `m.cast("B", [3, 2])`, "TypeError: memoryview: cast must be 1D -> ND or ND -> 1D", "[[97 98] [99 100] [101 102]]", func() (any, error) {
		return list(matrix().Cast("B", 3, 2))
	}},
	{"Casts of zero extents", `memoryview(b"").cast("B", [0, 3])`, "TypeError: memoryview: cannot cast view with zeros in shape or strides", "(0, 3)", func() (any, error) {
		v, err := must(memoryview.FromObject("")).Cast("B", 0, 3)
		return fmt.Sprintf("(%d, %d)", v.Shape()[0], v.Shape()[1]), err
	}},
	{"Slices after a dimension of pointers", `pil[:, 1]`, "TypeError: memoryview: invalid slice key", "[2 5]", func() (any, error) {
		return list(must(memoryview.FromObject(must(export.Rows([][]byte{{1, 2, 3}, {4, 5, 6}})))).Select(":, 1"))
	}},
	{"Length of a view without dimensions (a TypeError in CPython from 3.12)", `len(memoryview(point))`, "1", "buffer.ErrType", func() (any, error) {
		number := 1.5
		return must(memoryview.FromObject(&number)).Len()
	}},
	{"A bool as a number", `assign(memoryview(bytearray(1)), 0, True)`, "[1]", "buffer.ErrType", func() (any, error) {
		return nil, matrix().Set(true, 0, 0)
	}},
	{"Anything as a truth value", `assign(memoryview(bytearray(1)).cast("?"), 0, "x")`, "[True]", "buffer.ErrType", func() (any, error) {
		return nil, must(must(memoryview.FromObject([]byte{0})).Cast("?")).Set("x", 0)
	}},
	{"Slices by numbers outside (Select clamps, as Python does)", `memoryview(b)[4:99].tolist()`, "[101, 102]", "buffer.ErrBounds", func() (any, error) {
		return must(memoryview.FromObject([]byte("abcdef"))).Slice(4, 99, 1)
	}},
	{"A count before a code (one item of several numbers, as in NumPy)", `struct.unpack("B2B", b"abc")`, "(97, 98, 99)", "{97, [98, 99]}", func() (any, error) {
		return must(format.Parse("B2B")).Unpack([]byte("abc"))
	}},
	{"Writable bools", `memoryview(_testbuffer.ndarray([True], shape=[1], format="?", flags=_testbuffer.ND_WRITABLE)).readonly`, "False", "true", func() (any, error) {
		return must(memoryview.FromObject([]bool{true})).ReadOnly(), nil
	}},
	{"Negative addresses", `assign(memoryview(bytearray(8)).cast("P"), 0, -1)`, "[18446744073709551615]", "buffer.ErrValue", func() (any, error) {
		return nil, must(memoryview.FromObject([]uintptr{0})).Set(-1, 0)
	}},
	{"Text longer than its item", `struct.pack("2s", b"abc")`, "b'ab'", "buffer.ErrValue", func() (any, error) {
		return nil, must(format.Parse("2s")).Pack(make([]byte, 2), "abc")
	}},
	{"The size of a record's format (PyBuffer_SizeFromFormat)", `struct.calcsize("T{<i:x:<h:y:2x}")`, "error: bad char in struct format", "8", func() (any, error) {
		return buffer.SizeFromFormat("T{<i:x:<h:y:2x}")
	}},
	{"PyObject_CopyData between different formats", `pythonapi.PyObject_CopyData(bytearray(4), array.array("i", [1]))`, "0", "buffer.ErrValue", func() (any, error) {
		return nil, buffer.Copy(make([]byte, 4), []int32{1})
	}},
	{"PyMemoryView_FromMemory with a negative size", `len(pythonapi.PyMemoryView_FromMemory(b"abc", -1, 0x100))`, "SystemError: <built-in function len> returned NULL without setting an exception", "buffer.ErrValue", func() (any, error) {
		mem := []byte("abc")
		return memoryview.FromMemory(unsafe.Pointer(&mem[0]), -1, buffer.Read)
	}},
	{"PyMemoryView_FromMemory with another access", `pythonapi.PyMemoryView_FromMemory(b"abc", 3, 0x400).readonly`, "True", "buffer.ErrValue", func() (any, error) {
		mem := []byte("abc")
		return memoryview.FromMemory(unsafe.Pointer(&mem[0]), 3, 0x400)
	}},
	{"Writable memory whose items overlap", `_testbuffer.ndarray([1, 2, 3, 4], shape=[3], strides=[0], format="H", flags=_testbuffer.ND_WRITABLE).readonly`, "False", "buffer.ErrLayout", func() (any, error) {
		return export.Strided(make([]byte, 8), 0, buffer.Layout{ItemSize: 2, Format: "H", Shape: []int{3}, Strides: []int{0}}, false)
	}},
}

func list(v *memoryview.View, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v.ToList()
}

var variables = []struct {
	err  error
	name string
}{
	{buffer.ErrReleased, "buffer.ErrReleased"},
	{buffer.ErrExported, "buffer.ErrExported"},
	{buffer.ErrReadOnly, "buffer.ErrReadOnly"},
	{buffer.ErrNotContiguous, "buffer.ErrNotContiguous"},
	{buffer.ErrFormat, "buffer.ErrFormat"},
	{buffer.ErrBounds, "buffer.ErrBounds"},
	{buffer.ErrLayout, "buffer.ErrLayout"},
	{buffer.ErrType, "buffer.ErrType"},
	{buffer.ErrValue, "buffer.ErrValue"},
}

func outcome(value any, err error) string {
	for _, v := range variables {
		if errors.Is(err, v.err) {
			return v.name
		}
	}
	if err != nil {
		return err.Error()
	}
	if value == nil {
		return "nil"
	}
	return fmt.Sprint(value)
}

func TestDifferencesOurSide(t *testing.T) {
	for _, d := range differences {
		if got := outcome(d.run()); got != d.ours {
			t.Errorf("%s: %s, want %s", d.topic, got, d.ours)
		}
	}
}

// TestDifferencesCPythonSide asks CPython itself, where one is to be had.
func TestDifferencesCPythonSide(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python with its test modules")
	}
	script := pythonPrelude
	for _, d := range differences {
		script += fmt.Sprintf("try: print(repr(%s))\nexcept Exception as e: print(f'{type(e).__name__}: {e}')\n", d.python)
	}
	output, err := exec.Command(python, "-c", script).Output()
	if err != nil {
		t.Fatalf("%s: %v", python, err)
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	if len(lines) != len(differences) {
		t.Fatalf("%d answers to %d questions:\n%s", len(lines), len(differences), output)
	}
	for i, d := range differences {
		if lines[i] != d.cpython {
			t.Errorf("%s: CPython says %s, the table %s", d.topic, lines[i], d.cpython)
		}
	}
}

const differencesHead = `# Where this library goes another way than CPython

What CPython's memoryview does, this library does the same way; the corpus under internal/corpus holds it to that. This is
the list of what it does on purpose in another way: where CPython refuses, it goes on, and where C trusts, it checks. Tests
ask both sides of every row, so that the list stays true: CPython 3.11 is asked on the left, after
` + "```python" + pythonPrelude + "```" + `
and Go on the right, where matrix() is m, list calls ToList, and must passes on a value that came without an error.

| Topic | In Python | CPython | In Go | Here |
|---|---|---|---|---|
`

// TestDifferencesDocument holds DIFFERENCES.md to the rows above; go test -update writes it.
func TestDifferencesDocument(t *testing.T) {
	sources := goColumn(t)
	document := differencesHead
	for i, d := range differences {
		document += fmt.Sprintf("| %s | `%s` | %s | `%s` | `%s` |\n", d.topic, d.python, cell(d.cpython), sources[i], d.ours)
	}
	if *update {
		if err := os.WriteFile("DIFFERENCES.md", []byte(document), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile("DIFFERENCES.md")
	if err != nil || string(written) != document {
		t.Errorf("DIFFERENCES.md is not what the rows say (%v): go test -run Differences -update", err)
	}
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func onOneLine(code string) string {
	var lines []string
	for line := range strings.Lines(code) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.NewReplacer("{; ", "{ ", "; }", " }").Replace(strings.Join(lines, "; "))
}

// goColumn returns the text of each row's function, from this very file.
func goColumn(t *testing.T) (texts []string) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "differences_test.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if row, ok := n.(*ast.CompositeLit); ok && row.Type == nil && len(row.Elts) == 5 {
			if f, ok := row.Elts[4].(*ast.FuncLit); ok {
				var text bytes.Buffer
				if err := printer.Fprint(&text, files, f.Body.List); err != nil {
					t.Fatal(err)
				}
				texts = append(texts, onOneLine(strings.TrimPrefix(text.String(), "return ")))
			}
		}
		return true
	})
	if len(texts) != len(differences) {
		t.Fatalf("found %d functions for %d rows", len(texts), len(differences))
	}
	return texts
}
