"""cast: other items in the same bytes."""

from __future__ import annotations

import struct
from math import prod
from random import Random
from typing import Any

import numpy as np

from .. import dtypes
from ..layouts import READABLE, content, random_source
from ..outcome import beyond, outcome
from ..source import Loan, Source
from ..values import encode

COUNT = 2000

# Destinations that memoryview refuses: formats that NumPy reads, and what is no format of an item at all.
OTHERS = ["<i", ">h", "=q", ">d", "2s", "3s", "Zf", "Zd", "e", "T{(2)h:a:}", "T{<h:a:>h:b:}", "T{B:r:B:g:}"]
NO_FORMAT = ["", "@", "<", "k", "i3", "T{i", "ii:", "é"]

Op = list[Any]  # [format] or [format, shape]


def case(rng: Random, number: int) -> dict[str, Any]:
    """A chain that may go wrong, or beyond CPython, in its last cast only."""
    source = random_source(rng) if number % 4 == 0 else _plain(rng)
    ops = _chain(rng, source)
    loan = Loan(source)
    answer = outcome(lambda: _facts(_cast_all(loan.view, ops)))
    if "error" in answer and answer["error"][0] != "ErrNotContiguous":
        answer = _beyond(answer, source, loan, ops)
    return {"src": source.json(), "ops": ops, **answer}


def _plain(rng: Random) -> Source:
    """C-contiguous memory, most of it bytes of one dimension."""
    fmt = rng.choice("BBbc") if rng.random() < 0.6 else rng.choice(READABLE)
    size = struct.calcsize(fmt)
    shape = rng.choice([(12,), (7,), (4,), (3,), (1,), (0,), (2, 2), (2, 4), (2, 2, 3), (0, 3), ()])
    if rng.random() < 0.7:
        shape = (rng.choice([8, 16, 16, 24]),) if size == 1 else (rng.randint(1, 4),)
    return Source(content(rng, fmt, prod(shape) * size), fmt, shape, readonly=rng.random() < 0.5)


def _chain(rng: Random, source: Source) -> list[Op]:
    """Zero to two casts that go well, then one that need not."""
    total = source.items * source.itemsize
    ops: list[Op] = []
    if rng.random() < 0.5:
        ops.append([rng.choice("BBbc")])
        if rng.random() < 0.4:
            fits = [code for code in READABLE if total % struct.calcsize(code) == 0]
            ops += [[rng.choice(fits)], ["B"]]
    return [*ops, _last(rng, total)]


def _last(rng: Random, total: int) -> Op:
    chance = rng.random()
    if chance < 0.04:
        return [rng.choice(NO_FORMAT)]
    fmt = rng.choice(OTHERS) if chance < 0.14 else ("@" if chance < 0.2 else "") + rng.choice(READABLE)
    if rng.random() < 0.45:
        return [fmt]
    return [fmt, _shape(rng, total // dtypes.dtype_of(fmt, 0).itemsize)]


def _shape(rng: Random, items: int) -> list[int]:
    """Extents that come to that many items, or nearly always do."""
    chance = rng.random()
    if chance < 0.1:
        return rng.choice([[], [0], [-1], [2, -3], [0, 3], [2**40, 2**40], [1] * 65, [5, 7], [-1, -items or 1]])
    shape = [1] * rng.randint(0, 1)
    while items > 1:
        factor = next(n for n in range(2, items + 1) if items % n == 0)
        items //= factor
        if shape and rng.random() < 0.5:
            shape[-1] *= factor
        else:
            shape.append(factor)
    rng.shuffle(shape)
    return shape or [items]


def _cast_all(view: memoryview, ops: list[Op]) -> memoryview:
    for op in ops:
        view = view.cast(*op)
    return view


def _facts(view: memoryview) -> dict[str, Any]:
    assert view.c_contiguous
    return {"shape": view.shape, "list": encode(view.tolist())}


def _beyond(answer: dict[str, Any], source: Source, loan: Loan, ops: list[Op]) -> dict[str, Any]:
    """NumPy's answer where it has one; else CPython's error, by the variable of what stands in the way in truth."""
    wider = beyond(answer, "numpy", lambda: _recast(loan.view.tobytes(), ops[-1]))
    if "want" in wider:
        return wider
    return {"error": [wider["error"][0], *answer["error"][1:]], "at": len(ops) - 1}


def _recast(content: bytes, op: Op) -> dict[str, Any]:
    """The bytes as NumPy casts them, without memoryview's restrictions."""
    fmt, shape = op[0], op[1] if len(op) > 1 else None
    if fmt in NO_FORMAT:
        raise ValueError("memoryview: destination format must be one that somebody reads")
    dtype = dtypes.dtype_of(fmt, 0)
    if len(content) % dtype.itemsize:
        raise TypeError("memoryview: length is not a multiple of itemsize")
    shape = [len(content) // dtype.itemsize] if shape is None else shape
    if len(shape) > 64 or any(extent < 0 for extent in shape) or prod(shape) * dtype.itemsize != len(content):
        raise TypeError("memoryview: product(shape) * itemsize != buffer size")
    made = np.frombuffer(content, np.uint8).view(dtype) if content else np.empty(0, dtype)
    made = made.reshape(shape)
    return {"shape": made.shape, "list": encode(dtypes.to_list(made))}
