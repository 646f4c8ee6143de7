"""Values as the cases hold them: JSON that keeps apart what Python keeps apart."""

from __future__ import annotations

from typing import Any

import numpy as np

Json = Any


def encode(value: Any) -> Json:
    """A Python value in the README's encoding; every float by the shortest decimal that gives it back."""
    if isinstance(value, np.generic):
        value = value.item()
    match value:
        case None | bool() | int():
            return value
        case float():
            return f"f{value!r}"
        case complex():
            return f"c{value.real!r},{value.imag!r}"
        case bytes():
            return f"b{value.hex()}"
        case str():
            return f"s{value}"
        case list():
            return [encode(item) for item in value]
        case tuple():
            return {"t": [encode(item) for item in value]}
    raise TypeError(f"no encoding for {type(value).__name__}")


def beyond_machine(value: Any) -> bool:
    """Whether an integer in a value is larger than a machine's."""
    if isinstance(value, (list, tuple)):
        return any(beyond_machine(item) for item in value)
    return isinstance(value, int) and not -(2**63) <= value < 2**64


def foreign_to_go(code: str, value: Any) -> bool:
    """Whether Python writes a value to an item of a code, or refuses it, by a rule of its own types that Go has not."""
    match value:
        case bool():
            return code != "?"
        case str():
            return code in "?c"
        case bytes() | list() | complex() | None:
            return code == "?"
    return beyond_machine(value) or (code == "P" and isinstance(value, int) and value < 0)


def contiguity(view: memoryview) -> str:
    """The letters that hold of a view: C, F, A."""
    held = (("C", view.c_contiguous), ("F", view.f_contiguous), ("A", view.contiguous))
    return "".join(letter for letter, holds in held if holds)
