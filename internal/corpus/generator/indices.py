"""Random indices: bounds of slices, and texts of whole index expressions."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from random import Random
from typing import Any

HUGE = [2**31, -(2**31), 2**63 - 1, -(2**63), 2**63, 10**30, -(10**30)]
LARGEST = sys.maxsize
TAME = 2**16  # chained steps up to here leave strides that C can hold

Bounds = tuple[int | None, int | None, int | None]


def bounds(rng: Random) -> Bounds:
    """Start, stop and step of a slice; most of them leave something of the extents that the sources have."""
    step = _step(rng)
    start, stop = _bound(rng, -5, 1), _bound(rng, -1, 6)
    return (start, stop, step) if step is None or step > 0 or rng.random() < 0.1 else (stop, start, step)


def _bound(rng: Random, least: int, most: int) -> int | None:
    chance = rng.random()
    if chance < 0.55:
        return None
    return rng.choice(HUGE) if chance > 0.98 else rng.randint(least, most)


def _step(rng: Random) -> int | None:
    chance = rng.random()
    if chance < 0.4:
        return None
    if chance > 0.98:
        return rng.choice([0, *HUGE])
    return rng.choice([1, 2, 3, -1, -1, -2, -3])


def steps(cut: Bounds, extent: int) -> tuple[int, int, int]:
    """What a slice comes to at an extent; its step kept within a machine's integers, as memoryview keeps it."""
    start, stop, step = cut
    if step is not None:
        step = max(-LARGEST, min(step, LARGEST))
    return slice(start, stop, step).indices(extent)


def tame(cuts: Iterable[Bounds]) -> bool:
    """Whether no step is so large that C's product of stride and step may have overflowed."""
    return all(step is None or abs(step) <= TAME for _, _, step in cuts)


def slice_text(rng: Random, cut: Bounds) -> str:
    """A slice as Python text; the second colon may be left out where there is no step."""
    start, stop, step = ("" if bound is None else str(bound) for bound in cut)
    return f"{start}:{stop}" if not step and rng.random() < 0.8 else f"{start}:{stop}:{step}"


def index(rng: Random, shape: tuple[int, ...], wrong: float = 0.08) -> list[int]:
    """One index a dimension, some negative, now and then one out of bounds."""
    return [_position(rng, extent, wrong / max(1, len(shape))) for extent in shape]


def _position(rng: Random, extent: int, wrong: float) -> int:
    if extent == 0 or rng.random() < wrong:
        return rng.choice([extent, extent + 1, -extent - 1, 100, -100])
    return rng.randrange(-extent, extent)


def expression(rng: Random, shape: tuple[int, ...]) -> str:
    """The text of an index: integers and slices for some of the dimensions, at most one ellipsis, random blanks."""
    given = rng.choice([len(shape), len(shape), rng.randint(0, len(shape))])
    parts = [_part(rng, extent) for extent in shape[:given]]
    if rng.random() < 0.03:
        parts.append(rng.choice(["0", ":", "1:2"]))
    if not parts or rng.random() < 0.3:
        parts.insert(rng.randint(0, len(parts)), "...")
    text = rng.choice([",", ", ", ",", " , "]).join(parts)
    return f" {text} " if rng.random() < 0.05 else text


def _part(rng: Random, extent: int) -> str:
    if rng.random() < 0.35:
        return str(_position(rng, extent, 0.03))
    return slice_text(rng, bounds(rng))


def python_index(text: str) -> Any:
    """The key that Python makes of the text between the brackets; SyntaxError where it is no index."""
    try:
        return eval(f"_Key()[{text}]", {"__builtins__": {}, "_Key": _Key})
    except (NameError, SyntaxError):
        raise SyntaxError("invalid syntax") from None


class _Key:
    def __getitem__(self, key: Any) -> Any:
        return key
