"""Random sources: every way to lay items in a memory."""

from __future__ import annotations

import struct
from math import prod
from random import Random
from typing import Any

from . import dtypes
from .source import POINTER, Source, packed, reach

READABLE = "cbBhHiIlLqQnNfd?P"  # the codes that memoryview reads in 3.11
USUAL = "cbB?" * 3 + "hH" * 3 + "iIf" * 2 + "lLqQnNdP"  # the same, small ones more often: they show more items

# How often each style of strides is taken.
STYLES = {"C": 8, "F": 4, "permuted": 3, "gapped": 5, "odd": 3, "repeated": 2, "wild": 2}
OVERLAPPING = ("repeated", "wild")
APART = {style: weight for style, weight in STYLES.items() if style not in OVERLAPPING}
WHOLE = {style: weight for style, weight in STYLES.items() if style != "wild"}  # items are whole, as text must be


def any_code(rng: Random) -> str:
    """A code that memoryview reads, sometimes with '@'."""
    return ("@" if rng.random() < 0.05 else "") + rng.choice(USUAL)


def any_shape(rng: Random, items: int, least: int = 0, most: int = 4) -> tuple[int, ...]:
    """A shape of least to most dimensions, of extents up to 5, with no more than that many items; zeros are rare."""
    shape: list[int] = []
    for _ in range(rng.choice([n for n in (0, 1, 1, 2, 2, 2, 3, 3, 4) if least <= n <= most])):
        room = items // max(1, prod(shape))
        shape.append(0 if rng.random() < 0.04 else min(max(1, room), rng.choice([1, 2, 2, 3, 3, 4, 5])))
    rng.shuffle(shape)
    return tuple(shape)


def styled(rng: Random, style: str, shape: tuple[int, ...], itemsize: int) -> list[int]:
    """Strides of a style over a shape; only the OVERLAPPING styles let items overlap."""
    axes = list(range(len(shape)))
    match style:
        case "C":
            return packed(shape, itemsize, axes)
        case "F":
            return packed(shape, itemsize, axes[::-1])
        case "permuted":
            rng.shuffle(axes)
            return packed(shape, itemsize, axes)
        case "gapped" | "odd":
            rng.shuffle(axes)
            unit = itemsize if style == "gapped" else 1
            strides, room = [0] * len(shape), itemsize
            for axis in reversed(axes):
                room += unit * rng.choice([0, 1, 1, 2, 3])
                strides[axis] = room * rng.choice([1, -1])
                room *= max(1, shape[axis])
            return strides
        case "repeated":
            return [stride * rng.choice([0, 1]) for stride in packed(shape, itemsize, axes)]
    return [rng.randint(-2 * itemsize, 2 * itemsize) for _ in shape]


def content(rng: Random, code: str, size: int) -> int | bytes:
    """A memory that a code can show: the rule's bytes, or chosen ones."""
    match code[-1:]:
        case "?":
            return bytes(rng.choice([0, 1]) for _ in range(size))
        case "f" | "d" | "e" if rng.random() < 0.8:
            values = [rng.choice(dtypes.FLOATS) for _ in range(size)]
            order = code[0] if code[0] in "<>" else "<"
            return struct.pack(f"{order}{size}{code[-1]}", *values)[:size]
    return size


def strided(
    rng: Random,
    fmt: str,
    itemsize: int,
    shape: tuple[int, ...],
    styles: dict[str, int] = STYLES,
    readonly: float = 0.3,
) -> Source:
    """A source of that shape: a random style, offset and slack around the items."""
    style = rng.choices(list(styles), weights=list(styles.values()))[0]
    strides = styled(rng, style, shape, itemsize)
    below, above = reach(shape, strides, itemsize)
    offset = below + rng.choice([0, 0, 0, 1, itemsize])
    size = offset + above + rng.choice([0, 0, 0, 2])
    return Source(
        memory=content(rng, fmt, size),
        format=fmt,
        shape=shape,
        strides=None if strides == packed(shape, itemsize, range(len(shape))) else tuple(strides),
        offset=offset,
        readonly=style in OVERLAPPING or rng.random() < readonly,
        size=itemsize,
    )


