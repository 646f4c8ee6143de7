package cpython_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
	"github.com/go-memoryview/memoryview/cpython"
)

// tensors are objects without buffers: NumPy's arrays behind DLPack alone, and tensors whose structures are written here by ctypes, as
// dlpack.h has them, which count how often they are deleted.
const tensors = `
import ctypes, gc, threading
class Tensor:
    def __init__(self, array): self.array = array
    def __dlpack__(self, **how): return self.array.__dlpack__(**how)
    def __dlpack_device__(self): return self.array.__dlpack_device__()
class Old(Tensor):
    def __dlpack__(self): return self.array.__dlpack__()
class DLTensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("device", ctypes.c_int32), ("device_id", ctypes.c_int32), ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16), ("shape", ctypes.POINTER(ctypes.c_int64)), ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64)]
Deleter = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
class Managed(ctypes.Structure):
    _fields_ = [("tensor", DLTensor), ("context", ctypes.c_void_p), ("deleter", Deleter)]
class Versioned(ctypes.Structure):
    _fields_ = [("major", ctypes.c_uint32), ("minor", ctypes.c_uint32), ("context", ctypes.c_void_p), ("deleter", Deleter), ("flags", ctypes.c_uint64),
        ("tensor", DLTensor)]
Destructor = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
api = ctypes.pythonapi
api.PyCapsule_New.restype = ctypes.py_object
api.PyCapsule_New.argtypes = ctypes.c_void_p, ctypes.c_char_p, Destructor
api.PyCapsule_IsValid.argtypes = ctypes.c_void_p, ctypes.c_char_p
api.PyCapsule_GetPointer.restype = ctypes.c_void_p
api.PyCapsule_GetPointer.argtypes = ctypes.py_object, ctypes.c_char_p
@Destructor
def destroy(capsule):
    for kind, name in (Managed, b"dltensor"), (Versioned, b"dltensor_versioned"):
        if api.PyCapsule_IsValid(capsule, name):
            made = Made.all[ctypes.pythonapi_pointer(capsule, name)]
            made.delete(None)
ctypes.pythonapi_pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)(("PyCapsule_GetPointer", api))
class Made:
    all = {}
    def __init__(self, data=bytes(range(64)), shape=(2, 3), strides=None, dtype=(0, 8, 1), offset=0, device=(1, 0), version=(1, 0), flags=0, says=None):
        self.asked, self.deleted, self.says = 0, 0, says or device
        self.memory = ctypes.create_string_buffer(data, len(data))
        numbers = lambda n: (ctypes.c_int64 * max(len(n), 1))(*n)
        self.numbers = numbers(shape), strides and numbers(strides)
        tensor = DLTensor(ctypes.addressof(self.memory), *device, len(shape), *dtype, self.numbers[0], self.numbers[1] or None, offset)
        self.delete = Deleter(self.count)
        self.block = Versioned(*version, None, self.delete, flags, tensor) if version else Managed(tensor, None, self.delete)
        Made.all[ctypes.addressof(self.block)] = self
    def count(self, block): self.deleted += 1
    def __dlpack_device__(self): return self.says
    def __dlpack__(self, *, max_version=None):
        self.asked += 1
        name = b"dltensor_versioned" if isinstance(self.block, Versioned) else b"dltensor"
        return api.PyCapsule_New(ctypes.addressof(self.block), name, destroy)
`

func withTensors(t *testing.T) {
	t.Helper()
	define(t)
	execute(t, tensors)
}

