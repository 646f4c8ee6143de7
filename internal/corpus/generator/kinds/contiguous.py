"""contiguous: PyMemoryView_GetContiguous, which copies where it must."""

from __future__ import annotations

from random import Random
from typing import Any

import _testbuffer

from ..layouts import any_source
from ..outcome import outcome
from ..source import Loan, Source, address

COUNT = 800

ACCESS = {"r": _testbuffer.PyBUF_READ, "w": _testbuffer.PyBUF_WRITE}


def case(rng: Random, number: int) -> dict[str, Any]:
    """One in three asks for writing."""
    source = any_source(rng)
    access, order = "w" if number % 3 == 0 else "r", rng.choice("CFA")
    answer = outcome(lambda: _facts(source, access, order))
    return {"src": source.json(), "access": access, "order": order, **answer}


def _facts(source: Source, access: str, order: str) -> dict[str, Any]:
    loan = Loan(source)
    made = _testbuffer.get_contiguous(loan.view, ACCESS[access], order)
    assert (made.shape, made.format) == (loan.view.shape, loan.view.format)
    return {
        "direct": address(made) == address(loan.view),
        "ro": int(made.readonly),
        "strides": made.strides,
        "C": made.tobytes().hex(),
    }
