"""format: what struct, NumPy and ctypes make of formats."""

from __future__ import annotations

import struct
from math import prod
from random import Random
from typing import Any

import numpy as np

from .. import cstructs, dtypes
from ..outcome import beyond, outcome
from ..source import Source
from ..values import encode, foreign_to_go
from .element import integer

COUNT = 2500

NATIVE = "cbBhHiIlLqQnNefd?P"
STANDARD = "cbBhHiIlLqQefd?"
MARKS = ["", "", "@", "=", "<", ">", "!"]

# Formats that struct refuses and PEP 3118 knows, as NumPy reads them.
WIDER = "(2,3)i (2)3i Zd >Zf Zg g 3w w O i:x: i:ab: ^bi <i>h h@i b<i@i".split()
WIDER += ["T{i:a:}", "T{=b:a:i:b:}", "T{(2)i:a:>d:b:}", "T{T{b:a:}:n:}", "=T{b:a:T{i:b:}:c:}", "2T{=b:a:i:b:}"]
# Formats that nobody reads.
BAD = "k 3 i3 <n =N !n >N y A i, -1i 1.5i ( ) (2 (2,i T{ T{i } i} i: i:x 3t : :a: & @@3 é".split()
BAD += ["3 i", "i k", "\0", "i\0", "99999999999999999999i", "9223372036854775807i", "4611686018427387904h"]


def case(rng: Random, number: int) -> dict[str, Any]:
    """In eighteen cases twelve by struct, five by NumPy and one by ctypes."""
    makers = [_size] * 5 + [_unpack] * 3 + [_pack] * 4 + [_reads] * 3 + [_numpy] * 2 + [_ctypes]
    return makers[number % len(makers)](rng)


def _struct_format(rng: Random, counts: bool) -> str:
    """A format that struct reads; counts where asked for, else before s, p and x alone, and zeros."""
    mark = rng.choice(MARKS)
    parts = []
    for _ in range(rng.choice([1, 1, 2, 2, 3, 4])):
        code = rng.choice((NATIVE if mark in ("", "@") else STANDARD) + "xsp")
        count = ""
        if code in "xsp":
            count = str(rng.choice(["", 1, 2, 3, 5, 0 if code != "p" else 4]))  # '0p' is a SystemError in CPython
        elif counts and rng.random() < 0.3:
            count = str(rng.randint(0, 3))
        elif rng.random() < 0.06:
            count = "0"
        parts.append(count + code)
    return mark + rng.choice(["", "", "", "", " ", "\n\t"]).join(parts)


def _size(rng: Random) -> dict[str, Any]:
    chance = rng.random()
    if chance < 0.06:
        fmt = rng.choice(WIDER)
        own = outcome(lambda: struct.calcsize(fmt))
        return {"op": "size", "fmt": fmt, **beyond(own, "numpy", lambda: dtypes.read(fmt).itemsize)}
    fmt = rng.choice(BAD) if chance < 0.14 else _struct_format(rng, counts=True)
    return {"op": "size", "fmt": fmt, **outcome(lambda: struct.calcsize(fmt))}


def _unpack(rng: Random) -> dict[str, Any]:
    fmt = _struct_format(rng, counts=True)
    size = struct.calcsize(fmt)
    edges = bytes(rng.choice([0, 0, 1, 2, 127, 128, 255]) for _ in range(size))
    source = Source(size if rng.random() < 0.5 else edges, "B", (size,))
    items = outcome(lambda: encode(list(struct.unpack(fmt, source.content()))))
    return {"op": "unpack", "fmt": fmt, "mem": source.json()[0], **items}


def _pack(rng: Random) -> dict[str, Any]:
    fmt = _struct_format(rng, counts=False)
    values = [_value(rng, code, size) for code, size in _items(fmt)]
    wrong = rng.randrange(len(values)) if values and rng.random() < 0.15 else None
    if wrong is not None:
        values[wrong] = _wrong(rng, _items(fmt)[wrong][0])
    py = any(foreign_to_go(code, value) for (code, _), value in zip(_items(fmt), values))
    if len(values) > 1 and rng.random() < 0.03:
        values.append(0)
    answer = outcome(lambda: struct.pack(fmt, *values).hex())
    return {"op": "pack", "fmt": fmt, "values": encode(values), **({"py": True} if py else {}), **answer}


def _items(fmt: str) -> list[tuple[str, int]]:
    """The codes of a format that stand for a value each, and the counts before them."""
    items, count = [], ""
    for code in fmt:
        if code.isdigit():
            count += code
        elif code.isalpha() or code == "?":
            if code in "sp" or (code != "x" and count != "0"):
                items.append((code, int(count or 1)))
            count = ""
    return items


def _value(rng: Random, code: str, count: int) -> Any:
    """A value that the code takes whole."""
    match code:
        case "c":
            return bytes([rng.randrange(256)])
        case "s" | "p":
            room = count if code == "s" else max(0, count - 1)
            return bytes(rng.randrange(256) for _ in range(rng.randint(0, room)))
        case "?":
            return rng.choice([True, False, True, False, 1, 0])
        case "e" | "f" | "d":
            return rng.choice([*dtypes.FLOATS, 0.1, 1e-7, 3, rng.uniform(-99, 99)])
    bits = 8 * struct.calcsize(code)
    return min(max(integer(rng, code), 0 if code.isupper() else -(2 ** (bits - 1))), 2**31 - 1)


