"""Sources: a memory, a layout over it, and the memoryview that CPython makes of them."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

FULL_RO = 0x11C
POINTER = ctypes.sizeof(ctypes.c_void_p)


@dataclass(frozen=True)
class Source:
    """What a case's exporter lends. The README says what each field is and what its JSON looks like."""

    memory: int | bytes
    format: str
    shape: tuple[int, ...]
    strides: tuple[int, ...] | None = None
    offset: int = 0
    readonly: bool = False
    suboffsets: tuple[int, ...] | None = None
    tables: tuple[tuple[int, ...], ...] = ()
    size: int = 0

    @property
    def itemsize(self) -> int:
        """Bytes of an item."""
        return self.size or struct.calcsize(self.format)

    @property
    def items(self) -> int:
        """How many items the shape holds."""
        return prod(self.shape)

    def content(self) -> bytes:
        """The memory's bytes."""
        return rule(self.memory) if isinstance(self.memory, int) else self.memory

    def json(self) -> list[Any]:
        """The source as a case holds it: its fields in order, without those at the end that say nothing."""
        memory = self.memory if isinstance(self.memory, int) else self.memory.hex()
        fields = [memory, self.format, self.itemsize, self.shape, self.strides, self.offset, int(self.readonly)]
        fields += [self.suboffsets, self.tables]
        while not fields[-1] and len(fields) > 4:
            fields.pop()
        return fields


def reach(shape: tuple[int, ...], strides: Sequence[int], itemsize: int) -> tuple[int, int]:
    """How far below and above item 0's first byte the items go."""
    if 0 in shape:
        return 0, 0
    spans = [(extent - 1) * stride for extent, stride in zip(shape, strides)]
    return -sum(span for span in spans if span < 0), sum(span for span in spans if span > 0) + itemsize


def packed(shape: tuple[int, ...], step: int, axes: Sequence[int]) -> list[int]:
    """Strides that lay the axes from the first, slowest one to the last without gaps."""
    strides = [0] * len(shape)
    for axis in reversed(axes):
        strides[axis] = step
        step *= max(1, shape[axis])
    return strides


def inside(source: Source, size: int) -> bool:
    """Whether every item lies in a memory of that size."""
    strides = source.strides
    if strides is None:
        strides = packed(source.shape, source.itemsize, range(len(source.shape)))
    below, above = reach(source.shape, strides, source.itemsize)
    return below <= source.offset <= size - above


def rule(size: int) -> bytes:
    """The memory of that many bytes that a case names by its size alone."""
    return bytes((i * 7 + 13) % 256 for i in range(size))


class PyBuffer(ctypes.Structure):
    """CPython's Py_buffer."""

    _fields_ = [
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.POINTER(ctypes.c_ssize_t)),
        ("strides", ctypes.POINTER(ctypes.c_ssize_t)),
        ("suboffsets", ctypes.POINTER(ctypes.c_ssize_t)),
        ("internal", ctypes.c_void_p),
    ]


_from_buffer = ctypes.pythonapi.PyMemoryView_FromBuffer
_from_buffer.argtypes = [ctypes.POINTER(PyBuffer)]
_from_buffer.restype = ctypes.py_object
_get_buffer = ctypes.pythonapi.PyObject_GetBuffer
_get_buffer.argtypes = [ctypes.py_object, ctypes.POINTER(PyBuffer), ctypes.c_int]
_release = ctypes.pythonapi.PyBuffer_Release
_release.argtypes = [ctypes.POINTER(PyBuffer)]

_formats: dict[str, bytes] = {}  # a view keeps the pointer to its format: the bytes must stay


def address(view: memoryview) -> int:
    """Where a view's item 0 lies."""
    info = PyBuffer()
    _get_buffer(view, info, FULL_RO)
    start = info.buf or 0
    _release(info)
    return start


class Loan:
    """A source made real: its memory and a memoryview over it, by PyMemoryView_FromBuffer.

    The view does not keep the memory: the loan must outlive it.
    """

    def __init__(self, source: Source) -> None:
        content = source.content()
        assert source.tables or inside(source, len(content)), source
        self.memory = (ctypes.c_ubyte * len(content)).from_buffer_copy(content)
        self.tables = _pointers(source.tables, ctypes.addressof(self.memory))
        self.start = ctypes.addressof(self.tables[0] if self.tables else self.memory)
        self.view = self._view(source)

    def _view(self, source: Source) -> memoryview:
        ndim = len(source.shape)
        extents = ctypes.c_ssize_t * ndim
        info = PyBuffer(
            buf=self.start + source.offset,
            len=source.items * source.itemsize,
            itemsize=source.itemsize,
            readonly=source.readonly,
            ndim=ndim,
            format=_formats.setdefault(source.format, source.format.encode()),
        )
        if ndim:
            info.shape = extents(*source.shape)
            info.strides = extents(*source.strides) if source.strides is not None else None
            info.suboffsets = extents(*source.suboffsets) if source.suboffsets is not None else None
        return _from_buffer(info)

    def content(self) -> bytes:
        """The memory's bytes as they are now."""
        return bytes(self.memory)

    def offset(self, view: memoryview) -> int:
        """Bytes from the start (of the memory, or of the first table) to a view's item 0."""
        return address(view) - self.start


def _pointers(tables: tuple[tuple[int, ...], ...], memory: int) -> list[ctypes.Array]:
    """Pointer tables, each pointing into the one after it, the last one into the memory."""
    made: list[ctypes.Array] = []
    target, step = memory, 1
    for table in reversed(tables):
        pointers = (ctypes.c_void_p * len(table))(*(target + entry * step for entry in table))
        made.insert(0, pointers)
        target, step = ctypes.addressof(pointers), POINTER
    return made
