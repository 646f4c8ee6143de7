"""assign: what lies under a slice is replaced by what lies under another, also where they overlap."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from random import Random
from typing import Any

from .. import dtypes, indices
from ..layouts import APART, any_code, any_shape, few, strided
from ..outcome import beyond, outcome
from ..source import Loan, Source, packed

COUNT = 1300


def case(rng: Random, number: int) -> dict[str, Any]:
    """In six cases: two within one line, two between lines, one within and one between views of more dimensions."""
    match number % 6:
        case 0 | 1:
            return _within(rng, _line(rng, rng.choice("BBbhiqd"), rng.randint(3, 9)))
        case 2 | 3:
            return _between_lines(rng)
        case 4:
            return _within(rng, _block(rng))
    return _between_blocks(rng)


def _line(rng: Random, fmt: str, extent: int) -> Source:
    """One dimension of items side by side, or with gaps, either way."""
    itemsize = Source(0, fmt, ()).itemsize
    stride = itemsize * rng.choice([1, 1, 1, 2, -1])
    span = (extent - 1) * abs(stride) + itemsize
    offset = span - itemsize if stride < 0 else 0
    memory = bytes(i % 2 for i in range(span)) if fmt[-1] == "?" else span
    return Source(memory, fmt, (extent,), None if stride == itemsize else (stride,), offset, size=itemsize)


def _block(rng: Random) -> Source:
    """Two or three dimensions of single bytes or of short integers."""
    fmt = rng.choice("Bbh")
    itemsize = Source(0, fmt, ()).itemsize
    shape = rng.choice([(3, 4), (4, 3), (2, 5), (5, 2), (2, 2, 3), (3, 1, 3)])
    axes = list(range(len(shape)))
    rng.shuffle(axes)
    strides = packed(shape, itemsize, axes)
    return Source(prod(shape) * itemsize, fmt, shape, tuple(strides), size=itemsize)


def _within(rng: Random, source: Source) -> dict[str, Any]:
    """From one part of a view to another part of the same shape."""
    pairs = [_equal_cuts(rng, extent) for extent in source.shape]
    to, origin = (", ".join(cuts) for cuts in zip(*pairs))
    return {"dst": source.json(), "to": to, "from": origin, **_assigned(source, to, None, origin)}


def _equal_cuts(rng: Random, extent: int) -> tuple[str, str]:
    """Two slices of as many items each."""
    count = 0 if rng.random() < 0.04 else rng.randint((extent + 1) // 2, extent)
    return _cut(rng, extent, count), _cut(rng, extent, count)


def _cut(rng: Random, extent: int, count: int) -> str:
    """A slice that takes that many items of so many."""
    step = rng.choice([step for step in (1, 1, 2, 3, -1, -1, -2) if (count - 1) * abs(step) < extent])
    span = max(0, count - 1) * abs(step)
    first = rng.randint(0, extent - 1 - span)
    if count == 0:
        return f"{first}:{first}"
    if step > 0:
        return f"{first}:{first + span + 1}" + (f":{step}" if step > 1 else "")
    return f"{first + span}:{first - 1 if first else ''}:{step}"


def _between_lines(rng: Random) -> dict[str, Any]:
    """Between two memories; formats, extents and dimensions that differ are refused."""
    fmt = rng.choice("BbchHiIqQd?")
    extent = rng.randint(1, 6)
    target = replace(_line(rng, fmt, extent), readonly=rng.random() < 0.1)
    other = rng.choice([fmt] * 6 + ["@" + fmt] * 2 + ["B", "b", "i", "f", "<" + fmt.replace("c", "B")])
    source = _line(rng, other, extent if rng.random() < 0.75 else rng.choice([1, extent + 1]))
    if rng.random() < 0.05:
        source = replace(source, shape=(1, *source.shape), strides=None, offset=0)
    return {"dst": target.json(), "to": ":", "src": source.json(), **_assigned(target, ":", source, None)}


def _between_blocks(rng: Random) -> dict[str, Any]:
    """Between two memories of more dimensions, of any layout, or from a single item."""
    fmt = any_code(rng)
    itemsize = Source(0, fmt, ()).itemsize
    shape = any_shape(rng, few(itemsize), 2, 3)
    target = strided(rng, fmt, itemsize, shape, APART, readonly=0.05)
    chance = rng.random()
    if chance < 0.1:
        shape = tuple(extent + 1 for extent in shape)
    elif chance < 0.3:
        shape = ()
    source = strided(rng, fmt, itemsize, shape)
    extra = {"broadcast": True} if source.shape != target.shape else {}
    return {"dst": target.json(), "to": "...", "src": source.json(), **extra, **_assigned(target, "...", source, None)}


def _assigned(target: Source, to: str, source: Source | None, origin: str | None) -> dict[str, Any]:
    """What CPython makes of dst[to] = src[from], or NumPy where there are more dimensions than one."""
    answer = outcome(lambda: _assign(target, to, source, origin, by_numpy=False))
    if len(target.shape) > 1:
        return beyond(answer, "numpy", lambda: _assign(target, to, source, origin, by_numpy=True))
    return answer


def _assign(target: Source, to: str, source: Source | None, origin: str | None, by_numpy: bool) -> str:
    loan = Loan(target)
    left: Any = dtypes.array(target, loan) if by_numpy else loan.view
    right = left
    if source:
        other = Loan(source)
        right = dtypes.array(source, other) if by_numpy else other.view
    if origin is not None:
        right = right[indices.python_index(origin)]
    left[indices.python_index(to)] = right
    return loan.content().hex()
