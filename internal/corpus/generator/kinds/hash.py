"""hash: which views have one, and which views share one."""

from __future__ import annotations

from array import array
from random import Random
from typing import Any

from ..layouts import random_source
from ..outcome import outcome
from ..source import Loan, Source

COUNT = 120


def case(rng: Random, number: int) -> dict[str, Any]:
    """In three cases: one view, a view of an object, two views of like bytes."""
    match number % 3:
        case 0:
            source = random_source(rng)
            loan = Loan(source)
            return {"src": source.json(), **outcome(lambda: _hashes(loan.view))}
        case 1:
            return _owned(rng)
    return _pair(rng)


def _hashes(view: memoryview) -> bool:
    """Whether a view hashes as its bytes do; or the error of hash."""
    return hash(view) == hash(view.tobytes())


def _owned(rng: Random) -> dict[str, Any]:
    owner = rng.choice(["bytes", "bytearray", "array"])
    content = bytes(range(rng.choice([0, 1, 4, 8])))
    exporter = array("B", content) if owner == "array" else {"bytes": bytes, "bytearray": bytearray}[owner](content)
    fmt = rng.choice("BbcHi") if len(content) > 1 else rng.choice("Bbc")
    view = memoryview(exporter).cast("B").cast(fmt)
    if rng.random() < 0.6:
        view = view.toreadonly()
    source = Source(content, fmt, view.shape, readonly=view.readonly)
    extra = {"released": True} if rng.random() < 0.1 else {}
    if extra:
        view.release()
    return {"src": source.json(), "owner": owner, **extra, **outcome(lambda: _hashes(view))}


def _pair(rng: Random) -> dict[str, Any]:
    shapes = [(8,), (2, 4), (2, 2, 2), (7,)]
    a, b = (Source(8, rng.choice("Bbc"), rng.choice(shapes), readonly=True) for _ in "ab")
    loans = Loan(a), Loan(b)
    return {"a": a.json(), "b": b.json(), **outcome(lambda: hash(loans[0].view) == hash(loans[1].view))}