// TestTensors: what DLPack says of NumPy's arrays is what their buffers say.
func TestTensors(t *testing.T) {
	withTensors(t)
	for _, expression := range []string{
		"np.arange(12.)", "np.arange(12, dtype='i2').reshape(3, 4)", "np.arange(12, dtype='u8').reshape(3, 4)[:, ::2]",
		"np.arange(6, dtype='f4').reshape(2, 3).T", "np.arange(6)[::-1]", "np.array([True, False])", "np.arange(3) * 1j",
		"np.arange(3, dtype='c8')", "np.arange(3, dtype='e')", "np.array(7)", "np.zeros((2, 0, 3))", "frozen(np.arange(3))",
		"np.broadcast_to(np.arange(3), (2, 3))",
	} {
		set(t, "a", object(t, expression))
		want := must(memoryview.FromObject(object(t, "a")))
		got := must(memoryview.FromObject(object(t, "Tensor(a)")))
		same, err := got.Equal(want)
		if !same || err != nil || got.ReadOnly() != want.ReadOnly() || fmt.Sprint(got.Shape()) != fmt.Sprint(want.Shape()) {
			t.Errorf("%s: %v %q %v, want %v %q %v (%v)", expression, got.Shape(), got.Format(), got.ReadOnly(), want.Shape(), want.Format(), want.ReadOnly(), err)
		}
		if want.NBytes() > 0 && !want.ReadOnly() {
			first := make([]int, want.NDim())
			a, b := must(want.Buffer().Pointer(first...)), must(got.Buffer().Pointer(first...))
			if a != b {
				t.Errorf("%s: the memory is another", expression)
			}
			old := must(memoryview.FromObject(object(t, "Old(a)")))
			if !old.ReadOnly() || must(old.Buffer().Pointer(first...)) != a {
				t.Errorf("%s: an old tensor is read-only: %v", expression, old.ReadOnly())
			}
			_ = old.Release()
		}
		if err := errors.Join(got.Release(), want.Release()); err != nil {
			t.Error(err)
		}
	}
	if got := must(cpython.As[[][]float64](python.Eval("Tensor(np.eye(2))"))); fmt.Sprint(got) != "[[1 0] [0 1]]" {
		t.Errorf("as a slice it is %v", got)
	}
}

func TestTensorSuite(t *testing.T) {
	withTensors(t)
	for _, expression := range []string{"Tensor(np.arange(12.).reshape(3, 4)[:, ::2])", "Old(np.arange(3))", "Made()"} {
		t.Run(expression, func(t *testing.T) {
			buffertest.Test(t, func() buffer.Exporter { return must(python.Eval(expression)) })
		})
	}
}

// TestTensorsAsWritten reads structures of every sort: the values stand in the bytes 0, 1, 2, ...
func TestTensorsAsWritten(t *testing.T) {
	withTensors(t)
	for arguments, want := range map[string]string{
		"":                                    `"b" [[0 1 2] [3 4 5]]`,
		"version=None":                        `"b" [[0 1 2] [3 4 5]]`,
		"strides=(1, 2)":                      `"b" [[0 2 4] [1 3 5]]`,
		"strides=(-3, 1), offset=3":           `"b" [[3 4 5] [0 1 2]]`,
		"offset=7":                            `"b" [[7 8 9] [10 11 12]]`,
		"shape=(), dtype=(1, 16, 1)":          `"H" 256`,
		"shape=(2,), dtype=(1, 8, 3)":         `"(3)B" [[0 1 2] [3 4 5]]`,
		"shape=(1,), dtype=(4, 16, 1)":        `"[bfloat16]" [2.3509887e-38]`,
		"shape=(3,), dtype=(6, 8, 1)":         `"?" [false true true]`,
		"shape=(2,), dtype=(10, 8, 1)":        `"[float8_e4m3fn]" [0 0.001953125]`,
		"shape=(2,), dtype=(12, 8, 1)":        `"[float8_e5m2]" [0 1.5258789e-05]`,
		"shape=(2,), dtype=(14, 8, 1)":        `"[float8_e8m0fnu]" [5.877472e-39 1.1754944e-38]`,
		"shape=(0, 3)":                        `"b" []`,
		"device=(3, 0)":                       `"b" [[0 1 2] [3 4 5]]`,
		"version=(1, 9)":                      `"b" [[0 1 2] [3 4 5]]`,
		"version=(2, 0)":                      `DLPack 2.0`,
		"device=(2, 1)":                       `CUDA 1`,
		"device=(2, 1), says=(1, 0)":          `CUDA 1`,
		"device=(99, 0)":                      `unknown type 99`,
		"dtype=(17, 4, 1)":                    `float4_e2m1fn of 4 bits`,
		"dtype=(0, 12, 1)":                    `int of 12 bits`,
		"dtype=(3, 64, 1)":                    `opaque handle`,
		"dtype=(0, 8, 0)":                     `0 lanes`,
		"dtype=(200, 8, 1)":                   `unknown code 200`,
		"shape=(-1, 2)":                       `extent -1`,
		"shape=(2**62, 2**62)":                `larger than the address space`,
		"dtype=(0, 64, 1), strides=(2**62,1)": `beyond the address space`,
		"offset=2**64 - 1":                    `items of shape`,
	} {
		set(t, "made", object(t, "Made("+arguments+")"))
		v, err := memoryview.FromObject(object(t, "made"))
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprintf("%q %v", v.Format(), must(v.ToList()))
			_ = v.Release()
		} else if !errors.Is(err, buffer.ErrType) && !errors.Is(err, buffer.ErrLayout) {
			t.Errorf("%s: %v", arguments, err)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", arguments, got, want)
		}
		if asked, deleted := eval[int](t, "[gc.collect(), made.asked][1]"), eval[int](t, "made.deleted"); deleted != asked || err == nil && asked != 1 {
			t.Errorf("%s: asked for %d times, deleted %d times", arguments, asked, deleted)
		}
	}
}

