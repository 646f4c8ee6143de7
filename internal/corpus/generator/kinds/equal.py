"""equal: views of like and unlike formats, shapes and layouts."""

from __future__ import annotations

import struct
from dataclasses import replace
from math import prod
from random import Random
from typing import Any

from .. import dtypes
from ..layouts import READABLE, any_shape, few, foreign_source, random_source, rows, styled
from ..outcome import beyond, outcome
from ..source import Loan, Source, packed, reach

COUNT = 2800

# Formats that struct reads and memoryview alone does not: orders, sizes, several items, bytes.
STRUCTURED = "<b >B <h >h =i !i <q >Q <f >d e >e hi bh >hi bxh 2h B? 3s bb i2x 3p cB id".split()
EDGES = [2**53 - 1, 2**53, 2**53 + 1, 2**53 + 2, 2**62, 2**63 - 1, -(2**53) - 1, -(2**53), -(2**63), 0, 1, -1]
SMALL = [0, 1, 2, 3, 7, 100, 127]
FLOATS = [0.0, -0.0, 1.0, 1.5, 0.1, -2.0, 1e-7, float("inf"), float("-inf"), float("nan")]

# Pairs of shapes, the same or nearly the same for a comparison that looks at one thing only.
SHAPES = [
    *[((), ()), ((4,), (4,)), ((1,), ()), ((4,), (2, 2)), ((2, 2), (4,)), ((3,), (4,)), ((2, 3), (3, 2))],
    *[((1, 4), (4,)), ((0,), (0,)), ((0, 2), (0, 3)), ((2, 0), (3, 0)), ((2, 0), (2, 0)), ((0, 2), (0,))],
    *[((0,), (0, 0)), ((2, 0, 3), (2, 0, 4)), ((0, 2, 2), (0, 1, 5)), ((2, 1, 0), (2, 2, 0))],
]


def case(rng: Random, number: int) -> dict[str, Any]:
    """Of ten: three of like bytes, three of values in two formats, two of structures, one by NumPy, one of shapes."""
    match number % 10:
        case 0 | 1 | 2:
            return _like(rng, number)
        case 3 | 4:
            return _compared(*_valued(rng, rng.choice(READABLE), rng.choice(READABLE), SMALL))
        case 5:
            codes = [rng.choice("qQdlN"), rng.choice("qdLNf")]
            return _compared(*_valued(rng, *codes, EDGES))
        case 6 | 7:
            return _structured(rng)
        case 8:
            return _foreign(rng)
    return _shapes(rng)


def _compared(a: Source, b: Source) -> dict[str, Any]:
    """Two sources, and whether CPython holds their views equal."""
    loans = Loan(a), Loan(b)
    return {"a": a.json(), "b": b.json(), **outcome(lambda: loans[0].view == loans[1].view)}


def placed(rng: Random, fmt: str, shape: tuple[int, ...], items: bytes) -> Source:
    """A source whose items, in C order, are those bytes, in a layout of any style that keeps items apart."""
    itemsize = struct.calcsize(fmt)
    strides = styled(rng, rng.choice(["C", "C", "F", "permuted", "gapped", "odd"]), shape, itemsize)
    below, above = reach(shape, strides, itemsize)
    memory = bytearray(below + above)
    for number in range(prod(shape)):
        place, rest = below, number
        for extent, stride in zip(reversed(shape), reversed(strides)):
            rest, position = divmod(rest, extent)
            place += position * stride
        memory[place : place + itemsize] = items[number * itemsize :][:itemsize]
    plain = strides == packed(shape, itemsize, range(len(shape)))
    readonly = rng.random() < 0.3
    return Source(bytes(memory), fmt, shape, None if plain else tuple(strides), below, readonly, size=itemsize)


def _like(rng: Random, number: int) -> dict[str, Any]:
    """A view and a copy in another layout, of which one byte may differ; or a view and itself, or a released one."""
    a = random_source(rng) if rng.random() < 0.4 else _of_numbers(rng)
    loan = Loan(a)
    if number % 20 == 0:
        return {"a": a.json(), "b": "a", **outcome(lambda: loan.view == loan.view)}
    items = bytearray(loan.view.tobytes())
    if items and rng.random() < 0.3:
        items[rng.randrange(len(items))] ^= 1 if a.format[-1] == "?" else rng.choice([1, 0x80, 0x10])
    b = placed(rng, a.format, a.shape, bytes(items))
    if number % 20 == 1:
        return _released(rng, a, b)
    return _compared(a, b)


def _of_numbers(rng: Random) -> Source:
    code = rng.choice("ffddiHq?c")
    shape = any_shape(rng, few(struct.calcsize(code)), 0, 3)
    return placed(rng, code, shape, b"".join(struct.pack(code, _number(rng, code)) for _ in range(prod(shape))))


def _number(rng: Random, code: str) -> Any:
    if code == "c":
        return bytes([rng.choice([0, 65, 128, 255])])
    if code == "?":
        return rng.random() < 0.5
    return rng.choice(FLOATS if code in "efd" else SMALL)


