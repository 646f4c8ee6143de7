"""hex: the bytes as text, in groups."""

from __future__ import annotations

from random import Random
from typing import Any

from ..layouts import any_source
from ..outcome import outcome
from ..source import Loan

COUNT = 800

WRONG = ["::", "  ", "é", "\u20ac", "\U0001f40d"]


def case(rng: Random, number: int) -> dict[str, Any]:
    """One separator in twenty is none; groups of any sign, and none."""
    source = any_source(rng)
    loan = Loan(source)
    args: dict[str, Any] = {}
    if number % 8:
        args["sep"] = rng.choice(WRONG) if rng.random() < 0.05 else rng.choice(":- _x\t0")
        if rng.random() < 0.75:
            args["group"] = rng.choice([0, 1, 2, 3, 4, 5, 8, 1000, 2**31 - 1, -1, -2, -3, -4, -5, -1000, -(2**31) + 1])
    return {"src": source.json(), **args, **outcome(lambda: loan.view.hex(*args.values()))}
