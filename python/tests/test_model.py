"""Histories of random operations, each done to a builtin memoryview and to one of ours: the builtin one is the model."""

import array
import collections.abc
import copy
import ctypes
import itertools
import operator
import os
import pickle
import random
import unittest
import weakref
from typing import Any, Callable

import _testbuffer

import gomemoryview

BUILTIN = memoryview
OURS = gomemoryview.memoryview

HISTORIES = 30_000 if "MEMORYVIEW_SOAK" in os.environ else 1500
STEPS = 14


class Index:
    """An integer to those who ask, who are counted."""

    asked = 0

    def __init__(self, value: Any) -> None:
        self.value = value

    def __index__(self) -> Any:
        Index.asked += 1
        if isinstance(self.value, Exception):
            raise self.value
        return self.value

    def __float__(self) -> Any:
        Index.asked += 1
        return self.value


class Record(ctypes.Structure):
    """An item of a format that struct does not read."""

    _fields_ = [("a", ctypes.c_int32), ("b", ctypes.c_double)]


class Empty(ctypes.Structure):
    """An item without bytes, to which ctypes.resize gives some."""


def resized(made: Any, size: int) -> Any:
    """A ctypes object with more bytes than its items have."""
    ctypes.resize(made, size)
    return made


def exporter(rng: random.Random) -> "Callable[[], Any]":
    """A maker of like exporters."""
    content = bytes(rng.randrange(256) for _ in range(rng.choice([0, 1, 4, 8, 24, 32])))
    floats = [rng.choice([0.0, -0.0, 1.5, float("nan"), float("inf")]) for _ in range(4)]
    flags = rng.choice([0, _testbuffer.ND_WRITABLE, _testbuffer.ND_PIL, _testbuffer.ND_WRITABLE | _testbuffer.ND_FORTRAN])
    code = rng.choice("bBhHiIlLqQfd?c")
    shape = rng.choice([[], [1], [5], [2, 3], [3, 1, 2]])
    if not shape:
        flags &= _testbuffer.ND_WRITABLE
    items = [item(rng, code) for _ in range(max(1, eval("*".join(map(str, shape)) or "1")))]
    zeros = rng.choice([[0], [2, 0], [0, 3]])
    return rng.choice([
        lambda: bytes(content),
        lambda: bytearray(content),
        lambda: array.array("d", floats),
        lambda: array.array("h", range(-2, 4)),
        lambda: (ctypes.c_int * 3)(1, 2, 3),
        lambda: (ctypes.c_short * 2 * 3)(),
        lambda: (Record * 2)(),
        lambda: ctypes.c_double(2.5),
        lambda: resized(Empty(), 6),
        lambda: resized((ctypes.c_short * 3)(1, 2, 3), 8),
        lambda: _testbuffer.ndarray(items if shape else items[0], shape=shape, format=code, flags=flags),
        lambda: _testbuffer.ndarray(items, shape=[len(items)], format=code, flags=_testbuffer.ND_WRITABLE),
        lambda: _testbuffer.ndarray([1], shape=zeros, format="B", flags=_testbuffer.ND_WRITABLE),
        lambda: _testbuffer.ndarray([(1, 2.0)] * 3, shape=[3], format="<id", flags=_testbuffer.ND_WRITABLE),
    ])  # fmt: skip


def item(rng: random.Random, code: str) -> Any:
    """A value that a code takes."""
    if code == "c":
        return bytes([rng.randrange(256)])
    if code == "?":
        return rng.random() < 0.5
    return rng.choice([0.0, 1.5, -2.0]) if code in "fd" else rng.randrange(100)


