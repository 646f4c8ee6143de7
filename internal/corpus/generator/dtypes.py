"""NumPy as a second witness: arrays over a source, for the formats and indices that CPython does not do."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import numpy as np

from .source import POINTER, Loan, Source

try:
    from numpy._core._internal import _dtype_from_pep3118
except ModuleNotFoundError:  # NumPy 1
    from numpy.core._internal import _dtype_from_pep3118

# NumPy types beyond the codes that memoryview reads: the spec and whether it is aligned as C would.
CATALOG: list[tuple[Any, bool]] = [
    ("<f2", False),
    (">i2", False),
    (">i4", False),
    (">u8", False),
    (">f4", False),
    (">f8", False),
    ("<c8", False),
    ("<c16", False),
    (">c8", False),
    ("S5", False),
    ("<U3", False),
    (">U2", False),
    ([("a", "i1"), ("b", "<i4")], False),
    ([("a", "i1"), ("b", "<i4")], True),
    ([("b", "<i4"), ("a", "i1")], True),
    ([("x", ">f8"), ("y", "S3")], False),
    ([("m", "<i2", (2, 3)), ("n", "?")], False),
    ([("m", "<i2", (2, 3)), ("n", "?")], True),
    ([("p", [("u", "u1"), ("v", "<f4")]), ("q", "<i8")], False),
    ([("p", [("u", "u1"), ("v", "<f4")]), ("q", "<i8")], True),
    ([("s", "<U2"), ("z", "<c8")], False),
    ([("k", ">u2", (2,)), ("h", "<f2")], False),
    ([("in", [("r", "u1"), ("g", "u1"), ("b", "u1")], (2,)), ("a", "i1")], False),
]

FLOATS = [0.0, -0.0, 1.0, 1.5, -2.25, 0.25, 1024.0, -65504.0, float("inf"), float("-inf"), float("nan")]
LETTERS = "aZ é\u20ac\U0001f40d"

# Codes that NumPy's reader of PEP 3118 refuses, or would show without trailing zero bytes.
NATIVE = {"c": "V1", "n": f"i{POINTER}", "N": f"u{POINTER}", "P": f"u{POINTER}"}


def read(fmt: str) -> np.dtype:
    """The type that NumPy reads in a format."""
    return np.dtype(_dtype_from_pep3118(fmt))


@cache
def dtype_of(fmt: str, size: int) -> np.dtype:
    """The NumPy type of a format whose items take size bytes."""
    code = fmt.removeprefix("@")
    if code in NATIVE:
        return np.dtype(NATIVE[code])
    if code.endswith("s") and code[:-1].isdigit():
        return np.dtype(f"V{code[:-1]}")
    dtype = read(fmt)
    if dtype.itemsize < size:  # padding at the end, which the format does not tell
        fields = dtype.fields
        return np.dtype(
            {
                "names": dtype.names,
                "formats": [fields[name][0] for name in dtype.names],
                "offsets": [fields[name][1] for name in dtype.names],
                "itemsize": size,
            }
        )
    return dtype


def format_of(dtype: np.dtype) -> str:
    """The format that memoryview shows for a NumPy type; of two items, since their alignment decides on '='."""
    return memoryview(np.zeros(2, dtype)).format


def foreign(rng: Random) -> tuple[str, int]:
    """A format that NumPy reads and memoryview does not, and its itemsize."""
    spec, align = rng.choice(CATALOG)
    dtype = np.dtype(spec, align=align)
    return format_of(dtype), dtype.itemsize


def array(source: Source, loan: Loan) -> np.ndarray:
    """A NumPy array over the memory of a loan, laid out as its view is."""
    dtype = dtype_of(source.format, source.itemsize)
    made = np.ndarray(source.shape, dtype, loan.memory, source.offset, source.strides)
    made.flags.writeable = not source.readonly
    return made


def plain(value: Any, dtype: np.dtype) -> Any:
    """An item, or a list of items, as Python values; bytes keep the zeros at their end, which NumPy drops."""
    if isinstance(value, np.ndarray) and value.ndim:
        return [plain(item, dtype) for item in value]
    if dtype.subdtype:
        return plain(np.asarray(value), dtype.subdtype[0])
    if dtype.names:
        record = value[()] if isinstance(value, np.ndarray) else value
        return tuple(plain(record[name], dtype.fields[name][0]) for name in dtype.names)
    item = value.item() if isinstance(value, (np.generic, np.ndarray)) else value
    return item.ljust(dtype.itemsize, b"\0") if dtype.kind == "S" else item


def to_list(made: np.ndarray) -> Any:
    """An array's contents as nested lists, or the item of a 0-d one."""
    return plain(made, made.dtype)


def readable(source: Source, rng: Random) -> Source:
    """The source with bytes that its text and its bools can be read from, and floats that are short to tell."""
    dtype = dtype_of(source.format, source.itemsize)
    if not _holds(dtype, "Ubfc"):
        return source
    memory = bytearray(source.content())
    for item in np.nditer(
        np.ndarray(source.shape, dtype, memory, source.offset, source.strides),
        flags=["zerosize_ok"],
        op_flags=[["readwrite"]],
    ):
        tidy(item, rng)
    return Source(**{**source.__dict__, "memory": bytes(memory)})


def _holds(dtype: np.dtype, kinds: str) -> bool:
    """Whether a type of those kinds stands anywhere in dtype."""
    if dtype.subdtype:
        return _holds(dtype.subdtype[0], kinds)
    if dtype.names:
        return any(_holds(dtype.fields[name][0], kinds) for name in dtype.names)
    return dtype.kind in kinds


def tidy(item: np.ndarray, rng: Random) -> None:
    """Give the text, the bools and the floats within an item a value."""
    kind = item.dtype.kind
    if item.dtype.names:
        for name in item.dtype.names:
            tidy(item[name], rng)
    elif kind == "U":
        item[...] = "".join(rng.choice(LETTERS) for _ in range(rng.randint(0, 3)))
    elif kind == "b":
        item[...] = rng.random() < 0.5
    elif kind in "fc":
        parts = [rng.choice(FLOATS) for _ in range(2)]
        item[...] = parts[0] if kind == "f" else complex(*parts)


def value(rng: Random, dtype: np.dtype) -> Any:
    """A value that an item takes; one number in twelve is just out of its range."""
    if dtype.subdtype:
        base, shape = dtype.subdtype
        return [value(rng, np.dtype((base, shape[1:])) if shape[1:] else base) for _ in range(shape[0])]
    if dtype.names:
        return tuple(value(rng, dtype.fields[name][0]) for name in dtype.names)
    match dtype.kind:
        case "i" | "u":
            info = np.iinfo(dtype)
            least, most = int(info.min), int(info.max)
            past = rng.random() < 1 / 12
            return rng.choice([least - 1, most + 1] if past else [0, 1, least, most, rng.randint(least, most)])
        case "f":
            return rng.choice([*FLOATS, 1e-3, rng.uniform(-9, 9)])
        case "c":
            return complex(*(rng.choice(FLOATS[:-1]) for _ in range(2)))
        case "b":
            return rng.random() < 0.5
        case "V":
            return bytes(rng.randrange(256) for _ in range(dtype.itemsize))
        case "S":
            return bytes(rng.randrange(1, 256) for _ in range(rng.randint(0, dtype.itemsize)))
        case "U":
            return "".join(rng.choice(LETTERS) for _ in range(rng.randint(0, dtype.itemsize // 4)))
    raise TypeError(f"no value for {dtype}")
