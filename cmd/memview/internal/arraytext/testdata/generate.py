"""Writes golden.jsonl: arrays, and what NumPy prints for them.

Each line is an object: name; npy, the array as an npy file in base64, whose last `repeat` bytes (if
any) are to be repeated until the file has `size` bytes; and text, which is str(array) by line width.

    python generate.py [OUTDIR]
"""

import base64
import io
import json
import sys
import warnings
from pathlib import Path

import numpy as np

rng = np.random.default_rng(20240917)
cases = []


def add(name, array, *widths):
    array = np.asarray(array)
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.save(file, array)
    npy = file.getvalue()
    header = len(npy) - array.nbytes
    repeat = min((p for p in (array.itemsize, 97 * array.itemsize) if periodic(npy[header:], p)), default=0)
    case = {"name": name, "size": len(npy), "repeat": repeat, "text": {}}
    case["npy"] = base64.b64encode(npy[: header + repeat] if repeat else npy).decode()
    for width in widths or (75,):
        with np.printoptions(linewidth=width):
            case["text"][width] = str(array)
    cases.append(case)


def periodic(data, period):
    return 0 < 2 * period < len(data) and data[period:] == data[:-period]


SHAPES = [(), (1,), (2,), (7,), (40,), (0,), (2, 0), (2, 3), (3, 1, 4), (2, 2, 2, 2), (1, 1, 1)]
LONG = [(1001,), (999, 2), (40, 26), (8, 7, 20), (7, 1, 2, 100), (2, 3, 4, 43), (2000, 1)]


def every_number(dtype):
    """Random bytes are numbers of every size, and nan and inf among floats."""
    dtype = np.dtype(dtype)
    for shape in SHAPES:
        raw = rng.integers(0, 256, (*shape, dtype.itemsize), dtype="u1").tobytes()
        array = np.frombuffer(raw, dtype).reshape(shape) if raw else np.zeros(shape, dtype)
        add(f"{dtype.str} random {shape}", array)
    for shape in LONG:
        count = int(np.prod(shape))
        add(f"{dtype.str} count {shape}", (np.arange(count) % 97).astype(dtype).reshape(shape), 75, *[33] * (len(shape) == 2))


for dtype in "i1 u1 <i2 >i2 <u2 >u2 <i4 >i4 <u4 >u4 <i8 >i8 <u8 >u8 <f2 >f2 <f4 >f4 <f8 >f8 <c8 >c8 <c16 >c16".split():
    every_number(dtype)

for dtype in "i1 u1 i2 u2 i4 u4 i8 u8".split():
    info = np.iinfo(dtype)
    for values in [info.min, info.max], [info.min], [info.max, 0], [0], [1, -1 if info.min else 1]:
        add(f"{dtype} {values}", np.array(values, dtype), 75)
    add(f"{dtype} alone {info.max}", np.array(info.max, dtype))

add("last one that is whole", np.arange(1000.0))
add("bool", [True, False, True])
add("bool true", [[True], [True]])
add("bool alone", np.array(False))
add("bool long", np.arange(1200) % 3 == 0, 75, 20)

# Read from text: 10.0 ** x is another number on a machine with AVX-512.
TENS = np.array([float(f"1e{k}") for k in range(-100, 101)])

