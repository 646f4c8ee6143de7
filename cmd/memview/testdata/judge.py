"""What NumPy says of arrays, in the words of memview's JSON.

    python judge.py OUTDIR SEED COUNT    writes so many random arrays, and judged.json
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np

PARTS = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]


def plain(x):
    """A number as JSON has it."""
    x = x.item() if isinstance(x, np.generic) else x
    if isinstance(x, float) and not np.isfinite(x):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(x)]
    return x


def columns(name, a):
    """The fields of records, and the parts of complex numbers."""
    outer = name + "." if name else ""
    if a.dtype.names:
        for field in a.dtype.names:
            yield from columns(outer + field, a[field])
    elif a.dtype.kind == "c":
        yield outer + "real", a.real
        yield outer + "imag", a.imag
    else:
        yield name, a


def figures(a, bins):
    """Of the finite items, but for the counts of the others."""
    integers = a.dtype.kind in "iub"
    finite = np.isfinite(a)
    all = {
        "count": a.size, "nan": np.isnan(a).sum(), "posinf": (a == np.inf).sum(), "neginf": (a == -np.inf).sum(),
        "zeros": (a == 0).sum(), "negatives": ((a < 0) & finite).sum(),
    }  # fmt: skip
    x = a[finite]
    wide = x.astype("f8")
    with np.errstate(all="ignore"):
        all["sum"] = sum(map(int, x)) if integers else wide.sum()
        all["size"] = np.abs(wide).sum()
        all["mean"], all["std"] = (wide.mean(), wide.std()) if x.size else (np.nan, np.nan)
    if x.size:
        for what, find, outside in (("min", np.argmin, np.inf), ("max", np.argmax, -np.inf)):
            at = find(a if integers else np.where(finite, a, outside))
            index = np.unravel_index(at, a.shape)
            all[what], all[what + "_at"] = a[index], [int(i) for i in index]
        all["quantiles"] = {str(p): plain(np.quantile(wide, p)) for p in PARTS}
        low, high = wide.min(), wide.max()
        single = integers and high - low < bins and high + 1 > high
        try:
            counts, edges = np.histogram(wide, np.arange(low, high + 2) if single else bins)
            all["histogram"] = {"edges": edges.tolist(), "counts": counts.tolist()}
        except ValueError:  # there are not so many floats in the range
            pass
    return {what: plain(value) for what, value in all.items()}


def stats(a, bins=12):
    return [{"name": name, **figures(c, bins)} for name, c in columns("", a) if c.dtype.kind not in "SU"]


def difference(a, b, rtol, atol, equal_nan):
    """How items differ that are numbers a float64 holds, or complex."""
    wide = "c16" if "c" in (a.dtype.kind, b.dtype.kind) else "f8"
    a, b = np.asarray(a, wide), np.asarray(b, wide)
    with np.errstate(all="ignore"):
        differ = ~np.isclose(a, b, rtol, atol, equal_nan)
        distance = np.abs(a - b)
        measured = differ & np.isfinite(a) & np.isfinite(b)
        relative = distance[measured] / np.abs(b[measured])
    answer = {"count": a.size, "differ": int(differ.sum())}
    if answer["differ"]:
        answer["first"] = [int(i) for i in np.unravel_index(np.argmax(differ), a.shape)]
    if measured.any():
        answer["absolute"], answer["relative"] = plain(distance[measured].max()), plain(relative.max())
    return answer


OPERATORS = {
    "=": np.equal, "!=": np.not_equal, ">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal,
}  # fmt: skip


def operand(rng, a):
    """An item of the array as Python writes it, or some other number."""
    kind = a.dtype.kind
    if kind == "S":
        return rng.choice(["", "a", "ab", "abc", "b"])
    if a.size and rng.integers(3):
        x = a.flat[rng.integers(a.size)].item()
        return x if kind != "c" or x == x else 1j
    if kind == "c":
        return complex(rng.choice([0, 1, -0.5]), rng.choice([0, 2]))
    return rng.choice([0, 1, -1, 2.5, 0.1, 300, -40000, 1e10, -1e25, np.inf, np.nan]).item()


def written(x):
    return x.encode() if isinstance(x, str) else x


def found(rng, a):
    """A condition, the flags with it, and where it holds."""
    x, kind = operand(rng, a), a.dtype.kind
    if kind == "b" and not isinstance(x, bool):
        a = a.astype("i1")  # NumPy compares a bool with an int, and with no other number that is not in its range
    args = []
    with np.errstate(all="ignore"):
        if x != x:
            condition, where = ("nan", np.isnan(a)) if rng.integers(2) else ("!=nan", ~np.isnan(a))
        elif kind in "fc" and rng.integers(4) == 0:
            rtol, atol = float(rng.choice([0, 1e-3])), float(rng.choice([1e-7, 0.25, 1]))
            condition, where = f"={x}", np.isclose(a, np.array(x, "c16" if kind == "c" else "f8"), rtol, atol)
            args = ["--rtol", str(rtol), "--atol", str(atol)]
        elif kind != "c" and rng.integers(4) == 0:
            y = operand(rng, a)
            if y != y or x == "" or y == "":
                return found(rng, a)
            condition, where = f"{x}..{y}", (a >= written(x)) & (a <= written(y))
        else:
            op = rng.choice(["=", "!="] if kind == "c" else list(OPERATORS))
            condition, where = f"{op}{x}", OPERATORS[op](a, written(x))
    return str(condition), args, np.argwhere(where)


def python_syntax(part):
    """slice(None, None, 16) is ::16."""
    if isinstance(part, tuple):
        return ", ".join(map(python_syntax, part))
    if isinstance(part, slice):
        return ":".join("" if n is None else str(n) for n in (part.start, part.stop, part.step))
    return "..." if part is Ellipsis else str(part)


def random_array(rng, dtype, shape):
    dtype = np.dtype(dtype)
    match dtype.kind:
        case "b":
            a = rng.integers(0, 2, shape)
        case "i" | "u":
            span = np.iinfo(dtype)
            least, most = (span.min, span.max) if rng.integers(2) else (max(span.min, -3), 5)
            a = rng.integers(least, most, shape, dtype.newbyteorder("="), endpoint=True)
        case _:
            a = rng.standard_normal(shape) * 10.0 ** rng.integers(-6, 5)
            if dtype.kind == "c":
                a = a + 1j * rng.standard_normal(shape)
            if rng.integers(2):
                a = np.where(rng.random(shape) < 0.2, rng.choice([0.0, -0.0, 1, np.nan, np.inf, -np.inf, 1e-310], shape), a)
    return np.asarray(a).astype(dtype, order=rng.choice(["C", "F"]))


DTYPES = "? i1 u1 <i2 >i2 <u2 <i4 >i4 >u4 <i8 >i8 <u8 >u8 <f2 >f2 <f4 >f4 <f8 >f8 <c8 >c16".split()
SHAPES = [(), (0,), (1,), (9,), (3000,), (4, 5), (60, 70), (2, 3, 4), (3, 0)]


def random_cases(out, rng, count):
    all, pairs, searches = [], [], []
    for i in range(count):
        shape = SHAPES[rng.integers(len(SHAPES))]
        a = random_array(rng, rng.choice(DTYPES), shape)
        np.save(out / f"a{i}.npy", a)
        part = tuple(slice(None, None, int(rng.choice([1, 2, -1, -3]))) for _ in shape) or Ellipsis
        all.append({"file": f"a{i}.npy", "slice": f"[{python_syntax(part)}]", "stats": stats(a[part], 5), "args": ["--bins", "5"]})
        searched = a[part] if i % 4 else rng.choice(["", "a", "ab", "abc"], shape).astype("S3")
        np.save(out / f"f{i}.npy", a if i % 4 else searched)
        condition, args, where = found(rng, searched)
        searches.append({"file": f"f{i}.npy", "slice": f"[{python_syntax(part)}]" if i % 4 else "", "condition": condition, "args": args, "found": where.tolist()})
        if a.dtype.kind in "iu" and a.dtype.itemsize == 8:
            continue
        b = random_array(rng, rng.choice([d for d in DTYPES if "8" not in d or "f" in d]), shape)
        if rng.integers(2):
            with np.errstate(all="ignore"):
                b = np.where(rng.random(shape) < 0.3, a * a.dtype.type(1), a).astype(a.dtype.newbyteorder(rng.choice(["<", ">"])))
                if shape and a.size and a.dtype.kind in "fc":
                    b.flat[a.size // 2] += a.dtype.type(0.5)
        np.save(out / f"b{i}.npy", b)
        rtol, atol, equal_nan = float(rng.choice([0, 1e-3])), float(rng.choice([0, 0.25])), bool(rng.integers(2))
        args = ["--rtol", str(rtol), "--atol", str(atol)] + ["--equal-nan"] * equal_nan
        pairs.append({"a": f"a{i}.npy", "b": f"b{i}.npy", "args": args, "difference": difference(a, b, rtol, atol, equal_nan)})
    return {"stats": all, "differences": pairs, "searches": searches}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    cases = random_cases(folder, np.random.default_rng(int(sys.argv[2])), int(sys.argv[3]))
    (folder / "judged.json").write_text(json.dumps(cases))
