"""Writes what NumPy says of layouts and of histograms.

    python generate.py [OUTDIR]
"""

import json
import sys
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
rng = np.random.default_rng(8)

base = np.arange(60, dtype="<i4").reshape(3, 4, 5)
record = np.dtype([("a", "i1"), ("at", [("x", "<f8"), ("y", "<f4")]), ("n", "<i2")], align=True)
arrays = {
    "matrix": base[0],
    "cube": base,
    "fortran": np.asfortranarray(base[0]),
    "transposed": base.transpose(2, 0, 1),
    "every second": base[::2, :, ::2],
    "backwards": base[:, ::-1, ::-2],
    "one of one": base[:1, 1:2],
    "scalar": base[1, 2, 3, ...],
    "none": base[:, :0],
    "broadcast": np.broadcast_to(base[0, 0], (3, 5)),
    "windows": sliding_window_view(base[0, 0], 3),
    "halves": as_strided(base[0, 0].view("<i2"), (3, 4), (4, 2)),
    "inside": as_strided(base[0, 0].view("u1"), (4,), (1,)).view(np.dtype("u1")),
    "records": np.zeros(3, record),
    "a field": np.zeros(3, record)["at"]["y"],
}


def layout(a):
    """Offsets of all items, by NumPy's own walk, in bytes from item 0."""
    first = a.__array_interface__["data"][0]
    offsets = [a[i + (...,)].__array_interface__["data"][0] - first for i in np.ndindex(a.shape)]
    indices = [list(i) for i in np.ndindex(a.shape)]
    return {"format": memoryview(a).format, "itemsize": a.itemsize, "shape": a.shape, "strides": a.strides, "c": a.flags.c_contiguous, "f": a.flags.f_contiguous,
            "indices": indices, "offsets": offsets}


numbers = {
    "normal": (rng.normal(size=400), 7, None),
    "uniform": (rng.uniform(-3, 9, 333), 64, (0.0, 5.0)),
    "few": (np.array([0.5, 0.25, 8.0]), 3, None),
    "integers": (rng.integers(0, 9, 200), 9, (-0.5, 8.5)),
}


def histogram(a, bins, limits):
    counts, edges = np.histogram(a, bins, limits)
    return {"items": a.tolist(), "whole": a.dtype.kind == "i", "bins": bins, "range": limits, "counts": counts.tolist(), "edges": edges.tolist()}


judged = {
    "layouts": [{"name": name} | layout(a) for name, a in arrays.items()],
    "histograms": [{"name": name} | histogram(*of) for name, of in numbers.items()],
    # Its offsets are those of a C compiler, by dtype(align=True).
    "record": {"fields": [[f"{outer}.{inner}" if sub.names else outer, off + (sub.fields[inner][1] if sub.names else 0), (sub.fields[inner][0] if sub.names else sub).itemsize]
                          for outer, (sub, off) in record.fields.items() for inner in (sub.names or [None])], "itemsize": record.itemsize},
}
(out / "numpy.json").write_text(json.dumps(judged, indent=None, separators=(", ", ": ")).replace("}, {", "},\n{") + "\n")
