"""slice: chains of slices of the first dimension."""

from __future__ import annotations

from random import Random
from typing import Any

from ..indices import Bounds, bounds, steps, tame
from ..layouts import any_source
from ..outcome import outcome
from ..source import Loan, Source
from ..values import contiguity

COUNT = 2150


def case(rng: Random, number: int) -> dict[str, Any]:
    """One source in sixty is 0-d, which has nothing to slice."""
    source = any_source(rng, least=0 if number % 60 == 0 else 1)
    ops = [bounds(rng) for _ in range(rng.choice([1, 1, 1, 2, 2, 3]))]
    return {"src": source.json(), "ops": ops, **outcome(lambda: _sliced(source, ops))}


def _sliced(source: Source, ops: list[Bounds]) -> dict[str, Any]:
    loan = Loan(source)
    view, taken = loan.view, []
    for op in ops:
        taken.append(steps(op, view.shape[0]) if view.ndim else None)
        view = view[slice(*op)]
    facts: dict[str, Any] = {"steps": taken, "shape": view.shape, "contig": contiguity(view)}
    if tame(ops):
        facts["strides"] = view.strides
    if view.nbytes:
        facts["offset"] = loan.offset(view)
        facts["C"] = view.tobytes().hex()
    return facts