def _released(rng: Random, a: Source, b: Source) -> dict[str, Any]:
    loans = {"a": Loan(a), "b": Loan(b)}
    which, same = rng.choice(["a", "b", "ab"]), rng.random() < 0.3
    for name in which:
        loans[name].view.release()
    left, right = loans["a"].view, loans["a" if same else "b"].view
    other = "a" if same else b.json()
    return {"a": a.json(), "b": other, "released": which, **outcome(lambda: left == right)}


def _valued(rng: Random, one: str, other: str, values: list[int]) -> tuple[Source, Source]:
    """The same values in two formats, as far as these hold them, or nearly the same."""
    shape = any_shape(rng, 4, 0, 2)
    numbers = [rng.choice(values) for _ in range(prod(shape))]
    nearly = [n + 1 if rng.random() < 0.1 else n for n in numbers]
    return placed(rng, one, shape, _packed(one, numbers)), placed(rng, other, shape, _packed(other, nearly))


def _packed(code: str, numbers: list[int]) -> bytes:
    """Those numbers as a code holds them; what it cannot hold is cut to its bits."""
    if code == "c":
        return bytes(number & 0xFF for number in numbers)
    if code in "?fd":
        return struct.pack(f"{len(numbers)}{code}", *numbers)
    size = struct.calcsize(code)
    return b"".join((number & (2 ** (8 * size) - 1)).to_bytes(size, "little") for number in numbers)


def _structured(rng: Random) -> dict[str, Any]:
    """Formats for the struct module: against themselves, a like format, or a native one."""
    fmt = rng.choice(STRUCTURED)
    shape = any_shape(rng, 3, 0, 2)
    rows_of = [_fields(rng, fmt) for _ in range(prod(shape))]
    others = [fmt, fmt, fmt.lstrip("<>=!"), "<" + fmt.lstrip("<>=!"), ">" + fmt.lstrip("<>=!"), rng.choice(STRUCTURED)]
    other = rng.choice(others)
    try:
        theirs = [struct.pack(other, *fields) for fields in rows_of]
    except struct.error:
        theirs = [struct.pack(other, *_fields(rng, other)) for _ in rows_of]
    ours = [struct.pack(fmt, *fields) for fields in rows_of]
    if theirs and rng.random() < 0.2:
        theirs[-1] = struct.pack(other, *_fields(rng, other))
    return _compared(placed(rng, fmt, shape, b"".join(ours)), placed(rng, other, shape, b"".join(theirs)))


def _fields(rng: Random, fmt: str) -> list[Any]:
    """A value for each item of a struct format."""
    blank = struct.unpack(fmt, bytes(struct.calcsize(fmt)))
    codes = [code for code in fmt if code.isalpha() and code != "x"]
    if len(codes) < len(blank):
        codes = codes * len(blank)
    return [_field(rng, code, value) for code, value in zip(codes, blank)]


def _field(rng: Random, code: str, blank: Any) -> Any:
    match blank:
        case bytes():
            return bytes([rng.choice([0, 65, 200])]) if code == "c" else rng.choice([b"", b"a", b"ab", b"a\0"])
        case bool():
            return rng.random() < 0.5
        case float():
            return rng.choice(FLOATS)
    return rng.choice([0, 1, 2, 100])


def _foreign(rng: Random) -> dict[str, Any]:
    """Formats that struct does not read, by their values in NumPy, where a view is not even like itself for CPython."""
    a = foreign_source(rng, 0, 2)
    loans = [Loan(a)]
    items = bytearray(loans[0].view.tobytes())
    b = Source(bytes(items), a.format, a.shape, None, size=a.itemsize)
    if items and rng.random() < 0.4:
        b = dtypes.readable(replace(b, memory=_changed(rng, items)), rng)
    loans.append(Loan(b))
    own = outcome(lambda: loans[0].view == loans[1].view)
    lists = [dtypes.to_list(dtypes.array(source, loan)) for source, loan in zip((a, b), loans)]
    answer = beyond(own, "numpy", lambda: lists[0] == lists[1])
    if answer["want"] == own["want"]:
        answer = own
    return {"a": a.json(), "b": b.json(), **answer}


def _changed(rng: Random, items: bytearray) -> bytes:
    items[rng.randrange(len(items))] ^= 1
    return bytes(items)


def _shapes(rng: Random) -> dict[str, Any]:
    """Shapes that agree up to a zero extent, differ in their number of dimensions, or in an extent; suboffsets."""
    code = rng.choice("Bhc")
    if rng.random() < 0.3:
        a = rows(rng, code, 8)
        loan = Loan(a)
        return _compared(a, placed(rng, code, a.shape, loan.view.tobytes()))
    one, other = rng.choice(SHAPES)
    return _compared(_filled(code, one), _filled(rng.choice([code, code, "B", "i", "<h"]), other))


def _filled(fmt: str, shape: tuple[int, ...]) -> Source:
    size = struct.calcsize(fmt)
    return Source(prod(shape) * size, fmt, shape, size=size)