def rows(rng: Random, fmt: str, items: int, least: int = 1, most: int = 3) -> Source:
    """A source with suboffsets: behind the pointers of its tables lie pieces of memory in random order."""
    itemsize = struct.calcsize(fmt)
    shape = tuple(max(1, extent) for extent in any_shape(rng, items, least, most))
    outer = rng.choice([n for n in (1, 1, 2) if n <= len(shape)])  # dimensions before the pieces
    inner = shape[outer:]
    strides = packed(inner, itemsize, range(len(inner)))
    if inner and rng.random() < 0.3:
        strides[0] = -strides[0]
    below, above = reach(inner, strides, itemsize)
    slack = rng.choice([0, 0, 1, 4])
    piece = slack + below + above
    tables, steps, suboffsets = _tables(rng, shape[:outer], piece, slack + below)
    offset = 0
    if rng.random() < 0.25:
        offset, steps[0] = (shape[0] - 1) * steps[0], -steps[0]
    return Source(
        memory=content(rng, fmt, prod(shape[:outer]) * piece),
        format=fmt,
        shape=shape,
        strides=tuple(steps + strides),
        offset=offset,
        readonly=rng.random() < 0.3,
        suboffsets=tuple(suboffsets + [-1] * len(inner)),
        tables=tables,
    )


Tables = tuple[tuple[int, ...], ...]


def _tables(rng: Random, shape: tuple[int, ...], piece: int, lead: int) -> tuple[Tables, list[int], list[int]]:
    """Pointer tables to pieces of that size, item 0 lying at lead in each; with the strides and suboffsets over them.

    Two dimensions have one table for both, or a table of pointers into a second one.
    """
    places = [n * piece for n in range(prod(shape))]
    rng.shuffle(places)
    if len(shape) == 1:
        return (tuple(places),), [POINTER], [lead]
    if rng.random() < 0.5:
        return (tuple(places),), [shape[1] * POINTER, POINTER], [-1, lead]
    starts = [n * shape[1] for n in range(shape[0])]
    rng.shuffle(starts)
    return (tuple(starts), tuple(places)), [POINTER, POINTER], [0, lead]


def few(itemsize: int) -> int:
    """How many items of that size a case may show without growing long."""
    return max(3, 28 // itemsize) if itemsize > 2 else 11


def random_source(rng: Random, least: int = 0, most: int = 4) -> Source:
    """A source that memoryview reads, one in eight with suboffsets."""
    if rng.random() < 0.125 and most > 0:
        return indirect_source(rng, max(1, least))
    return direct_source(rng, least, most)


def indirect_source(rng: Random, least: int = 1) -> Source:
    """A source with suboffsets that memoryview reads."""
    fmt = any_code(rng)
    return rows(rng, fmt, few(struct.calcsize(fmt)), least)


def any_source(rng: Random, least: int = 0, most: int = 4) -> Source:
    """A source that memoryview reads, or one in five of a format that only NumPy reads."""
    if rng.random() < 0.2:
        return foreign_source(rng, least, most)
    return random_source(rng, least, most)


def foreign_source(rng: Random, least: int = 0, most: int = 3, **options: Any) -> Source:
    """A source of a format that NumPy reads and memoryview does not."""
    fmt, size = dtypes.foreign(rng)
    shape = any_shape(rng, few(size), least, most)
    return dtypes.readable(strided(rng, fmt, size, shape, WHOLE, **options), rng)


def direct_source(rng: Random, least: int = 0, most: int = 4, **options: Any) -> Source:
    """A source without suboffsets that memoryview reads."""
    fmt = any_code(rng)
    size = struct.calcsize(fmt)
    return strided(rng, fmt, size, any_shape(rng, few(size), least, most), **options)
