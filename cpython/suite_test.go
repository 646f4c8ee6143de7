package cpython_test

import (
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
	"github.com/go-memoryview/memoryview/cpython"
)

// resizable is a bytearray, which Python resizes where nobody has a loan of it.
type resizable struct{ *cpython.Object }

func (r resizable) Len() int { return must(cpython.As[int](r.CallMethod("__len__"))) }

func (r resizable) Resize(n int) error {
	size := r.Len()
	var err error
	if n > size {
		_, err = r.CallMethod("extend", make([]byte, n-size))
	}
	for range size - n {
		if err == nil {
			_, err = r.CallMethod("pop")
		}
	}
	if err != nil {
		return exported{err}
	}
	return nil
}

// exported is Python's BufferError of an object that is lent.
type exported struct{ error }

func (exported) Is(kind error) bool { return kind == buffer.ErrExported }

// TestExporterSuite puts what Python lends through the suite for exporters.
func TestExporterSuite(t *testing.T) {
	define(t)
	execute(t, `
import array, ctypes, mmap, _testbuffer
class Point(ctypes.LittleEndianStructure):
    _fields_ = [("x", ctypes.c_int32), ("y", ctypes.c_int16)]
def nd(*args, **flags):
    return _testbuffer.ndarray(*args, **flags)
`)
	dropped := func(expression string) *cpython.Object { return must(python.Eval(expression)) } // the collector releases it
	of := func(expression string) func() buffer.Exporter {
		return func() buffer.Exporter { return dropped(expression) }
	}
	for name, makes := range map[string]func() buffer.Exporter{
		"bytes":                      of("b'some bytes'"),
		"no bytes":                   of("b''"),
		"bytearray":                  func() buffer.Exporter { return resizable{dropped("bytearray(b'hello')")} },
		"array.array":                of("array.array('d', [1, 2, 3])"),
		"memoryview":                 of("memoryview(bytearray(b'abcdef'))[::-2]"),
		"memoryview that is cast":    of("memoryview(bytearray(12)).cast('i').cast('B').cast('H', (2, 3))"),
		"mmap":                       of("mmap.mmap(-1, 64)"),
		"ctypes array":               of("(ctypes.c_int32 * 3 * 2)()"),
		"ctypes struct":              of("Point(1, 2)"),
		"ctypes number":              of("ctypes.c_double(1.5)"),
		"NumPy":                      of("np.arange(12.)"),
		"NumPy, two dimensions":      of("np.arange(12, dtype='>i2').reshape(3, 4)"),
		"NumPy, every second column": of("np.arange(12).reshape(3, 4)[:, ::-2]"),
		"NumPy, Fortran order":       of("np.arange(6., dtype='f4').reshape(2, 3).T"),
		"NumPy, read-only":           of("frozen(some('c16', 3))"),
		"NumPy, broadcast":           of("np.broadcast_to(np.arange(3), (2, 3))"),
		"NumPy, records":             of("np.zeros(3, [('a', '<i2'), ('b', '>f8', (2,)), ('c', 'S3')])"),
		"NumPy, one number":          of("np.array(7)"),
		"NumPy, no items":            of("np.zeros((2, 0, 3))"),
		"NumPy, bools":               of("np.array([True, False])"),
		"suboffsets":                 of("nd(list(range(6)), shape=[2, 3], format='h', flags=_testbuffer.ND_PIL)"),
		"of Go, by way of Python":    func() buffer.Exporter { return must(cpython.Lend([]int32{1, 2, 3})) },
		"view of NumPy": func() buffer.Exporter {
			return must(must(memoryview.FromObject(dropped("np.arange(12).reshape(3, 4)"))).Select("1:, ::2"))
		},
	} {
		t.Run(name, func(t *testing.T) { buffertest.Test(t, makes) })
	}
}
