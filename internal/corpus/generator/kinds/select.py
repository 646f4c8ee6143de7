"""select: indices of any dimensions as Python text, and sub-views; NumPy answers."""

from __future__ import annotations

from random import Random
from typing import Any

import _testbuffer

from .. import dtypes, indices
from ..layouts import direct_source, foreign_source, indirect_source
from ..outcome import beyond, outcome
from ..source import FULL_RO, Loan, Source
from ..values import encode

COUNT = 3250

# Texts that are no index, and some that look like none and are.
ODD = "... : :: 0, :, , 1,,1 1:2:3:4 .. ...,... a a:b ::: 0:1] [0 (0 1;2 - 1:-".split()
ODD += ["", " ", ", 1", "... ...", "1 2", "1:2 3", "0 : 1", "\t:"]
# Indices to Python, by what its expressions can do besides.
ARITHMETIC = ["()", "(0)", "(0,)", "--1", "- 1", "+1"]


def case(rng: Random, number: int) -> dict[str, Any]:
    """In ten cases: six expressions, one over another format, one with suboffsets, two sub-views."""
    odd = [*ODD, *ARITHMETIC]
    if number < 2 * len(odd):
        source = direct_source(rng, least=number % 2 + 1, most=2, readonly=1)
        text = odd[number // 2]
        return _select(source, text) | ({"py": True} if text in ARITHMETIC else {})
    match number % 10:
        case 0:
            return _indirect(rng)
        case 1:
            source = foreign_source(rng, least=1)
            return _select(source, indices.expression(rng, source.shape))
        case 2 | 3:
            return _sub(rng)
    source = direct_source(rng)
    return _select(source, indices.expression(rng, source.shape))


def _select(source: Source, text: str) -> dict[str, Any]:
    answer = outcome(lambda: _picked(source, indices.python_index(text)))
    if not text.strip():  # the whole, where Python has no such syntax
        answer = beyond(answer, "numpy", lambda: _picked(source, ()))
    return {"src": source.json(), "expr": text, **answer}


def _sub(rng: Random) -> dict[str, Any]:
    source = direct_source(rng)
    leading = indices.index(rng, source.shape)[: rng.randint(0, len(source.shape))]
    if rng.random() < 0.02:
        leading = [0] * (len(source.shape) + 1)
    answer = outcome(lambda: _picked(source, tuple(leading)))
    return {"src": source.json(), "sub": leading, **answer}


def _picked(source: Source, key: Any) -> dict[str, Any]:
    loan = Loan(source)
    keys = key if isinstance(key, tuple) else (key,)
    if not any(part is Ellipsis for part in keys):
        keys = (*keys, Ellipsis)  # a view, also where every dimension is indexed
    made = dtypes.array(source, loan)[keys]
    facts: dict[str, Any] = {"shape": made.shape}
    if made.size:
        if _tame(keys):
            facts["strides"] = made.strides
        facts["offset"] = made.__array_interface__["data"][0] - loan.start
        facts["list"] = encode(dtypes.to_list(made))
    return facts


def _indirect(rng: Random) -> dict[str, Any]:
    source = indirect_source(rng)
    cuts = [indices.bounds(rng) for _ in source.shape[: rng.randint(1, 3)]]
    text = ", ".join(indices.slice_text(rng, cut) for cut in cuts)
    return {"src": source.json(), "expr": text, "oracle": "testbuffer", **outcome(lambda: _cut(source, text))}


def _cut(source: Source, text: str) -> dict[str, Any]:
    loan = Loan(source)
    keys = indices.python_index(text)
    made = _testbuffer.ndarray(loan.view, getbuf=FULL_RO)[keys]
    facts: dict[str, Any] = {"shape": made.shape}
    if made.nbytes:
        if _tame(keys if isinstance(keys, tuple) else (keys,)):
            facts["strides"] = made.strides
        facts["suboffsets"] = made.suboffsets
        facts["offset"] = loan.offset(memoryview(made))
        facts["list"] = encode(made.tolist())
    return facts


def _tame(keys: tuple[Any, ...]) -> bool:
    return indices.tame((key.start, key.stop, key.step) for key in keys if isinstance(key, slice))
