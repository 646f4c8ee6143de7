"""Makes files to convert and says what NumPy's astype makes of them; then reads what was made, as others do.

    convert.py make FOLDER SEED COUNT    writes files, cases.json and what is wanted
    convert.py judge FOLDER              reads the files that were made of them, and prints how many are right
"""

import json
import os
import sys

import numpy as np

PLAIN = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"]
KINDS = ["safe", "same_kind", "unsafe"]


def numbers(rng, dtype, shape, fits):
    """Numbers of a type; only such as another type has room for where that is said."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, shape).astype(dtype)
    if dtype.kind in "iu":
        low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    else:
        low, high = -(2**40), 2**40
        if dtype.itemsize <= 2:
            low, high = -60000, 60000
    if fits is not None and np.dtype(fits).kind in "iu":
        low, high = max(low, int(np.iinfo(fits).min)), min(high, int(np.iinfo(fits).max))
    if dtype.kind in "iu":
        whole = rng.integers(low, high, shape, dtype=dtype.newbyteorder("="), endpoint=True)
        return np.asarray(whole, dtype)
    floats = np.asarray(rng.uniform(low / 2, high / 2, shape) * 10.0 ** rng.integers(-12, 1, shape))
    if dtype.kind == "c":
        floats = floats + 1j * rng.uniform(-9, 9, shape)
    elif fits is None or np.dtype(fits).kind not in "iu":
        floats = np.where(rng.integers(0, 9, shape) == 0, rng.choice([np.nan, np.inf, -np.inf, -0.0], shape), floats)
    with np.errstate(all="ignore"):
        return np.asarray(floats, dtype)


def save(folder, name, array):
    np.save(os.path.join(folder, name), array)


def case(rng, folder, i):
    source = rng.choice(["<", ">"]) + rng.choice(PLAIN)
    target = rng.choice(["<", ">"]) + rng.choice(PLAIN)
    source, target = np.dtype(source), np.dtype(target)
    shape = tuple(int(n) for n in rng.integers(0, 6, rng.integers(0, 4)))
    if rng.integers(0, 8) == 0:
        shape = (70_000,)
    casting = "same_kind"
    if not np.can_cast(source, target, "same_kind"):
        casting = "unsafe"
    wraps = casting == "unsafe" and source.kind in "iu"
    a = numbers(rng, source, shape, None if wraps else target)
    if rng.integers(0, 2):
        a = np.asfortranarray(a)
    save(folder, f"in{i}.npy", a)
    args = [f"in{i}.npy", "--dtype", target.str.replace("|", ""), "--casting", casting]
    if len(shape) == 1 and rng.integers(0, 2):
        args += ["--slice", "::-2"]
        a = a[::-2]
    with np.errstate(all="ignore"):
        want = a.astype(target)
    order = rng.choice(["", "C", "F"])
    kind = str(rng.choice(["npy", "npz", "raw", "safetensors"]))
    if target in (np.dtype("c16"), np.dtype(">c16")) and kind == "safetensors":
        kind = "npy"
    if order and kind != "safetensors":
        args += ["--order", str(order)]
    if kind == "npz" and rng.integers(0, 2):
        args += ["--deflate"]
    args.append(f"out{i}.{kind}")
    save(folder, f"want{i}.npy", want)
    return {"args": args, "out": f"out{i}.{kind}", "want": f"want{i}.npy", "order": str(order), "name": f"in{i}"}


def sounds(rng, folder):
    for dtype in ["<i2", ">i2", "<i4", "<f4", "<f8", ">f8"]:
        for shape in [(9,), (9, 2), (0, 2), (5, 7)]:
            a = numbers(rng, dtype, shape, None)
            if np.dtype(dtype).kind == "f":
                a = np.nan_to_num(np.asarray(rng.uniform(-1, 1, shape), dtype))
            name = f"sound{dtype[1:]}{dtype[0] == '>'}{'x'.join(map(str, shape))}"
            save(folder, name + ".npy", a)
            yield {"args": [name + ".npy", "--rate", "22050", name + ".wav"], "out": name + ".wav", "want": name + ".npy"}


def short_floats(rng, folder):
    """Floats of 8 and 16 bits that NumPy has by ml_dtypes. They go through raw files, for which they are bytes."""
    import ml_dtypes

    names = ["bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu"]
    a = np.concatenate([rng.uniform(-500, 500, 3000), rng.normal(size=3000) * 10.0 ** rng.integers(-9, 9, 3000), [0.0, -0.0, np.inf, -np.inf, np.nan]])
    for name in names:
        short = np.dtype(getattr(ml_dtypes, name))
        for dtype in ["<f4", "<f8", "<f2"]:
            with np.errstate(all="ignore"):
                source = a.astype(dtype)
                want = source.astype(short)
            save(folder, f"{name}{dtype[1:]}.npy", source)
            save(folder, f"want-{name}{dtype[1:]}.npy", want.view(f"u{short.itemsize}"))
            out = f"{name}{dtype[1:]}.raw"
            yield {"args": [f"{name}{dtype[1:]}.npy", "--dtype", name, out], "out": out, "want": f"want-{name}{dtype[1:]}.npy", "order": "", "of": name}
        codes = np.arange(2 ** (8 * short.itemsize), dtype=f"u{short.itemsize}")
        codes.tofile(os.path.join(folder, name + ".codes"))
        save(folder, f"wide-{name}.npy", codes.view(short).astype("<f4"))
        yield {"args": ["--format", f"<[{name}]", name + ".codes", "--dtype", "f4", f"wide-{name}.raw"], "out": f"wide-{name}.raw", "want": f"wide-{name}.npy", "order": ""}


def pictures(rng, folder):
    for dtype, shapes in {"u1": [(5, 7), (5, 7, 1), (5, 7, 3), (5, 7, 4), (300, 400, 3)], "<u2": [(5, 7)], ">u2": [(5, 7)]}.items():
        for opaque in [False, True]:
            for shape in shapes:
                a = numbers(rng, dtype, shape, None)
                if opaque and shape[-1] == 4:
                    a[..., 3] = 255
                name = f"picture{dtype.strip('<>')}{dtype[0] == '>'}{'x'.join(map(str, shape))}{opaque}"
                save(folder, name + ".npy", a)
                yield {"args": [name + ".npy", name + ".png"], "out": name + ".png", "want": name + ".npy"}


def make(folder, seed, count):
    rng = np.random.default_rng(int(seed))
    cases = [case(rng, folder, i) for i in range(int(count))]
    cases += [*sounds(rng, folder), *short_floats(rng, folder), *pictures(rng, folder)]
    casts = [
        {"from": a, "to": b, "casting": kind, "can": bool(np.can_cast(a, b, kind))}
        for a in PLAIN for b in PLAIN for kind in KINDS
    ]
    with open(os.path.join(folder, "cases.json"), "w") as out:
        json.dump({"cases": cases, "casts": casts}, out)


def read(path, case, want):
    """What a reader of such files makes of one, and of which type it is."""
    kind = path.rsplit(".", 1)[1]
    if kind == "npy":
        return np.load(path)
    if kind == "npz":
        with np.load(path) as members:
            assert members.files == [case["name"]], members.files
            return members[case["name"]]
    if kind == "safetensors":
        from safetensors.numpy import load_file

        (only,) = load_file(path).items()
        assert only[0] == case["name"]
        return only[1]
    if kind == "raw":
        order = "F" if case["order"] == "F" else "C"
        return np.fromfile(path, want.dtype).reshape(want.shape, order=order)
    if kind == "wav":
        import soundfile

        samples, rate = soundfile.read(path, dtype=want.dtype.newbyteorder("=").name, always_2d=want.ndim == 2)
        assert rate == 22050
        return samples
    from PIL import Image

    with Image.open(path) as picture:
        return np.asarray(picture).reshape(want.shape)


def judge(folder):
    with open(os.path.join(folder, "cases.json")) as text:
        cases = json.load(text)["cases"]
    for case in cases:
        want = np.load(os.path.join(folder, case["want"]))
        got = read(os.path.join(folder, case["out"]), case, want)
        if case.get("of"):  # NaNs have several codes
            import ml_dtypes

            short = getattr(ml_dtypes, case["of"])
            got, want = got.view(short).astype("f4"), want.view(short).astype("f4")
        exact = case["out"].endswith(("npy", "npz", "raw"))
        if not exact:
            want = want.astype(want.dtype.newbyteorder("="))
            got = got.astype(got.dtype.newbyteorder("="))
        assert got.dtype == want.dtype and got.shape == want.shape, (case, got.dtype, want.dtype, got.shape)
        order = case.get("order")
        if order and exact and not case["out"].endswith("raw"):
            assert got.flags[order + "_CONTIGUOUS"], case
        assert np.array_equal(got, want, equal_nan=want.dtype.kind in "fc"), (case, got, want)
    print(len(cases), "files")


if __name__ == "__main__":
    {"make": make, "judge": judge}[sys.argv[1]](*sys.argv[2:])
