"""element: single items, read and written."""

from __future__ import annotations

import struct
from dataclasses import replace
from random import Random
from typing import Any

from .. import dtypes, indices
from ..layouts import APART, any_code, any_shape, foreign_source, random_source, strided
from ..outcome import beyond, outcome
from ..source import Loan, Source
from ..values import beyond_machine, encode, foreign_to_go

COUNT = 3400

FLOATS = [0.0, -0.0, 1.0, 1.5, -2.25, 65504.0, 65519.0, 1e-7, 3.4e38, 5e-324, float("inf"), float("-inf"), float("nan")]
# Orders and sizes that struct reads and memoryview does not.
ORDERED = ["<b", ">B", "<h", ">H", "=i", ">I", "<q", ">Q", "<l", ">L", ">f", "<d", "=d", "<e", ">e", "<?", "!i"]
# Keys of memoryview that are no indices, which Go's types do not let through.
KEYS: list[Any] = ["a", None, 1.5, 2**70, -(2**70)]


def case(rng: Random, number: int) -> dict[str, Any]:
    """In ten cases: three items read, four written, one by struct, two by NumPy."""
    match number % 10:
        case 0 | 1 | 2:
            return _get(rng)
        case 3 | 4 | 5 | 6:
            return _set(rng)
        case 7:
            return _ordered(rng)
        case 8:
            return _foreign_get(rng)
    return _foreign_set(rng)


def _get(rng: Random) -> dict[str, Any]:
    source = random_source(rng)
    place = indices.index(rng, source.shape)
    loan = Loan(source)
    chance = rng.random()
    if chance < 0.02:
        loan.view.release()
        return {"src": source.json(), "index": place, "released": True, **outcome(lambda: loan.view[tuple(place)])}
    if chance < 0.05:
        place.append(0)
    elif chance < 0.08 and place:
        place[0] = rng.choice(KEYS)
        keyed = outcome(lambda: encode(loan.view[tuple(place)]))
        return {"src": source.json(), "key": [encode(part) for part in place], "py": True, **keyed}
    return {"src": source.json(), "index": place, **outcome(lambda: encode(loan.view[tuple(place)]))}


def _set(rng: Random) -> dict[str, Any]:
    fmt = any_code(rng)
    size = struct.calcsize(fmt)
    source = strided(rng, fmt, size, any_shape(rng, 3, 0, 2), APART, readonly=0.04)
    place = indices.index(rng, source.shape, wrong=0.03)
    value = _value(rng, fmt[-1])
    loan = Loan(source)

    def assign() -> str:
        loan.view[tuple(place)] = value
        return loan.content().hex()

    py = {"py": True} if foreign_to_go(fmt[-1], value) else {}
    return {"src": source.json(), "index": place, "set": encode(value), **py, **outcome(assign)}


def _value(rng: Random, code: str) -> Any:
    """A value to write: mostly what the code takes, at its edges and past them, or something else altogether."""
    if rng.random() < 0.15:
        return rng.choice([0, 1.5, "a", "", b"x", b"", b"xy", None, True, False, 1 + 2j, 2**70, [1], float("nan"), 97])
    if code == "c":
        return bytes([rng.randrange(256)])
    if code == "?":
        return rng.choice([True, False, 0, 1, 2, -1, 0.0, 0.5, float("nan")])
    if code in "fd":
        return rng.choice([*FLOATS, 1, -3, 2**53 + 1, 1e39, -1e300, rng.uniform(-1e3, 1e3)])
    return integer(rng, code)


def integer(rng: Random, code: str) -> int:
    """An integer within the range of a code, at its edges, or just past them."""
    bits = 8 * struct.calcsize(code)
    least, most = (0, 2**bits - 1) if code in "BHILQNP" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return rng.choice([0, 1, least, most, least, most, least - 1, most + 1, rng.randint(least, most), -1])


def _ordered(rng: Random) -> dict[str, Any]:
    """Items in a stated byte order, by struct."""
    fmt = rng.choice(ORDERED)
    size = struct.calcsize(fmt)
    source = strided(rng, fmt, size, any_shape(rng, 3, 0, 2), APART, readonly=0)
    place = indices.index(rng, source.shape, wrong=0)
    if 0 in source.shape:
        source, place = replace(source, memory=size, shape=(), strides=None, offset=0), []
    position = source.offset + sum(i % n * s for i, n, s in zip(place, source.shape, _strides(source)))
    loan = Loan(source)
    if rng.random() < 0.3:
        own = outcome(lambda: encode(loan.view[tuple(place)]))
        item = beyond(own, "struct", lambda: encode(struct.unpack_from(fmt, loan.memory, position)[0]))
        return {"src": source.json(), "index": place, **item}
    value = _ordered_value(rng, fmt[1:])

    def write(view: bool) -> str:
        if view:
            loan.view[tuple(place)] = value
        else:
            struct.pack_into(fmt, loan.memory, position, value)
        return loan.content().hex()

    py = {"py": True} if foreign_to_go(fmt[-1], value) else {}
    own = outcome(lambda: write(True))
    answer = beyond(own, "struct", lambda: write(False))
    return {"src": source.json(), "index": place, "set": encode(value), **py, **answer}


def _strides(source: Source) -> tuple[int, ...]:
    loan = Loan(source)
    return loan.view.strides


def _ordered_value(rng: Random, code: str) -> Any:
    if rng.random() < 0.1:
        return rng.choice([1.5, "a", None, True, 1 + 2j]) if code not in "fde" else rng.choice(["a", None, 1 + 2j])
    if code == "?":
        return rng.choice([True, False, 0, 1, 2, 0.0, 0.5])
    if code in "fd":
        return rng.choice([*FLOATS[:9], *FLOATS[10:], 1, -3, rng.uniform(-1e3, 1e3)])
    if code == "e":
        return rng.choice([0.0, -0.0, 1.5, 65504.0, 65519.0, 65519.99, 65520.0, -65520.0, 1e9, 6e-8, 2.9e-8, 3e-8, 1e-4,
                           float("inf"), float("nan"), 2049, rng.uniform(-100, 100)])  # fmt: skip
    return integer(rng, code)


def _foreign_get(rng: Random) -> dict[str, Any]:
    source = foreign_source(rng)
    place = indices.index(rng, source.shape)
    loan = Loan(source)
    made = dtypes.array(source, loan)
    own = outcome(lambda: encode(loan.view[tuple(place)]))
    answer = beyond(own, "numpy", lambda: encode(dtypes.to_list(made[(*place, ...)])))
    return {"src": source.json(), "index": place, **answer}


def _foreign_set(rng: Random) -> dict[str, Any]:
    fmt, size = dtypes.foreign(rng)
    shape = tuple(max(1, extent) for extent in any_shape(rng, 2, 0, 1))
    source = strided(rng, fmt, size, shape, APART, readonly=0.05)
    place = indices.index(rng, source.shape, wrong=0)
    loan = Loan(source)
    made = dtypes.array(source, loan)
    value = dtypes.value(rng, made.dtype)

    def assign(view: Any) -> str:
        view[tuple(place)] = value
        return loan.content().hex()

    answer = beyond(outcome(lambda: assign(loan.view)), "numpy", lambda: assign(made))
    py = {"py": True} if beyond_machine(value) else {}
    return {"src": source.json(), "index": place, "set": encode(value), **py, **answer}
