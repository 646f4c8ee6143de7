"""Writes the arrays that the tests show, and numpy.json: what NumPy says of parts of them.

    python generate.py [OUTDIR]
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np

sys.dont_write_bytecode = True
from judge import python_syntax, stats  # noqa: E402

out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
warnings.simplefilter("ignore")
rng = np.random.default_rng(3118)

y, x = np.mgrid[0:64, 0:96]
photo = np.stack([4 * y, 2 * x, 255 - y - x], -1).astype("u1")

event = np.dtype([("time", "<M8[s]"), ("at", [("lat", "<f4"), ("lon", "<f4")]), ("hits", "<i2", (3,)), ("ok", "?"), ("tag", "S6"), ("name", "U5")])
events = np.zeros(100, event)
events["time"] = np.datetime64("2024-02-29T12:00:00") + np.arange(100) * 60
events["at"]["lat"] = np.round(rng.uniform(-90, 90, 100), 2)
events["at"]["lon"] = np.round(rng.uniform(-180, 180, 100), 2)
events["hits"] = rng.integers(-5, 500, (100, 3))
events["ok"] = rng.integers(0, 2, 100)
events["tag"] = [b"a", b"bc", b"it's", b"\xff\x00\x01", b""] * 20
events["name"] = ["Zoë", "", " pad", "日本", "x"] * 20

hostile = np.array([(1, "\x1b[31m", "\x07"), (2, "ok", "fine")], [("\x1b]0;owned\x07", "<i4"), ("text", "U6"), ("b", "S4")])

arrays = {
    "photo": photo,
    "events": events,
    "events2d": events.reshape(10, 10),
    "hostile": hostile,
    "escape": np.array("\x1b[31mred"),
    "floats": np.asfortranarray(np.linspace(-1, 1, 12).reshape(3, 4).astype(">f4")),
    "specials": np.array([np.nan, np.inf, -np.inf, 1e-9, 0.1]),
    "halves": np.array([65504, 0.1, 1e-7], "f2"),
    "complex": np.array([1 + 2j, -0.5j]),
    "big": np.array([2**63 - 1, -(2**63)]),
    "wide": np.zeros(3, [(f"column{i}", "<f8") for i in range(20)]),
}
for name, array in arrays.items():
    np.save(out / f"{name}.npy", array)

expected = []
for name, part in [
    ("photo", np.s_[::16, ::16, 0]), ("photo", np.s_[-1, :4]), ("photo", np.s_[...]), ("photo", np.s_[0, 0, 0]), ("photo", np.s_[5:5]),
    ("floats", np.s_[::-1]), ("specials", np.s_[:]), ("halves", np.s_[:]), ("complex", np.s_[::-1]), ("big", np.s_[:]),
    ("events2d", np.s_[:2, ::4]),
]:
    array = arrays[name][part]
    if array.dtype.names:  # times are shown as numbers
        array = array.astype([(n, "<i8" if n == "time" else array.dtype[n].base, array.dtype[n].shape) for n in array.dtype.names])
    expected.append({"file": f"{name}.npy", "slice": f"[{python_syntax(part)}]", "shape": np.shape(array), "text": str(array)})
(out / "numpy.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n", encoding="utf8")

# What all items are like.
hard = {
    "photo": np.s_[..., 0], "events": np.s_[::-1], "floats": np.s_[...], "specials": np.s_[:], "halves": np.s_[:], "complex": np.s_[:],
    "big": np.s_[:], "events2d": np.s_[:2, ::4],
}  # fmt: skip
expected = []
for name, part in hard.items():
    a = arrays[name][part]
    if a.dtype.names:
        a = a.astype([(n, "<i8" if n == "time" else a.dtype[n].base, a.dtype[n].shape) for n in a.dtype.names])
    expected.append({"file": f"{name}.npy", "slice": f"[{python_syntax(part)}]", "args": [], "stats": stats(a)})
(out / "stats.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf8")