VALUES: "list[Any]" = [
    0, 1, -1, 127, 128, 255, 256, 2**31, 2**63, 2**64, -(2**63), -(2**63) - 1, 2**70, True, 1.5, 1e300, float("nan"), None, "a", b"a", b"ab",
    b"", [1], 1j, bytearray(b"x"), Index(7), Index(ValueError("no")), Index(TypeError("no")), Index(KeyError("no")), Index("x"),
]  # fmt: skip
BOUNDS = [None, 0, 1, 2, -1, -2, 5, -7, 2**70, Index(1), Index(KeyError("no")), "x", 1.0]
FORMATS = ["B", "b", "c", "h", "@H", "i", "@I", "l", "L", "q", "Q", "n", "N", "f", "d", "?", "P", "e", "x", "<i", "@", "", "ii", "é", "B\0", "w", 3, None]
SHAPES: "list[Any]" = [
    [], [1], [2, 2], (4,), [2, 2, 2], [8, 1], [0], [-1], ["a"], [2**62, 4], [2**70], [1] * 64, [1] * 65, 3, None, "ab", [True, 4], [3, "x"], [0, "x"],
]  # fmt: skip
KEYS: "list[Any]" = [(), ..., None, "a", 1.5, (0,), (0, 0), (1, -1), (0, 0, 0), (0, "a"), (slice(1),), (slice(1), slice(1)), (slice(1), 0), (...,), 2**70]


def key(rng: random.Random) -> Any:
    """An index, a slice or something else."""
    chance = rng.random()
    if chance < 0.35:
        return rng.choice([0, 1, -1, 2, 4, -5, 7, True, Index(1), Index(TypeError("no"))])
    if chance < 0.75:
        return slice(*(rng.choice(BOUNDS[:7] if rng.random() < 0.9 else BOUNDS) for _ in range(3)))
    return rng.choice(KEYS)


def operations(rng: random.Random) -> "list[tuple[str, Callable[..., Any]]]":
    """What may be done next: functions of the type, a view, and another view of the same type."""
    at, to, value = key(rng), key(rng), rng.choice(VALUES)
    fmt, shape, flags = rng.choice(FORMATS), rng.choice(SHAPES), rng.choice([0, 1, 4, 8, 9, 0x18, 0x1C, 0x38, 0x58, 0x98, 0x118, 0x11C, 0x11D, 0x400])
    order = rng.choice(["C", "F", "A", None, "X", "", 3, "CC", "C\0"])
    group = [rng.choice([1, 2, -3, 0, 2**40, "x", 2.0, Index(2)])][: rng.randrange(2)]
    separator = rng.choice([":", b"-", "::", "", "é", 3, None, b"\xff", "\u20ac"])
    common: "list[tuple[str, Callable[..., Any]]]" = [
        (f"[{at}]", lambda T, v, w: v[at]),
        (f"[{at}]", lambda T, v, w: v[at]),
        (f"[{at}] = {value!r}", lambda T, v, w: operator.setitem(v, at, value)),
        (f"[{at}] = view[{to}]", lambda T, v, w: operator.setitem(v, at, w[to])),
        (f"[{at}] = self[{to}]", lambda T, v, w: operator.setitem(v, at, v[to])),
        (f"cast {fmt!r}", lambda T, v, w: v.cast(fmt)),
        (f"cast {fmt!r} {shape}", lambda T, v, w: v.cast(fmt, shape)),
        (f"tobytes {order!r}", lambda T, v, w: v.tobytes(order)),
        ("tolist", lambda T, v, w: v.tolist()),
        (f"hex {separator!r} {group}", lambda T, v, w: v.hex(separator, *group)),
        ("==", lambda T, v, w: compared(v, w)),
        ("== bytes", lambda T, v, w: [v == w.tobytes(), v == 3, v == "x"]),
        ("iter", lambda T, v, w: listed(v)),
        ("reversed", lambda T, v, w: list(reversed(v))),
        ("len", lambda T, v, w: [len(v), bool(v)]),
        ("toreadonly", lambda T, v, w: v.toreadonly()),
        (f"flags {flags:#x}", lambda T, v, w: requested(v, flags)),
        ("hash", lambda T, v, w: hash(v) == hash(v.tobytes())),
    ]
    rare: "list[tuple[str, Callable[..., Any]]]" = [
        (f"del [{at}]", lambda T, v, w: operator.delitem(v, at)),
        (f"in {value!r}", lambda T, v, w: repr(v).startswith("<released") or value in v),
        ("hex", lambda T, v, w: v.hex()),
        ("hex sep=", lambda T, v, w: v.hex(sep=separator)),
        ("hex three", lambda T, v, w: v.hex(":", 1, 2)),
        ("tobytes order=", lambda T, v, w: v.tobytes(order=order)),
        ("cast keywords", lambda T, v, w: v.cast(shape=shape, format=fmt)),
        ("cast nothing", lambda T, v, w: v.cast()),
        ("release", lambda T, v, w: v.release()),
        ("with", lambda T, v, w: v.__enter__() is v and v.__exit__(None, None, None)),
        ("pickle", lambda T, v, w: pickle.dumps(v)),
        ("copy", lambda T, v, w: copy.copy(v)),
        ("order", lambda T, v, w: v < w),
        ("call", lambda T, v, w: T()),
        ("call two", lambda T, v, w: T(v, w)),
        ("call keyword", lambda T, v, w: T(object=v)),
        (f"call {value!r}", lambda T, v, w: T(value)),
        ("attribute", lambda T, v, w: setattr(v, "format", "B")),
        ("new attribute", lambda T, v, w: setattr(v, "color", "B")),
        ("weak", lambda T, v, w: weakref.ref(v)() is v),
        ("io", lambda T, v, w: [bytes(v), bytearray(v), bytes().join([v])]),
        ("sequence", lambda T, v, w: [isinstance(v, collections.abc.Sequence), matched(v)]),
        ("again", lambda T, v, w: T(v)),
        ("obj", lambda T, v, w: type(v.obj).__name__),
        ("sizeof", lambda T, v, w: v.__sizeof__()),
        ("from flags", lambda T, v, w: T._from_flags(v.obj, flags)),
        ("deep copy", lambda T, v, w: copy.deepcopy(v)),
        ("not callable", lambda T, v, w: v()),
        ("sum", lambda T, v, w: v + w),
        ("del attribute", lambda T, v, w: delattr(v, "shape")),
        ("iterator", lambda T, v, w: listed(v) is None or type(iter(v))()),
        ("pickled iterator", lambda T, v, w: listed(v) is None or pickle.dumps(iter(v))),
        ("copied iterator", lambda T, v, w: listed(v) is None or copy.copy(iter(v))),
        ("iterated iterator", lambda T, v, w: listed(v) is None or list(iter(iter(v)))),
    ]
    name, args, words = rng.choice(METHODS), rng.choices(VALUES, k=rng.randrange(4)), rng.choice([{}, {}, {"sep": ":"}, {"x": 1}])
    rare += [
        (f"{name} {args} {words}", lambda T, v, w: getattr(v, name)(*args, **words)),
        (f"{name} of the type {args}", lambda T, v, w: getattr(T, name)(*args)),
    ] * 8
    return common + [rng.choice(rare)] * 3


