"""layout: what a view says of itself, and its contents in every order."""

from __future__ import annotations

from random import Random
from typing import Any

from .. import dtypes
from ..layouts import foreign_source, random_source
from ..outcome import outcome
from ..source import Loan, Source
from ..values import contiguity, encode

COUNT = 3400


def case(rng: Random, number: int) -> dict[str, Any]:
    """One source in three has a format that only NumPy reads; every other one shows its list."""
    if number % 3 == 0:
        source = foreign_source(rng)
        listing = {"oracle": "numpy"} if number % 2 else {}
        return {"src": source.json(), **listing, **outcome(lambda: _facts(source, "numpy" if number % 2 else ""))}
    source = random_source(rng)
    return {"src": source.json(), **outcome(lambda: _facts(source, "view" if number % 2 else ""))}


def _facts(source: Source, lister: str) -> dict[str, Any]:
    loan = Loan(source)
    view = loan.view
    _check(source, view)
    c, f = view.tobytes("C"), view.tobytes("F")
    facts: dict[str, Any] = {"contig": contiguity(view), "C": c.hex()}
    if source.strides is None:
        facts["strides"] = view.strides
    if f != c:
        facts["F"] = f.hex()
        facts["A"] = "C" if view.tobytes("A") == c else "F"
    if lister:
        facts["list"] = encode(dtypes.to_list(dtypes.array(source, loan)) if lister == "numpy" else view.tolist())
    return facts


def _check(source: Source, view: memoryview) -> None:
    """What a view says of itself and a case leaves out, since it follows from the source."""
    assert (view.format, view.itemsize, view.shape) == (source.format, source.itemsize, source.shape)
    assert view.strides == source.strides or source.strides is None
    assert view.suboffsets == (source.suboffsets or ())
    assert view.readonly == source.readonly
    assert view.nbytes == len(view.tobytes()) == source.items * source.itemsize
    assert view.ndim == 0 or len(view) == source.shape[0]