def _wrong(rng: Random, code: str) -> Any:
    """A value that the code does not take, or only at its edge."""
    if code in "efd":
        return rng.choice(["a", None, b"x", 1 + 1j, 65520.0] if code == "e" else ["a", None, b"x", 1 + 1j])
    if code in "sp":
        return rng.choice([1, None, 1.5])
    if code == "c":
        return rng.choice([1, None])
    if code == "?":
        return rng.choice([2, -1, 0.5, None, "", b"x"])
    return rng.choice([1.5, "a", None, b"x", 2**64, -(2**63) - 1, *(2**bits for bits in (8, 16, 32)), -129, -32769])


def _reads(rng: Random) -> dict[str, Any]:
    """A format of PEP 3118, as NumPy reads it."""
    fmt = _written(rng, rng.choice(["", "@", "=", "<", ">", "^"]), 0)
    return {"op": "reads", "fmt": fmt, "oracle": "numpy", **outcome(lambda: _layout(dtypes.read(fmt)))}


def _written(rng: Random, mark: str, depth: int) -> str:
    """A record: named items of all kinds. Records in records have no padding, on which readers differ."""
    parts = []
    for name in "abcd"[: rng.randint(1, 4 - depth)]:
        pad = rng.choice(["", "", "", "", "", "x", "3x"])
        shape = rng.choice(["", "", "", "", "(3)", "(2,2)"])
        order = mark if name == "a" else rng.choice("<>") if mark not in ("", "@") and rng.random() < 0.1 else ""
        if depth < 2 and mark not in ("", "@") and rng.random() < 0.2:
            item = _written(rng, "", depth + 1)
        else:
            item = rng.choice("b B h H i I l q Q e f d ? Zf 2d 3s 2w 2i".split())
        parts.append(f"{pad}{shape}{order}{item}:{name}:")
    inner = "".join(parts)
    return f"T{{{inner}}}" if depth or rng.random() < 0.7 else inner


def _layout(dtype: np.dtype) -> dict[str, Any]:
    return {"size": dtype.itemsize, "fields": _fields(dtype)}


def _fields(dtype: np.dtype) -> list[Any]:
    """Name, offset and size of each field, and the fields within it where it is a record."""
    fields = []
    for name in dtype.names or ():
        inner, offset = dtype.fields[name][:2]
        fields.append([name, offset, inner.itemsize, *([_fields(inner.base)] if inner.base.names else [])])
    return fields


def _numpy(rng: Random) -> dict[str, Any]:
    """What memoryview says of an array of a NumPy type, and an item of it."""
    spec, align = (_spec(rng, 0), rng.random() < 0.5) if rng.random() < 0.85 else (rng.choice(LEAVES), False)
    dtype = np.dtype(spec, align=align)
    fmt = dtypes.format_of(dtype)
    source = Source(dtype.itemsize, fmt, (), size=dtype.itemsize)
    memory = bytearray(source.content())
    item = np.ndarray((), dtype, memory)
    dtypes.tidy(item, rng)
    want = {"fmt": fmt, **_layout(dtype), "value": encode(dtypes.plain(item[()], dtype))}
    text = f"{spec!r}, align=True" if align else repr(spec)
    opaque = {} if _offsets(dtypes.read(fmt)) == _offsets(dtype) else {"opaque": True}
    return {"op": "numpy", "dtype": text, **opaque, "mem": memory.hex(), "want": want}


def _offsets(dtype: np.dtype) -> list[Any]:
    """The offsets of all fields, with those within them, and the strides of arrays."""
    fields = [dtype.fields[name] for name in dtype.names or ()]
    return [(offset, prod(field.shape) > 1 and field.base.itemsize, _offsets(field.base)) for field, offset, *_ in fields]


LEAVES = "i1 u1 <i2 >i2 <i4 >u4 <i8 >i8 <u8 <f2 >f2 <f4 >f4 <f8 >f8 <c8 >c16 S3 <U2 >U1 ?".split()


def _spec(rng: Random, depth: int) -> list[Any]:
    """The fields of a random structured type."""
    fields: list[Any] = []
    for number in range(rng.randint(1, 4 - depth)):
        item = _spec(rng, depth + 1) if depth < 2 and rng.random() < 0.2 else rng.choice(LEAVES)
        shape = [rng.choice([(2,), (3,), (2, 2), (1,)])] if rng.random() < 0.2 else []
        fields.append(("abcd"[number], item, *shape))
    return fields


def _ctypes(rng: Random) -> dict[str, Any]:
    """What memoryview says of a ctypes type."""
    text, made = cstructs.random_type(rng)
    view = memoryview(made())
    want = {"fmt": view.format, "size": view.itemsize, "shape": view.shape, "fields": cstructs.fields(made)}
    opaque = {} if cstructs.told(made) else {"opaque": True}
    return {"op": "ctypes", "type": text, **opaque, "want": {key: value for key, value in want.items() if value != []}}
