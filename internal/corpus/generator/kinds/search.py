"""search: count, index and `in`, as Python's lists do them on tolist(); iteration and len."""

from __future__ import annotations

from random import Random
from typing import Any

from ..layouts import direct_source, random_source, rows
from ..outcome import outcome
from ..source import Loan
from ..values import beyond_machine, encode

COUNT = 720


ODD = [0, 1, -1, 0.5, 1.0, 300, b"a", b"", float("nan"), float("inf"), 2**64, "a", None, True, 1 + 0j]
OPS = ["count", "index", "in", "count", "index", "in", "iter", "reversed", "len"]


def case(rng: Random, number: int) -> dict[str, Any]:
    """Views of one dimension; the value is mostly one of their items, sometimes as another type."""
    op = OPS[number % len(OPS)]
    if op == "len":
        source = random_source(rng)
    elif number % 10 == 0:
        source = rows(rng, rng.choice("BhiQd"), 6, most=1)
    else:
        source = direct_source(rng, 1, 1)
    loan = Loan(source)
    view = loan.view
    if op == "len" and not view.ndim:
        return {"src": source.json(), "op": op, **_len_of_none(view)}
    if op in WHOLE:
        return {"src": source.json(), "op": op, **outcome(lambda: WHOLE[op](view))}
    value = _value(rng, view.tolist())
    py = {"py": True} if _foreign_to_go(view.format[-1], value) else {}
    return {"src": source.json(), "op": op, "value": encode(value), **py, **outcome(lambda: _search(view, op, value))}


WHOLE = {
    "iter": lambda view: encode(list(view)),
    "reversed": lambda view: encode(list(reversed(view))),
    "len": len,
}


def _len_of_none(view: memoryview) -> dict[str, Any]:
    """The length of a view without dimensions, an error since 3.12."""
    answer = outcome(lambda: len(view))
    if "error" in answer:
        return answer
    return {"error": ["ErrType", "TypeError", "0-dim memory has no length"], "oracle": "3.12", "cpython": answer}


def _foreign_to_go(code: str, value: Any) -> bool:
    """Whether Go has no such value, or has it apart from numbers, where Python has not."""
    if isinstance(value, bool) or code == "?":
        return isinstance(value, bool) != (code == "?")
    return beyond_machine(value)


def _value(rng: Random, items: list[Any]) -> Any:
    """A value to look for."""
    if not items or rng.random() < 0.2:
        return rng.choice(ODD)
    item = rng.choice(items)
    if isinstance(item, int) and rng.random() < 0.2:
        return float(item)
    if isinstance(item, float) and item.is_integer() and rng.random() < 0.5:
        return int(item)
    return item


def _search(view: memoryview, op: str, value: Any) -> Any:
    items = view.tolist()  # new objects: a NaN is found nowhere
    found = items.count(value)
    match op:
        case "count":
            return found
        case "index":
            return items.index(value) if found else -1
    assert (value in view) == bool(found)
    return bool(found)
