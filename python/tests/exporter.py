"""Exporters that lend whatever they like, and whose getbuffer and releasebuffer run Python code, in every Python.

PEP 688 came with 3.12 only, and lets nothing through that memoryview refuses. So ctypes makes the type.
"""

import ctypes
import sys
from pathlib import Path
from typing import Any, Callable

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "internal" / "corpus"))

from generator.source import PyBuffer  # noqa: E402


class Slot(ctypes.Structure):
    """PyType_Slot."""

    _fields_ = [("slot", ctypes.c_int), ("function", ctypes.c_void_p)]


class Spec(ctypes.Structure):
    """PyType_Spec."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("basicsize", ctypes.c_int),
        ("itemsize", ctypes.c_int),
        ("flags", ctypes.c_uint),
        ("slots", ctypes.POINTER(Slot)),
    ]


BASETYPE, VERSION_TAG = 1 << 10, 1 << 18  # Py_TPFLAGS
GETBUFFER, RELEASEBUFFER = 1, 2  # Py_bf


@ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.POINTER(PyBuffer), ctypes.c_int)
def getbuffer(self: Any, view: Any, flags: int) -> int:
    """Py_bf_getbuffer."""
    self.lend(view[0])
    view[0].obj = id(self)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(self))
    return 0


@ctypes.PYFUNCTYPE(None, ctypes.py_object, ctypes.POINTER(PyBuffer))
def releasebuffer(self: Any, view: Any) -> None:
    """Py_bf_releasebuffer."""
    self.loans -= 1
    self.on_release()


def base() -> type:
    """The type that has these two."""
    slots = (Slot * 3)(
        Slot(GETBUFFER, ctypes.cast(getbuffer, ctypes.c_void_p)), Slot(RELEASEBUFFER, ctypes.cast(releasebuffer, ctypes.c_void_p))
    )
    spec = Spec(b"tests.Lender", object.__basicsize__, 0, VERSION_TAG | BASETYPE, slots)
    make = ctypes.pythonapi.PyType_FromSpec
    make.argtypes, make.restype = [ctypes.POINTER(Spec)], ctypes.py_object
    return make(spec)


Lender: Any = base()


def nothing() -> None:
    """Does nothing."""


class Exporter(Lender):
    """Lends its memory, described by the fields of a Py_buffer that are given, and calls what is to be called meanwhile."""

    def __init__(
        self,
        memory: bytes = bytes(64),
        on_get: Callable[[], Any] = nothing,
        on_release: Callable[[], Any] = nothing,
        shape: "list[int] | None" = None,
        strides: "list[int] | None" = None,
        suboffsets: "list[int] | None" = None,
        **fields: Any,
    ) -> None:
        self.memory = ctypes.create_string_buffer(memory, len(memory))
        self.on_get, self.on_release = on_get, on_release
        self.loans = 0
        arrays = {"shape": shape, "strides": strides, "suboffsets": suboffsets}
        self.arrays = {name: (ctypes.c_ssize_t * len(numbers))(*numbers) for name, numbers in arrays.items() if numbers is not None}
        self.fields = {"len": len(memory), "itemsize": 1, "ndim": 1, "format": b"B", **fields}

    def lend(self, view: PyBuffer) -> None:
        """Fills a Py_buffer."""
        self.loans += 1
        ctypes.memset(ctypes.byref(view), 0, ctypes.sizeof(view))
        view.buf = ctypes.addressof(self.memory)
        for name, numbers in self.arrays.items():
            setattr(view, name, ctypes.cast(numbers, ctypes.POINTER(ctypes.c_ssize_t)))
        for name, value in self.fields.items():
            setattr(view, name, value)
        self.on_get()
