"""DLPack: views in the hands of NumPy, and tensors of others as views."""

import ctypes
import gc
import threading
import unittest
from typing import Any, List, Optional, Tuple

import numpy as np

from gomemoryview import View, from_dlpack

NUMPY_HAS_VERSIONS = int(np.__version__.split(".")[0]) * 100 + int(np.__version__.split(".")[1]) >= 201


class DLTensor(ctypes.Structure):
    """As dlpack.h has it."""

    _fields_ = [
        ("data", ctypes.c_void_p), ("device", ctypes.c_int32), ("device_id", ctypes.c_int32), ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16), ("shape", ctypes.POINTER(ctypes.c_int64)), ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]  # fmt: skip


DELETER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
DESTRUCTOR = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Managed(ctypes.Structure):
    """DLManagedTensor."""

    _fields_ = [("tensor", DLTensor), ("context", ctypes.c_void_p), ("deleter", DELETER)]


class Versioned(ctypes.Structure):
    """DLManagedTensorVersioned."""

    _fields_ = [
        ("major", ctypes.c_uint32), ("minor", ctypes.c_uint32), ("context", ctypes.c_void_p), ("deleter", DELETER), ("flags", ctypes.c_uint64),
        ("tensor", DLTensor),
    ]  # fmt: skip


NAMES = {Managed: b"dltensor", Versioned: b"dltensor_versioned"}
new_capsule = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, DESTRUCTOR)(("PyCapsule_New", ctypes.pythonapi))
pointer_in = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(("PyCapsule_GetPointer", ctypes.pythonapi))
rename = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.c_char_p)(("PyCapsule_SetName", ctypes.pythonapi))


class Made:
    """A tensor that is written here, of the bytes 0, 1, 2, ...; it counts how often it is deleted."""

    def __init__(
        self, shape: Tuple[int, ...] = (2, 3), strides: Optional[Tuple[int, ...]] = None, dtype: Tuple[int, int, int] = (0, 8, 1), offset: int = 0,
        device: Tuple[int, int] = (1, 0), version: Optional[Tuple[int, int]] = (1, 0), flags: int = 0,
    ) -> None:  # fmt: skip
        self.deleted = 0
        self.memory = ctypes.create_string_buffer(bytes(range(64)), 64)
        self.numbers = [(ctypes.c_int64 * max(len(numbers), 1))(*numbers) for numbers in (shape, strides or ())]
        steps = self.numbers[1] if strides else None
        tensor = DLTensor(ctypes.addressof(self.memory), *device, len(shape), *dtype, self.numbers[0], steps, offset)
        self.delete = DELETER(self.count)
        self.destroy = DESTRUCTOR(self.count)  # for a capsule that nobody takes over
        self.block: Any = Versioned(*version, None, self.delete, flags, tensor) if version else Managed(tensor, None, self.delete)

    def count(self, block: object) -> None:
        """The deleter."""
        self.deleted += 1

    def __dlpack__(self, *, max_version: Any = None) -> Any:
        return new_capsule(ctypes.addressof(self.block), NAMES[type(self.block)], self.destroy)


