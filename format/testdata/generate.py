"""Writes the cases that CPython, NumPy and ctypes decide, one JSON object a line, to standard output.

    python3.11 generate.py struct writer reader pack bfloat16 float8 same > cases.jsonl   # with NumPy and ml_dtypes
    python3.13 generate.py ctypes >> cases.jsonl    # the first ctypes that writes padding into its formats is 3.12's

Run on Linux on x86-64. A leaf is [offset, kind, size, big-endian]. A value is tagged with its sort, since JSON has one sort of
number and no NaN.
"""

import ctypes
import json
import math
import random
import struct
import sys

rng = random.Random(3118)


def tag(v):
    if isinstance(v, bool):
        return {"bool": v}
    if isinstance(v, int):
        return {"int": str(v)}
    if isinstance(v, float):
        return {"float": v.hex()}
    if isinstance(v, complex):
        return {"complex": [v.real.hex(), v.imag.hex()]}
    if isinstance(v, str):
        return {"text": v}
    return {"bytes": bytes(v).hex()}


def put(source, **case):
    print(json.dumps({"source": source, **case}))


# --- struct -------------------------------------------------------------------------------------------------------------------

INTEGERS = "bBhHiIlLqQ"


def struct_value(code, size, length):
    if code in INTEGERS + "nNP":
        signed = code in "bhilqn"
        low, high = (-(1 << 8 * size - 1), (1 << 8 * size - 1) - 1) if signed else (0, (1 << 8 * size) - 1)
        return rng.choice([low, high, 0, 1, rng.randint(low, high)])
    if code == "?":
        return rng.random() < 0.5
    if code == "c":
        return rng.randbytes(1)
    if code == "s":
        return rng.randbytes(length)
    if code == "p":
        return rng.randbytes(rng.randint(0, max(0, min(length - 1, 255))))
    f = rng.choice([0.0, -0.0, 1.5, math.inf, -math.inf, rng.uniform(-100, 100), rng.uniform(-1, 1) * 2.0**-12])
    return f if code == "d" else struct.unpack(code, struct.pack(code, f))[0]


def struct_cases():
    for mode in ["", "@", "=", "<", ">", "!"]:
        native = mode in ("", "@")
        codes = INTEGERS + "?cefd" + ("nNP" if native else "")
        formats = [mode + c for c in codes] + [mode, mode + "x", mode + "3s", mode + "0s", mode + "5p", mode + "1p", mode + "300p"]
        for _ in range(40):
            parts = []
            for _ in range(rng.randint(1, 7)):
                code = rng.choice(codes + "xsp")
                count = rng.choice(["", "", "", "0", "1", "2", "3", "11"])
                if code == "p" and count == "0":
                    count = "1"  # CPython fails to unpack it
                parts.append(count + code + rng.choice(["", "", "", " ", "\t\n"]))
            formats.append(mode + "".join(parts))
        for f in formats:
            values, body = [], f.lstrip("@=<>!")
            count = ""
            for c in body:
                if c.isdigit():
                    count += c
                    continue
                if c.isspace():
                    continue
                n = int(count or 1)
                count = ""
                if c == "x":
                    continue
                size = struct.calcsize((mode or "@") + c)
                values += [struct_value(c, size, n) for _ in range(1 if c in "sp" else n)]
            data = struct.pack(f, *values)
            put("struct", format=f, native=native, size=len(data), bytes=data.hex(),
                values=[tag(v) for v in struct.unpack(f, data)])
    for f in ["3 i", "i<", "3", "k", "99999999999999999999i", "9223372036854775807i", "<n", ">N", "3<i", "i\0", "(", ")", "i3",
              "9223372036854775807xi", "-1i", "i,i"]:
        try:
            struct.calcsize(f)
            raise SystemExit(f"struct reads {f!r}")
        except struct.error:
            # A mark may stand anywhere in ours, as in PEP 3118.
            if f != "i<":
                put("refused", format=f)


# --- NumPy --------------------------------------------------------------------------------------------------------------------