// TestTensorIsDeletedOnce: for each capsule there is one call of the deleter, when the last view is released.
func TestTensorIsDeletedOnce(t *testing.T) {
	withTensors(t)
	for _, version := range []string{"(1, 0)", "None"} {
		set(t, "made", object(t, "Made(version="+version+", flags=1)"))
		loan := must(object(t, "made").GetBuffer(buffer.FullRO))
		v := must(memoryview.FromBuffer(loan))
		if err := loan.Release(); err != nil {
			t.Fatal(err)
		}
		if n := eval[int](t, "made.deleted"); n != 0 || !v.ReadOnly() {
			t.Errorf("version %s: deleted %d times while it is in use; read-only: %v", version, n, v.ReadOnly())
		}
		if err := v.Release(); err != nil {
			t.Fatal(err)
		}
		if n := eval[int](t, "made.deleted"); n != 1 {
			t.Errorf("version %s: deleted %d times", version, n)
		}
	}
}

// TestLentTensors: NumPy takes Go memory by DLPack as it takes it by a buffer.
func TestLentTensors(t *testing.T) {
	withTensors(t)
	for _, expression := range []string{
		"np.arange(12.)", "np.arange(12, dtype='i2').reshape(3, 4)[:, ::2]", "np.arange(6, dtype='f4').reshape(2, 3).T", "np.arange(6)[::-1]",
		"np.array([True, False])", "np.arange(3) * 1j", "np.array(7)", "np.zeros((2, 0, 3))", "frozen(np.arange(3))",
	} {
		v := inGo(t, must(memoryview.FromObject(object(t, expression))))
		set(t, "a", object(t, expression))
		set(t, "g", v)
		execute(t, `
b = np.from_dlpack(g)
assert b.dtype == a.dtype and b.shape == a.shape and (b == a).all(), (a, b)
assert b.flags.writeable == a.flags.writeable
assert a.size == 0 or b.__array_interface__["data"][0] == np.asarray(g).__array_interface__["data"][0]
assert g.__dlpack_device__() == (1, 0)
copied = np.from_dlpack(g, copy=True)
assert copied.flags.writeable and (copied == a).all() and (a.size == 0 or not np.shares_memory(copied, np.asarray(g)))
same = np.from_dlpack(g, device="cpu", copy=False)
assert a.size == 0 or a.ndim == 0 or np.shares_memory(same, b)
del g
`)
		if err := v.Release(); !errors.Is(err, buffer.ErrExported) {
			t.Errorf("%s: release while NumPy has it: %v", expression, err)
		}
		execute(t, "del b, copied, same")
		if err := v.Release(); err != nil {
			t.Errorf("%s: release afterwards: %v", expression, err)
		}
	}
}

