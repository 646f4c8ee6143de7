"""Writes convert.jsonl: what NumPy's astype makes of numbers at which something changes.

One line for each pair of sorts, in little endian: the items as they were and as they became. Left out is what
Go refuses, and NumPy leaves to the machine: integers outside the range, NaNs that become integers, and
complex numbers that become real ones.
"""

import json
import os

import numpy as np

SORTS = ["?", "<i1", "<i2", "<i4", "<i8", "<u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"]

POWERS = [7, 8, 11, 15, 16, 24, 31, 32, 53, 62, 63]
INTEGERS = sorted({s * (2**p + d) for p in POWERS for d in (-1, 0, 1) for s in (-1, 1)} | {0, 1, -1, 2**64 - 1, 2**62 + 2**54 + 1})
FLOATS = [
    "0x0p0", "-0x0p0", "0x1p0", "-0x1p0", "0x1.8p0", "-0x1.8p-1", "0x1.ffffffffffffp6", "-0x1.001p7", "0x1.fffffp14", "-0x1.00001p15",
    "0x1p24", "0x1.000001p0", "0x1.000001000001p0", "0x1.000003p0", "0x1.fffffep127", "0x1.ffffffp127", "0x1.fffffefffffffp127", "0x1p128",
    "0x1p-126", "0x1p-149", "0x1p-150", "0x1.8p-150", "0x1.8p-149", "0x1p-1074", "0x1.fffffffffffffp1023", "-0x1.fffffffffffffp62", "0x1p63",
    "0x1.002p0", "0x1.006p0", "0x1.0020000000001p0", "0x1.0020001p0", "0x1.ffcp15", "0x1.ffdffffffffffp15", "0x1.ffep15", "0x1p16", "0x1p-14", "0x1p-24",
    "0x1p-25", "0x1.0000000000001p-25", "0x1.8p-24", "0x1.4p-23", "inf", "-inf", "nan",
]


def values(sort):
    """Numbers of a sort, without those that it cannot tell from others."""
    kind = np.dtype(sort).kind
    if kind == "b":
        return np.array([False, True])
    if kind in "iu":
        info = np.iinfo(sort)
        return np.array([i for i in INTEGERS if info.min <= i <= info.max], sort)
    floats = np.array([float.fromhex(x) for x in FLOATS])
    if kind == "c":
        return (floats + 1j * 0 + 1j * np.where(np.isfinite(floats), np.roll(floats, 7), 0)).astype(sort)
    return np.unique(floats.astype(sort).view(f"u{np.dtype(sort).itemsize}")).view(sort)


def fits(value, sort):
    """Whether Go converts the value to the sort."""
    if np.dtype(sort).kind not in "iu":
        return True
    if not np.isfinite(value):
        return False
    info = np.iinfo(sort)
    return info.min <= int(value) <= info.max


def main():
    np.seterr(all="ignore")
    with open(os.path.join(os.path.dirname(__file__), "convert.jsonl"), "w") as out:
        for source in SORTS:
            for target in SORTS:
                if source[1:2] == "c" and target[1:2] in ("i", "u", "f"):
                    continue
                items = np.array([v for v in values(source) if fits(v, target)], source)
                line = {"from": source, "to": target, "src": items.tobytes().hex(), "dst": items.astype(target).tobytes().hex()}
                out.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