# Floats: sizes on both sides of each of NumPy's limits.
FLOATS = [
    [0.0], [-0.0], [0.0, -0.0], [1.0], [-1.0, 1.0], [0.1], [1 / 3], [2 / 3, 1], [1.5, 22.25, 333.125],
    [1e-4, 1e-3], [9.9e-5], [1e-5, 1], [1e7], [99999999.0], [1e8], [1e8 + 1], [123456789.0, 1], [1000, 1], [1001, 1],
    [1000.1, 1], [999999], [1000000], [1000001, 1e5], [1234.5678], [1e16], [1e15], [123456.789e3], [5e-324],
    [0.30000000000000004], [1e-300, 1e300], [1e100, 1], [1e-100], [np.nan], [np.inf], [-np.inf], [np.nan, np.inf],
    [np.nan, 1], [np.inf, 1.5], [-np.inf, 1.5], [np.nan, -np.inf, 1e-9], [np.nan, 1e100], [0, 1e-9], [0, 0, np.nan],
    [0.99999999, 0.999999999, 0.9999999999], [9.999999999, 1], [99999.999999999], [0.000123456789123, 0.1],
    [0.5, 0.25, 0.125, 0.0625, 0.03125, 0.001953125], [2.0**-k for k in range(13)], [2.0**k for k in range(26)],
    [2.0**k for k in range(-60, 60, 7)], [1.0 + 2.0**-k for k in range(1, 30, 3)], [0.123456785, 0.123456775],
    [0.5 + 2.0**-9, 0.5 + 3 * 2.0**-10], [1.000000005], [1.00000001, 1.000000015], [65504], [6e-8], [65520, 1],
    [1024, 2048], [0.1, 0.2, 0.3], [3.14159265358979, 2.718281828459045], [1e22, 1e23], [9007199254740993.0],
    [4.35, 4.349999999999999], [1e-7, 1e-8, 1e-9], [100, 0.1], [100, 0.09], [-1e-9, 1e-9], [-12.5, 3], [-0.001, 10],
]
for dtype in "f2 f4 f8".split():
    with np.errstate(all="ignore"):
        for values in FLOATS:
            array = np.array(values).astype(dtype)
            add(f"{dtype} {values}", array)
            add(f"{dtype} alone {values[0]}", array[0])
        for first, values in enumerate(FLOATS):
            other = FLOATS[(first * 7 + 3) % len(FLOATS)]
            n = min(len(values), len(other))
            both = (np.array(values[:n]) + 1j * np.array(other[:n])).astype({"f4": "c8"}.get(dtype, "c16"))
            if dtype != "f2":
                add(f"{both.dtype.str} {values[:n]} {other[:n]}", both)
                add(f"{both.dtype.str} alone {values[0]} {other[0]}", both[0])
    for spread in 0, 1, 2, 4, 8, 20, 100:
        with np.errstate(all="ignore"):
            array = (rng.standard_normal(20) * TENS[rng.integers(-spread, spread + 1, 20) + 100]).astype(dtype)
        add(f"{dtype} spread {spread}", array, 75, 50, 130)
        add(f"{dtype} table {spread}", array.reshape(4, 5))
        add(f"{dtype} rounded {spread}", np.round(array.astype("f8"), 3).astype(dtype))
    powers = np.concatenate([2.0 ** np.arange(-24, 16), -(2.0 ** np.arange(-3, 10))])
    for start in range(0, len(powers), 6):
        add(f"{dtype} powers from {start}", powers[start : start + 6].astype(dtype))

# Halves: all of them, in pieces.
every = np.arange(65536, dtype="u2").view("f2")
for start in range(0, 65536, 4096):
    add(f"all halves from {start}", every[start : start + 999 : 1])
for start in range(0, 64):
    piece = every[start * 1024 : (start + 1) * 1024 : 103]
    add(f"halves of exponent {start}", piece)

TEXTS = ["", "a", "it's", 'say "so"', """both ' and " """, "a\nb\tc\rd", "back\\slash", "\x00mid", "\x1b[2m", "\x7f\x80\xa0\xad",
         "é", "日本語", "\u2028\u200b\ufeff", "😀", "\U000e0001", "end ", " blank", "\ue000", "\u0301combining"]
for text in TEXTS:
    add(f"text {text!r}", np.array([text, "x"], "U"))
    add(f"bytes {text!r}", np.array([text.encode("utf8", "replace"), b"x"], "S"))
    if text and "\x00" not in text:
        add(f"text alone {text!r}", np.array(text))
add("texts", np.array(TEXTS, "U"), 75, 40, 10)
add("texts big-endian", np.array(TEXTS, ">U12"))
add("all bytes", np.arange(256, dtype="u1").view("S1"))
add("text long", np.array([f"word{i % 97}" for i in range(1100)]), 75, 30)

# Orders and widths.
add("fortran", np.asfortranarray(np.arange(12.0).reshape(3, 4)))
add("fortran long", np.asfortranarray(np.arange(1200).reshape(30, 40)))
for width in range(1, 60, 3):
    add("wrapped", np.arange(25) * 37, width)
    add("wrapped cube", (np.arange(24) * 3.7).reshape(2, 3, 4), width)

# Records of more than one dimension print as tuples.
pair = np.dtype([("id", "<i4"), ("pos", "<f8", (3,)), ("inner", [("ok", "?"), ("name", "U6")])])
records = np.zeros((2, 3), pair)
records["id"] = np.arange(6).reshape(2, 3) * 111
records["pos"] = rng.standard_normal((2, 3, 3))
records["inner"]["ok"][0] = True
records["inner"]["name"] = [["a", "bc", "def"], ["it's", "", "ghijkl"]]
add("records", records, 75, 40, 150)
add("records of one field", np.zeros((2, 2), [("x", "f4")]))
add("records long", np.zeros((30, 40), [("x", "f4"), ("y", "i2", (2, 2)), ("c", "c8"), ("b", "S3")]))
add("records with long parts", np.zeros((1, 2), [("x", "i2", (60, 20))]))

out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
with open(out / "golden.jsonl", "w", encoding="utf8") as file:
    for case in cases:
        file.write(json.dumps(case, ensure_ascii=False, separators=(",", ":")) + "\n")