// TestLentTensorsAsWritten reads the structures by ctypes.
func TestLentTensorsAsWritten(t *testing.T) {
	withTensors(t)
	v := must(memoryview.FromObject([]uint16{1, 2, 3, 4, 5, 6}))
	grid := must(must(v.CastShape("H", []int{2, 3})).Select(":, ::2"))
	set(t, "g", grid)
	set(t, "frozen_g", must(grid.ToReadOnly()))
	set(t, "records", must(must(v.Cast("B")).Cast("T{B:a:B:b:}")))
	execute(t, `
def fields(of, kind=Versioned, **how):
    capsule = of.__dlpack__(**how)
    x = kind.from_address(api.PyCapsule_GetPointer(capsule, b"dltensor_versioned" if kind is Versioned else b"dltensor"))
    t = x.tensor
    head = (x.major, x.minor >= 0, x.flags) if kind is Versioned else ()
    return *head, (t.device, t.device_id), t.shape[:t.ndim], t.strides[:t.ndim], (t.code, t.bits, t.lanes), t.byte_offset
want = (1, 0), [2, 2], [3, 2], (1, 16, 1), 0
assert fields(g, max_version=(1, 0)) == (1, True, 0, *want), fields(g, max_version=(1, 0))
assert fields(g, max_version=(2, 5)) == (1, True, 0, *want)
assert fields(frozen_g, max_version=(1, 0)) == (1, True, 1, *want)
assert fields(g, max_version=(1, 0), copy=True) == (1, True, 2, (1, 0), [2, 2], [2, 1], (1, 16, 1), 0)
assert fields(frozen_g, max_version=(1, 0), copy=True)[2] == 2
assert fields(g, Managed) == want and fields(g, Managed, max_version=(0, 8)) == want
def refused(of, says, **how):
    try: of.__dlpack__(**how)
    except BufferError as error: assert says in str(error), error
    else: raise AssertionError(how)
refused(frozen_g, "max_version")
refused(g, "streams", stream=1)
refused(g, "(2, 0)", dl_device=(2, 0))
refused(records, "T{B:a:B:b:}", max_version=(1, 0))
g.__dlpack__(dl_device=(1, 0), copy=False)
`)
	execute(t, "del g, frozen_g, records; gc.collect()")
	if err := grid.Release(); err != nil { // what nobody took over was given back
		t.Error(err)
	}
}

// TestDeletersOfLentTensors: whoever takes a capsule over calls its deleter once, from any thread, with the GIL or without.
func TestDeletersOfLentTensors(t *testing.T) {
	withTensors(t)
	for _, kind := range []string{"Versioned", "Managed"} {
		v := must(memoryview.FromObject([]int32{1, 2, 3}))
		set(t, "g", v)
		execute(t, `
name = b"dltensor_versioned" if `+kind+` is Versioned else b"dltensor"
capsule = g.__dlpack__(max_version=(1, 0) if `+kind+` is Versioned else None)
address = api.PyCapsule_GetPointer(capsule, name)
used = ctypes.create_string_buffer(b"used_" + name)
assert api.PyCapsule_SetName(ctypes.py_object(capsule), used) == 0
del capsule, g
`)
		if err := v.Release(); !errors.Is(err, buffer.ErrExported) {
			t.Errorf("%s: release while the tensor is there: %v", kind, err)
		}
		execute(t, `
block = `+kind+`.from_address(address)
delete = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(ctypes.cast(block.deleter, ctypes.c_void_p).value) # without the GIL
thread = threading.Thread(target=delete, args=(address,))
thread.start()
thread.join()
`)
		if err := v.Release(); err != nil {
			t.Errorf("%s: release afterwards: %v", kind, err)
		}
	}
}