# What is called with any arguments. The others tell of addresses, change the arguments, or give a builtin view on both sides.
METHODS = [
    name
    for name in dir(BUILTIN)
    if callable(getattr(BUILTIN, name))
    and name not in ("__buffer__", "__release_buffer__", "__class__", "__dir__", "__format__", "__init_subclass__", "__new__", "__repr__")
    and name not in ("__setattr__", "__delattr__", "__str__", "__subclasshook__", "__reduce__", "__getattribute__", "__getstate__", "__sizeof__", "__iter__", "__init__")
]


def listed(view: Any) -> Any:
    """The items one by one. Of a released view the builtin type gives a SystemError, or reads a format that is gone."""
    return None if repr(view).startswith("<released") else list(view)


def compared(view: Any, other: Any) -> Any:
    """Whether they are equal. Of items without bytes struct tells the builtin type that they are too short."""
    for side in (view, other):
        if not repr(side).startswith("<released") and side.itemsize == 0:
            return None
    return [view == other, view != other, view == view, other == view]


def requested(view: Any, flags: int) -> Any:
    """What a consumer with these flags is given."""
    got = _testbuffer.ndarray(view, getbuf=flags)
    return [got.readonly, got.ndim, got.format, got.shape, got.strides, got.suboffsets, got.nbytes, got.itemsize]


def matched(view: Any) -> Any:
    """A sequence pattern, which reads the type's flags."""
    match view:
        case [first, *_]:
            return plain(first)
        case []:
            return "empty"
    return "no sequence"


def plain(value: Any) -> Any:
    """A value that can be compared with that of the other side."""
    if isinstance(value, (BUILTIN, OURS)):
        return facts(value)
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return repr(value)


