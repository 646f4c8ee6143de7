"""request: what exporters do with each combination of flags."""

from __future__ import annotations

from random import Random
from typing import Any

import _testbuffer

from ..layouts import any_source
from ..outcome import outcome
from ..source import FULL_RO, Loan, Source

COUNT = 1400

# Every request that has a name in C, and parts of them that have none.
NAMED = [0x0, 0x1, 0x4, 0x8, 0x9, 0x18, 0x19, 0x1C, 0x1D, 0x38, 0x58, 0x98, 0x118, 0x11C, 0x11D]
LOOSE = [0x5, 0xC, 0xD, 0x10, 0x20, 0x40, 0x80, 0x21, 0x3C, 0x5C, 0x9C, 0x39, 0x59, 0x99, 0x138, 0x158, 0x198, 0x400]


def case(rng: Random, number: int) -> dict[str, Any]:
    """One in five asks the exporter itself."""
    source = any_source(rng)
    exporter = {"via": "exporter"} if number % 5 == 0 else {}
    flags = rng.choice(NAMED if rng.random() < 0.7 else LOOSE)
    return {"src": source.json(), **exporter, "flags": flags, **outcome(lambda: _answer(source, flags, bool(exporter)))}


def _answer(source: Source, flags: int, direct: bool) -> dict[str, Any]:
    loan = Loan(source)
    exporter: Any = loan.view
    if direct:
        exporter = _testbuffer.ndarray(exporter, getbuf=FULL_RO)
    got = _testbuffer.ndarray(exporter, getbuf=flags)
    fields = {
        "fmt": got.format,
        "shape": got.shape,
        "strides": got.strides,
        "suboffsets": got.suboffsets,
    }
    return {"ro": int(got.readonly), "ndim": got.ndim, **{key: value for key, value in fields.items() if value}}
