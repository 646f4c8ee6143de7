"""Random ctypes types."""

from __future__ import annotations

import ctypes
from random import Random
from typing import Any

NUMBERS = "c_byte c_ubyte c_short c_ushort c_int c_uint c_longlong c_ulonglong c_float c_double".split()
SCALARS = [*NUMBERS, "c_bool", "c_char", "c_void_p"]
OTHERS = ["c_char_p", "c_wchar_p", "py_object", "c_wchar"]


def random_type(rng: Random) -> tuple[str, Any]:
    """A type, and a text that tells it."""
    chance = rng.random()
    if chance < 0.2:
        return _scalar(rng)
    if chance < 0.4:
        return _array(rng, *_scalar(rng))
    text, made = _structure(rng, 0)
    return _array(rng, text, made) if chance > 0.85 else (text, made)


def _scalar(rng: Random) -> tuple[str, Any]:
    name = rng.choice(SCALARS if rng.random() < 0.85 else OTHERS)
    made = getattr(ctypes, name)
    if rng.random() < 0.06:
        return f"POINTER({name})", ctypes.POINTER(made)
    if rng.random() < 0.1 and hasattr(made, "__ctype_be__"):
        return f"{name}.__ctype_be__", made.__ctype_be__
    return name, made


def _array(rng: Random, text: str, made: Any) -> tuple[str, Any]:
    for _ in range(rng.choice([1, 1, 2])):
        extent = rng.randint(1, 3)
        text, made = f"{text} * {extent}", made * extent
    return text, made


def _structure(rng: Random, depth: int) -> tuple[str, Any]:
    """A structure of little or big endian, packed or not; or now and then a union, or one of bit fields."""
    chance = rng.random()
    kind = "Union" if chance < 0.08 else "BigEndianStructure" if chance < 0.2 else "Structure"
    packed = kind == "Structure" and rng.random() < 0.2
    fields, texts = [], []
    for number in range(rng.randint(0 if depth == 0 else 1, 4 - depth)):
        text, made = _member(rng, kind, depth)
        bits = (rng.randint(1, 7),) if kind == "Structure" and text == "c_int" and rng.random() < 0.15 else ()
        fields.append(("abcd"[number], made, *bits))
        texts.append(f"{'abcd'[number]}={text}" + "".join(f":{n}" for n in bits))
    body = {"_fields_": fields} | ({"_pack_": 1} if packed else {})
    name = f"{kind}(" + ", ".join(texts) + (", _pack_=1" if packed else "") + ")"
    return name, type("S", (getattr(ctypes, kind),), body)


def _member(rng: Random, kind: str, depth: int) -> tuple[str, Any]:
    if kind == "BigEndianStructure":
        name = rng.choice(NUMBERS)
        return name, getattr(ctypes, name)
    if depth < 2 and rng.random() < 0.12:
        return _structure(rng, depth + 1)
    text, made = _scalar(rng)
    return _array(rng, text, made) if rng.random() < 0.15 else (text, made)


def fields(made: Any) -> list[Any]:
    """Name, offset and size of each field of a structure."""
    if not issubclass(made, ctypes.Structure):
        return []
    found = []
    for name, *_ in made._fields_:
        descriptor = getattr(made, name)
        found.append([name, descriptor.offset, descriptor.size & 0xFFFF])
    return found


def told(made: Any) -> bool:
    """Whether a format without padding tells the type's size: no gaps, unions, bit fields or wide characters within."""
    if hasattr(made, "_length_"):
        return told(made._type_)
    if made is ctypes.c_wchar:
        return ctypes.sizeof(made) == 2  # what u says
    if issubclass(made, ctypes.Union):
        return False
    if not issubclass(made, ctypes.Structure):
        return True
    if any(len(field) > 2 or not told(field[1]) for field in made._fields_):
        return False
    gapless = sum(ctypes.sizeof(field[1]) for field in made._fields_) == ctypes.sizeof(made)
    return gapless and not hasattr(made, "_pack_")