def scalar_dtypes():
    return ["b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "g", "c8", "c16", "G", "S3", "S1", "U2", "U1", "V5", "O"]


def random_dtype(depth):
    import numpy as np

    roll = rng.random()
    if depth == 0 or roll < 0.5:
        d = np.dtype(rng.choice(scalar_dtypes()))
        if rng.random() < 0.4 and d.char not in "gGO":
            d = d.newbyteorder(rng.choice("<>"))
        return d
    if roll < 0.7:
        base = random_dtype(depth - 1)
        return np.dtype((base, tuple(rng.randint(1, 3) for _ in range(rng.randint(1, 3))))) if base.itemsize else base
    n = rng.randint(0, 4)
    return np.dtype([(name, random_dtype(depth - 1)) for name in rng.sample(["a", "b", "x y", "größe", "T{", "}"], n)], align=rng.random() < 0.5)


def packed_size(d):
    """The bytes up to the end of the last leaf."""
    if d.subdtype:
        base, shape = d.subdtype
        return d.itemsize if math.prod(shape) else 0
    if d.names is None:
        return d.itemsize
    return max([d.fields[n][1] + packed_size(d.fields[n][0]) for n in d.names], default=0)


def miswritten(d, offset=0):
    """The records that NumPy writes wrongly. Of a subarray of records it counts no padding between them, and it marks their members as
    aligned when those of the first one are; the members of a nested record when they are so by themselves, though the record
    is not. It does not mark an object as unaligned. And a V alone is written as padding."""
    if d.subdtype:
        base, _ = d.subdtype
        return base.names is not None and (packed_size(base) != base.itemsize or base.itemsize % strictest(base) != 0) or miswritten(base, offset)
    if d.names is not None:
        return offset % strictest(d) != 0 or any(miswritten(d.fields[n][0], offset + d.fields[n][1]) for n in d.names)
    return d.char == "O" and offset % 8 != 0


def strictest(d):
    return max([t.alignment for _, t in numpy_leaves(d)], default=1)


def numpy_leaves(d, offset=0):
    if d.subdtype:
        base, shape = d.subdtype
        for i in range(math.prod(shape)):
            yield from numpy_leaves(base, offset + i * base.itemsize)
    elif d.names is not None:
        for n in d.names:
            yield from numpy_leaves(d.fields[n][0], offset + d.fields[n][1])
    else:
        yield offset, d


def leaf(offset, d):
    kind = {"b": "bool", "i": "int", "u": "uint", "f": "float", "c": "complex", "S": "bytes", "V": "bytes", "U": "text", "O": "pointer"}[d.kind]
    return [offset, kind, d.itemsize, d.byteorder == ">"]


def numpy_value(d, data):
    import numpy as np

    if d.kind in "SV":
        return tag(data)
    v = np.frombuffer(data, dtype=d, count=1)[0]
    if d.char == "G":
        return tag(complex(float(v.real), float(v.imag)))
    return tag(float(v) if d.kind == "f" else v.item())


def fill(d, data):
    """Random bytes, but readable ones for text, and numbers for long doubles."""
    import numpy as np

    for offset, leaf_type in numpy_leaves(d):
        n = leaf_type.itemsize
        if leaf_type.kind == "U":
            units = [rng.choice([0, 65, 0x20AC, 0x1F600, 0x10FFFF]) for _ in range(n // 4)]
            data[offset:offset + n] = struct.pack((leaf_type.byteorder if leaf_type.byteorder in "<>" else "=") + f"{n // 4}I", *units)
        elif leaf_type.char in "gG":
            v = [np.longdouble(rng.uniform(-1, 1)) * np.longdouble(2.0) ** rng.randint(-1100, 1030) + np.longdouble(rng.randint(0, 2**63)) for _ in range(2)]
            v[0] = rng.choice([v[0], np.longdouble(rng.choice([0.0, -0.0, math.inf, -math.inf, math.nan]))])
            a = np.array(v[0], leaf_type) if leaf_type.char == "g" else np.array([v], "g").view(leaf_type)
            # Six bytes of sixteen hold no number, but whatever lay in memory.
            data[offset:offset + n] = bytes(b if i % 16 < 10 else 0 for i, b in enumerate(a.tobytes()))
        else:
            data[offset:offset + n] = rng.randbytes(n)


def writer_cases():
    import numpy as np

    formats = set()
    dtypes = [np.dtype(s) for s in scalar_dtypes() if s != "V5"]
    dtypes += [d.newbyteorder(">") for d in dtypes if d.char not in "gGO"]
    dtypes.append(np.dtype([("a", "i4"), ("b", "i1")], align=True))
    while len(formats) < 300:
        d = dtypes.pop(0) if dtypes else random_dtype(3)
        if d.subdtype or d.char == "V" and d.names is None or miswritten(d):
            continue
        f = memoryview(np.zeros(1, d)).format
        if f in formats:
            continue
        formats.add(f)
        leaves = list(numpy_leaves(d))
        case = {"leaves": [leaf(o, t) for o, t in leaves], "itemsize": d.itemsize}
        if not d.hasobject:
            data = bytearray(d.itemsize)
            fill(d, data)
            case |= {"bytes": data.hex(), "values": [numpy_value(t, bytes(data[o:o + t.itemsize])) for o, t in leaves]}
        put("numpy writes", format=f, native=True, **case)


def random_format(depth):
    """A format that NumPy reads, where it agrees with the struct module on padding at the end of records."""
    parts = []
    for i in range(rng.randint(1, 4)):
        mark = rng.choice(["", "", "", "@", "^", "=", "<", ">", "!"])
        shape = rng.choice(["", "", "", "(2)", "(2,3)", "(1,2,1)", "(0,3)", "(2,0)"])
        count = rng.choice(["", "", "", "1", "2", "3"])
        code = rng.choice(list("?cbBhHiIlLqQefdswOx") + ["Zf", "Zd", "T"])
        if code == "x":
            shape = ""
        if code == "T":
            code = "T{" + (random_format(depth - 1) if depth else "") + "}"
        name = rng.choice(["", f":f{i}_{rng.randint(0, 9)}:"]) if code != "x" else ""
        parts.append(shape + mark + count + code + name)
    return "".join(parts)


def ends_padded(f):
    """NumPy pads a single nested record at its end, so that its fields end before it does."""
    from numpy._core import _internal as internal

    found = False
    inner = internal.__dict__["__dtype_from_pep3118"]

    def watch(stream, is_subdtype):
        nonlocal found
        d, align = inner(stream, is_subdtype)
        if is_subdtype and stream.byteorder == "@" and d.itemsize % align == 0 and packed_size(d) != d.itemsize:
            found = True
        return d, align

    internal.__dict__["__dtype_from_pep3118"] = watch
    try:
        internal._dtype_from_pep3118(f)
    finally:
        internal.__dict__["__dtype_from_pep3118"] = inner
    return found


def reader_cases():
    from numpy._core._internal import _dtype_from_pep3118

    formats = ["(2)3i", "(2,3)<i", "T{<i:a:T{>h:b:}:c:i:d:}", "3T{ib}", "(2)T{ib}", "b3T{ib}b", "T{@bT{<b}:a:i:b:}", "b@i", "b^i", "bT{}:a:i",
               "=T{b@ib}:a:i:b:", "T{b<T{@i}}", "b<3T{@ib}", "@b^T{@i^b}i", "b^2T{@i^b}i", "( 2,3)i", "T{i:a:}:b:i:c:", "i:x:", "xi", "ix", "0i:a:",
               "3x:a:", "b(2)T{}q", "3c", "(2)3s", "(3)2w", "", "T{}", "(2)T{bT{bq}h}"]
    seen = set()
    while len(seen) < 400:
        f = formats.pop(0) if formats else random_format(3)
        if f in seen or ends_padded(f):
            continue
        seen.add(f)
        d = _dtype_from_pep3118(f)
        put("numpy reads", format=f, native=True, leaves=[leaf(o, t) for o, t in numpy_leaves(d)])
    for f in ["(2,)i", "2(3)i", "3<i", "(-1)i", "::", "T{i:a:i:a:}", "(2", "(2,3", "T", "Z", "(x)i", "i:a", "T{i"]:
        try:
            _dtype_from_pep3118(f)
            read = True
        except Exception:
            read = False
        # NumPy reads an open T{ to the end of the string, and takes Z for the start of a complex number only.
        if read != (f == "T{i"):
            raise SystemExit(f"NumPy and {f!r}")
        if f != "Z":
            put("refused", format=f)


# --- ctypes -------------------------------------------------------------------------------------------------------------------

C_TYPES = "c_byte c_ubyte c_short c_ushort c_int c_uint c_long c_ulong c_longlong c_float c_double c_longdouble c_bool c_char c_void_p c_char_p c_wchar_p py_object".split()


def random_ctype(depth, swapped):
    roll = rng.random()
    if depth == 0 or roll < 0.6:
        simple = [n for n in C_TYPES if n not in ("c_longdouble", "c_bool", "c_void_p", "c_char_p", "c_wchar_p", "py_object")] if swapped else C_TYPES
        c = getattr(ctypes, rng.choice(simple))
        return c if swapped or rng.random() < 0.9 else ctypes.POINTER(c)
    if roll < 0.75:
        return random_ctype(depth - 1, swapped) * rng.randint(1, 3)
    if not swapped and roll < 0.8:
        return ctypes.CFUNCTYPE(None)
    base = ctypes.BigEndianStructure if swapped else ctypes.Structure
    return type("S", (base,), {"_fields_": [(n, random_ctype(depth - 1, swapped)) for n in "abcd"[:rng.randint(1, 4)]]})


def ctypes_leaves(c, offset=0):
    if issubclass(c, ctypes.Array):
        for i in range(c._length_):
            yield from ctypes_leaves(c._type_, offset + i * ctypes.sizeof(c._type_))
    elif issubclass(c, ctypes.Structure):
        for name, field in c._fields_:
            yield from ctypes_leaves(field, offset + getattr(c, name).offset)
    else:
        yield offset, c


def ctypes_leaf(offset, c):
    code = getattr(c, "_type_", "P")
    kind = "pointer"
    if isinstance(code, str):
        for codes, name in [("bhilq", "int"), ("BHILQ", "uint"), ("fdg", "float"), ("?", "bool"), ("c", "bytes")]:
            if code in codes:
                kind = name
    big = hasattr(c, "__ctype_le__") and c is c.__ctype_be__ and ctypes.sizeof(c) > 1
    return [offset, kind, ctypes.sizeof(c), big]


def ctypes_cases():
    if sys.version_info < (3, 12):
        raise SystemExit("this ctypes leaves out padding")
    seen = set()
    while len(seen) < 150:
        swapped = rng.random() < 0.3
        base = ctypes.BigEndianStructure if swapped else ctypes.Structure
        c = type("S", (base,), {"_fields_": [(n, random_ctype(2, swapped)) for n in "abcd"[:rng.randint(1, 4)]]})
        f = memoryview(c()).format
        if f in seen:
            continue
        seen.add(f)
        leaves = [ctypes_leaf(o, t) for o, t in ctypes_leaves(c)]
        case = {"leaves": leaves, "itemsize": ctypes.sizeof(c)}
        if all(kind != "pointer" and size <= 8 for _, kind, size, _ in leaves):
            data = rng.randbytes(ctypes.sizeof(c))
            codes = {"int": " bh i   q", "uint": " BH I   Q", "float": "    f   d", "bool": " ?", "bytes": " c"}
            case |= {"bytes": data.hex(), "values": [tag(struct.unpack_from("<>"[big] + codes[kind][size], data, o)[0]) for o, kind, size, big in leaves]}
        put("ctypes", format=f, native=True, **case)


# --- single values ------------------------------------------------------------------------------------------------------------


def pack_case(code, v):
    native = code in ("l", "L", "n", "N", "P")
    size = struct.calcsize(code)
    m = memoryview(bytearray(size)).cast(code) if code != "e" else None
    try:
        if m is None:  # memoryview knows e from 3.12 on, and stores it as struct does
            data = struct.pack(code, v)
        else:
            m[0] = v
            data = m.tobytes()
        put("pack", format=code, native=native, values=[tag(v)], bytes=data.hex())
    except (ValueError, OverflowError, struct.error):
        put("pack", format=code, native=native, values=[tag(v)], error="value")
    except TypeError:
        put("pack", format=code, native=native, values=[tag(v)], error="type")


def pack_cases():
    for code in INTEGERS + "nN":
        bits = 8 * struct.calcsize(code)
        for v in [0, 1, -1, 1 << bits - 1, (1 << bits - 1) - 1, -(1 << bits - 1), -(1 << bits - 1) - 1, (1 << bits) - 1, 1 << bits, 1.0]:
            if isinstance(v, float) or -(1 << 63) <= v < 1 << 64:
                pack_case(code, v)
    edges = [65519.99, 65519.99999999999, 65520.0, -65519.99999999999, -65520.0, 65504.0, 65505.0, math.inf, -math.inf, 0.0, -0.0,
             2.0**-24, 2.0**-25, math.nextafter(2.0**-25, 1), 1.5 * 2.0**-24, 2.0**-14, math.nextafter(2.0**-14, 0), 1 + 2.0**-11,
             math.nextafter(1 + 2.0**-11, 2), 1 + 3 * 2.0**-11, 3.4028235e38, 3.4028236e38, 1e39, 5e-324, 1e300, 1e-300, 1 + 2.0**-24,
             1 + 2.0**-11 + 2.0**-40]
    for code in "efd":
        for v in edges + [2**53 + 1, -7, 65519, 65520, 2**64 - 1]:
            pack_case(code, v)
        for _ in range(60):
            pack_case(code, math.ldexp(rng.uniform(-1, 1), rng.randint(-30, 17)))
    for v in [0, 1, -1, 0.0, -0.0, 0.5, math.nan, 0j, 1j, True, False]:
        pack_case("?", v)
    for v in [b"", b"a", b"ab"]:
        pack_case("c", v)


def bfloat16_cases():
    import ml_dtypes
    import numpy as np

    values = [0.0, -0.0, math.inf, -math.inf, 1.0, 1 + 2.0**-8, 1 + 3 * 2.0**-8, 1 + 2.0**-8 + 2.0**-20, 3.3895313892515355e38, 3.39e38, 3.4e38, 1e-45,
              9.2e-41, 4.6e-41, 4.5e-41]
    values += [math.ldexp(rng.uniform(-1, 1), rng.randint(-140, 128)) for _ in range(200)]
    for v in values:
        f = np.float32(v)
        put("bfloat16", values=[tag(float(f))], bytes=np.array(f).astype(ml_dtypes.bfloat16).view("<u2").tobytes().hex())


def float8_cases():
    import ml_dtypes
    import numpy as np

    for name in "e4m3fn e5m2 e4m3fnuz e5m2fnuz e8m0fnu".split():
        dtype = np.dtype(getattr(ml_dtypes, "float8_" + name))
        codes = np.arange(256, dtype="u1").view(dtype).astype("f8")
        put("float8 codes", format=f"[float8_{name}]", values=[tag(float(f)) for f in codes])
        finite = np.unique(np.abs(codes[np.isfinite(codes)]))
        middles = (finite[1:] + finite[:-1]) / 2
        ends = [finite[-1] * 1.03125, finite[-1] * 1.0625, finite[-1] * 1.125, finite[-1] * 1.25, finite[-1] * 1.5, finite[-1] * 2, 3e38, np.inf]
        values = np.concatenate([finite, middles, np.nextafter(middles, 0, dtype="f4"), np.nextafter(middles, np.inf, dtype="f4"), ends,
                                 [0.0], [2.0**e for e in range(-149, 128)], [rng.uniform(0, 2) for _ in range(50)]])
        with np.errstate(over="ignore"):
            values = np.unique(values.astype("f4"))
        if name == "e8m0fnu":  # ml_dtypes rounds this one up, which lies below the middle
            values = values[values != np.nextafter(np.float32(1.5 * 2.0**-127), np.float32(0))]
        values = np.concatenate([values, -values, [np.nan]]).astype("f4")
        put("float8 narrow", format=f"[float8_{name}]", values=[tag(float(f)) for f in values], bytes=values.astype(dtype).view("u1").tobytes().hex())


def same_cases():
    pool = [0, 1, -1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, 2**63, -(2**63), 2**64 - 1, 2**64 - 2048, True, False, 0.0, -0.0, 1.0, -1.0, 0.5,
            2.0**53, -(2.0**53), 2.0**63, -(2.0**63), 2.0**64, math.inf, -math.inf, math.nan, 1 + 0j, 1j, complex(math.nan, 0), complex(0, math.nan),
            complex(2.0**63, 0), complex(1, -0.0), complex(math.inf, 0), b"", b"a", "", "a", "b", b"b"]
    for i, a in enumerate(pool):
        for b in pool[i:]:
            put("same", values=[tag(a), tag(b)], same=a == b)


if __name__ == "__main__":
    for section in sys.argv[1:]:
        globals()[section + "_cases"]()