class Old:
    """An array of a library that knows no versions."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def __dlpack__(self) -> Any:
        return self.array.__dlpack__()


def said(view: Any, kind: Any = Versioned, **how: Any) -> List[Any]:
    """What stands in a capsule of a view."""
    capsule = view.__dlpack__(**how)
    managed = kind.from_address(pointer_in(capsule, NAMES[kind]))
    tensor = managed.tensor
    head = [managed.major, managed.flags] if kind is Versioned else []
    dims = [tensor.shape[: tensor.ndim], tensor.strides[: tensor.ndim]]
    return [*head, (tensor.device, tensor.device_id), *dims, (tensor.code, tensor.bits, tensor.lanes), tensor.byte_offset]


ARRAYS = [
    np.arange(12.0), np.arange(12, dtype="i2").reshape(3, 4), np.arange(12, dtype="u8").reshape(3, 4)[:, ::2], np.arange(6, dtype="f4").reshape(2, 3).T,
    np.arange(6)[::-1], np.array([True, False]), np.arange(3) * 1j, np.arange(3, dtype="c8"), np.arange(3, dtype="e"), np.array(7), np.zeros((2, 0, 3)),
    np.broadcast_to(np.arange(3), (2, 3)),
]  # fmt: skip


class DLPack(unittest.TestCase):
    """Both ways."""

    def test_numpy_takes_views(self) -> None:
        """As it takes their buffers: the same memory."""
        for array in ARRAYS:
            view = View(array)
            with self.subTest(array=array):
                if view.readonly and not NUMPY_HAS_VERSIONS:
                    self.assertRaises(BufferError, np.from_dlpack, view)
                    continue
                same = np.from_dlpack(view)
                self.assertEqual((same.dtype, same.shape), (array.dtype, array.shape))
                self.assertTrue((same == array).all())
                self.assertTrue(array.size == 0 or same.__array_interface__["data"][0] == array.__array_interface__["data"][0])
                if NUMPY_HAS_VERSIONS:
                    self.assertEqual(same.flags.writeable, array.flags.writeable)
                    copied = np.from_dlpack(view, copy=True)
                    self.assertTrue((copied == array).all() and copied.flags.writeable)
                    self.assertFalse(np.shares_memory(copied, array))
                self.assertRaises(BufferError, view.release)
                same = copied = None
                view.release()

    def test_views_of_numpy(self) -> None:
        """The same memory as by a buffer."""
        for array in ARRAYS:
            with self.subTest(array=array):
                if not array.flags.writeable and not NUMPY_HAS_VERSIONS:
                    continue
                tensor, buffer = from_dlpack(array), View(array)
                self.assertEqual((tensor.shape, tensor.itemsize, tensor), (buffer.shape, buffer.itemsize, buffer))
                if array.size:
                    self.assertEqual(np.asarray(tensor).__array_interface__["data"][0], array.__array_interface__["data"][0])
                self.assertEqual(tensor.readonly, not (NUMPY_HAS_VERSIONS and array.flags.writeable))
                if not tensor.readonly and array.size:
                    tensor[(0,) * array.ndim] = 1
                    self.assertEqual(array[(0,) * array.ndim], 1)
        old = from_dlpack(Old(np.arange(3)))
        self.assertEqual((old.readonly, old.tolist()), (True, [0, 1, 2]))

    def test_views_of_views(self) -> None:
        """There and back, of what has no other name than a format's own."""
        for format in "[bfloat16]", "[float8_e4m3fn]", "[float8_e5m2]", "[float8_e4m3fnuz]", "[float8_e5m2fnuz]", "[float8_e8m0fnu]", "?", "Zd":
            view = View(bytearray(range(64))).cast(format)[::2]
            same = from_dlpack(view)
            self.assertEqual((same.format, same.strides, same.tobytes()), (format, view.strides, view.tobytes()))
            self.assertFalse(same.readonly)

    def test_structures_that_are_read(self) -> None:
        """Of every sort; what cannot be read is refused, and deleted all the same."""
        for how, format, items in [
            ({}, "b", [[0, 1, 2], [3, 4, 5]]),
            ({"version": None}, "b", [[0, 1, 2], [3, 4, 5]]),
            ({"strides": (1, 2)}, "b", [[0, 2, 4], [1, 3, 5]]),
            ({"strides": (-3, 1), "offset": 3}, "b", [[3, 4, 5], [0, 1, 2]]),
            ({"offset": 7}, "b", [[7, 8, 9], [10, 11, 12]]),
            ({"shape": (), "dtype": (1, 8, 1), "offset": 9}, "B", 9),
            ({"shape": (2,), "dtype": (1, 8, 3)}, "(3)B", [[0, 1, 2], [3, 4, 5]]),
            ({"shape": (0, 3)}, "b", []),
            ({"device": (3, 0)}, "b", [[0, 1, 2], [3, 4, 5]]),
            ({"version": (1, 9)}, "b", [[0, 1, 2], [3, 4, 5]]),
            ({"version": (2, 0)}, "DLPack 2.0", None),
            ({"device": (2, 1)}, "CUDA 1", None),
            ({"device": (99, 0)}, "unknown type 99", None),
            ({"dtype": (17, 4, 1)}, "float4_e2m1fn", None),
            ({"dtype": (0, 12, 1)}, "int of 12 bits", None),
            ({"dtype": (0, 8, 0)}, "0 lanes", None),
            ({"shape": (-1, 2)}, "extent -1", None),
            ({"shape": (2**62, 2**62)}, "address space", None),
            ({"dtype": (0, 64, 1), "strides": (2**62, 1)}, "address space", None),
            ({"offset": 2**64 - 1}, "items of shape", None),
        ]:  # type: Any, str, Any
            with self.subTest(how=how):
                made = Made(**how)
                if items is None:
                    self.assertRaisesRegex(BufferError, format, from_dlpack, made)
                else:
                    view = from_dlpack(made)
                    self.assertEqual((view.format, view.tolist(), view.readonly, made.deleted), (format, items, made.block.__class__ is Managed, 0))
                    view.release()
                self.assertEqual(made.deleted, 1)

    def test_deleted_once(self) -> None:
        """When the last view goes, whichever it is."""
        made = Made(flags=1)
        view = from_dlpack(made)
        part = view[1:]
        self.assertTrue(view.readonly)
        view.release()
        del view
        gc.collect()
        self.assertEqual((made.deleted, part.tolist()), (0, [[3, 4, 5]]))
        del part
        self.assertEqual(made.deleted, 1)

    def test_structures_that_are_written(self) -> None:
        """By their fields."""
        view = View(bytearray(12)).cast("H", (2, 3))[:, ::2]
        fields: List[Any] = [(1, 0), [2, 2], [3, 2], (1, 16, 1), 0]
        self.assertEqual(said(view, max_version=(1, 0)), [1, 0, *fields])
        self.assertEqual(said(view, max_version=(7, 3), dl_device=(1, 0), copy=False), [1, 0, *fields])
        self.assertEqual(said(view.toreadonly(), max_version=(1, 0)), [1, 1, *fields])
        self.assertEqual(said(view, max_version=(1, 0), copy=True), [1, 2, (1, 0), [2, 2], [2, 1], (1, 16, 1), 0])
        self.assertEqual(said(view, Managed), fields)
        self.assertEqual(said(view, Managed, max_version=(0, 8)), fields)
        self.assertEqual(said(view.toreadonly(), Managed, copy=True)[1], [2, 2])
        view.release()  # what nobody took over was given back

    def test_refusals(self) -> None:
        """A BufferError says why."""
        view = View(bytearray(12)).cast("H", (2, 3))
        for why, other, how in [
            ("max_version", view.toreadonly(), {}),
            ("streams", view, {"stream": 1}),
            (r"device \(2, 0\)", view, {"dl_device": (2, 0)}),
            ("T{B:a:B:b:}", view.cast("T{B:a:B:b:}"), {}),
            (">H", view.cast(">H"), {}),
            ("multiple of the item size", view.cast("B").cast("H", 2, strides=[3]), {}),
        ]:  # type: str, Any, Any
            with self.subTest(why):
                self.assertRaisesRegex(BufferError, why, other.__dlpack__, **how)
                other.release()
        released = View(b"")
        released.release()
        self.assertRaises(ValueError, released.__dlpack__)
        self.assertRaises(TypeError, from_dlpack, b"abc")
        capsule = View(bytearray(3)).__dlpack__()
        address, used = pointer_in(capsule, b"dltensor"), b"used_dltensor"
        rename(capsule, used)

        class Used:
            """It gives a capsule that somebody else has."""

            def __dlpack__(self, **how: Any) -> Any:
                return capsule

        self.assertRaises(ValueError, from_dlpack, Used())
        self.delete(Managed, address)

    def delete(self, kind: Any, address: int) -> None:
        """As the last consumer does it: on another thread, without the GIL."""
        deleter = DELETER(ctypes.cast(kind.from_address(address).deleter, ctypes.c_void_p).value)
        thread = threading.Thread(target=deleter, args=(address,))
        thread.start()
        thread.join()

    def test_deleter(self) -> None:
        """It gives the loan back, and the capsule does not do so again."""
        for kind, version in (Managed, None), (Versioned, (1, 0)):  # type: Any, Any
            view = View(bytearray(3))
            capsule = view.__dlpack__(max_version=version)
            address, name = pointer_in(capsule, NAMES[kind]), b"used_" + NAMES[kind]
            rename(capsule, name)
            del capsule
            self.assertRaises(BufferError, view.release)
            self.delete(kind, address)
            view.release()


if __name__ == "__main__":
    unittest.main()