NAMES = ["nbytes", "itemsize", "format", "ndim", "readonly", "shape", "strides", "suboffsets", "c_contiguous", "f_contiguous", "contiguous"]


def facts(view: Any) -> Any:
    """All that a view says of itself."""
    try:
        return [*(getattr(view, name) for name in NAMES), view.tobytes(), repr(view).split(" at ")[0]]
    except ValueError as error:
        return [str(error), repr(view).split(" at ")[0]]


def outcome(run: Callable[[], Any]) -> "tuple[Any, Any]":
    """The result of an operation, and how it looks: what it gives or raises, and how often it asked for a number."""
    Index.asked = 0
    try:
        result = run()
    except Exception as error:
        return None, [Index.asked, type(error).__name__, str(error).replace("gomemoryview.", "")]
    return result, [Index.asked, plain(result)]


class Model(unittest.TestCase):
    """The two types side by side."""

    def test_histories(self) -> None:
        """Random histories."""
        for seed in range(HISTORIES):
            self.history(random.Random(seed), seed)

    def history(self, rng: random.Random, seed: int) -> None:
        """One history, of views that grow out of two exporters."""
        makers = [exporter(rng), exporter(rng)]
        sides = [(kind, [kind(make()) for make in makers]) for kind in (BUILTIN, OURS)]
        story = []
        for _ in range(STEPS):
            name, operation = rng.choice(operations(rng))
            which, other = rng.randrange(len(sides[0][1])), rng.randrange(len(sides[0][1]))
            story.append((name, which, other))
            answers = [outcome(lambda: operation(kind, views[which], views[other])) for kind, views in sides]
            self.assertEqual(answers[1][1], answers[0][1], f"seed {seed}: {story}")
            for (kind, views), (result, _) in zip(sides, answers):
                if isinstance(result, kind):
                    views.append(result)
            contents = [[facts(view) for view in views] for _, views in sides]
            self.assertEqual(contents[1], contents[0], f"seed {seed}: {story}")

    def test_between_the_types(self) -> None:
        """Views of either type compare, copy and wrap each other."""
        exporters = [b"abcd", bytearray(b"abcd"), array.array("i", [1, 2]), bytearray()]
        for left, right in itertools.product(exporters, exporters):
            expected = BUILTIN(left) == BUILTIN(right)
            self.assertEqual(OURS(left) == BUILTIN(right), expected)
            self.assertEqual(BUILTIN(left) == OURS(right), expected)
            self.assertEqual(OURS(BUILTIN(left)) == OURS(right), expected)
        view = BUILTIN(b"abc")
        self.assertIs(OURS(view).obj, view.obj)
        self.assertEqual(hash(OURS(view)), hash(b"abc"))

    def test_iterator_of_released(self) -> None:
        """An iterator notices the release."""
        view = OURS(b"ab")
        iterator = iter(view)
        self.assertEqual(next(iterator), 97)
        view.release()
        for use in (next, list):
            with self.assertRaisesRegex(ValueError, "released memoryview"):
                use(iterator)
        with self.assertRaisesRegex(ValueError, "released memoryview"):
            iter(view)

    def test_type(self) -> None:
        """The type has what the builtin one has, and no more."""
        self.assertEqual(sorted(set(dir(OURS)) ^ set(dir(BUILTIN))), ["__module__"] if "__module__" not in dir(BUILTIN) else [])
        self.assertEqual((OURS.__name__, OURS.__qualname__, OURS.__module__), ("memoryview", "memoryview", "gomemoryview"))
        for name in dir(BUILTIN):
            self.assertEqual(type(getattr(OURS, name)), type(getattr(BUILTIN, name)), name)
            self.assertEqual(bool(getattr(OURS, name).__doc__), True, name)
            ours, builtin = (getattr(getattr(kind, name), "__text_signature__", None) for kind in (OURS, BUILTIN))
            if builtin:
                self.assertTrue(ours, name)
        with self.assertRaises(TypeError):
            type("Sub", (OURS,), {})
        with self.assertRaises(TypeError):
            OURS.color = "red"


if __name__ == "__main__":
    unittest.main()
