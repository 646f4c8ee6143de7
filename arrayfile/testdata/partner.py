"""NumPy's side of files that were made in Go.

    partner.py ask FOLDER      writes cases.json: arrays, as they are lent by their buffers
    partner.py judge FOLDER    reads their files, 0.npy and so on, and says what differs
"""

import json
import sys
from pathlib import Path

import numpy as np

dtypes = ["?", "V3", "S5", "i1,f8", "(2,)i4,S3", "u1,(2,3)>f4,<U2"]
for code in "bBhHiIlLqQefdgFDG":
    dtypes += [code, np.dtype(code).newbyteorder(">") if code not in "gG" else code]
dtypes += [
    "U3",
    ">U3",
    np.dtype([("a", "i1"), ("b", "f8"), ("c", "i2")], align=True),
    np.dtype({"names": ["x", "y"], "formats": ["<i2", ">f8"], "offsets": [3, 8], "itemsize": 20}),
    np.dtype([("p", [("x", "<f4"), ("y", ">f4")]), ("q", [("z", "<c16", (2,))], (2, 2))]),
    np.dtype([("it's", "i4"), ("back\\slash", "i4"), ("tab\t", "i4"), ("caf\u00e9", "i4")]),
    np.dtype([("\u65e5\u672c", "<f4"), ("\U0001f600", "<i2")]),
    np.dtype([(f"field{i:04}", "<i2") for i in range(3500)]),
]
shapes = [(), (4,), (2, 3), (2, 1, 3), (0, 3)]


def arrays():
    rng = np.random.default_rng(3118)
    for dtype in map(np.dtype, dtypes):
        for shape in shapes[1:3] if dtype.itemsize > 1000 else shapes:
            for order in "CF":
                a = np.zeros(shape, dtype, order=order)
                if a.ndim and dtype.kind not in "?U" and not dtype.names and dtype.char not in "gG":
                    flat = rng.integers(0, 256, a.nbytes, dtype="u1")
                    a = np.ndarray(shape, dtype, flat.tobytes(), order=order)
                elif dtype.char in "gG":
                    a[...] = 1.25
                elif dtype.kind == "U":
                    a[...] = "\u65e5a\U0001f600"
                elif dtype.names:
                    a = np.asarray(a)
                    for name in dtype.names[:5]:
                        if dtype[name].base.kind in "iufc":
                            a[name] = 7
                yield a


folder = Path(sys.argv[2])
if sys.argv[1] == "ask":
    cases = []
    for a in arrays():
        m = memoryview(a)
        cases.append({"format": m.format, "itemsize": m.itemsize, "shape": m.shape, "strides": m.strides, "data": a.tobytes("C").hex()})
    (folder / "cases.json").write_text(json.dumps(cases))
else:
    versions, cases = set(), json.loads((folder / "cases.json").read_text())
    for i, a in enumerate(arrays()):
        path = folder / f"{i}.npy"
        data = path.read_bytes()
        versions.add(data[6])
        b = np.load(path, max_header_size=1_000_000)
        mapped = np.lib.format.open_memmap(path, mode="r", max_header_size=1_000_000) if a.nbytes else b
        assert b.dtype == a.dtype, (i, b.dtype, a.dtype)
        assert b.shape == a.shape, (i, b.shape, a.shape)
        if a.dtype.names:  # NumPy may leave out padding when it copies
            assert repr(b.tolist()) == repr(mapped.tolist()) == repr(a.tolist()), (i, a.dtype, a, b)
        else:
            assert b.tobytes("C").hex() == mapped.tobytes("C").hex() == cases[i]["data"], (i, a.dtype, a, b)
        assert b.flags.c_contiguous == a.flags.c_contiguous and b.flags.f_contiguous == a.flags.f_contiguous, (i, a.flags, b.flags)
        assert (len(data) - a.nbytes) % 64 == 0, i
    print(i + 1, "files of versions", sorted(versions))
