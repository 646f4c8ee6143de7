"""Writes small npy files, and expected.json, which says what NumPy reads from each of them; and small files of
many arrays, and many.json, which says what their own readers find in them.

    python generate.py [OUTDIR]
"""

import io
import json
import struct
import sys
import warnings
import zipfile
from pathlib import Path

import ml_dtypes
import numpy as np
import soundfile
from PIL import Image
from safetensors import TensorSpec, deserialize, serialize_file

out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
warnings.simplefilter("ignore")
rng = np.random.default_rng(3118)
expected = {}


def plain(value):
    """A value in JSON that keeps every bit: floats by their bits, bytes in hex without the zeros that pad them."""
    if isinstance(value, np.ndarray):
        return [plain(v) for v in value]
    if isinstance(value, np.void) and value.dtype.names is not None:
        return [plain(value[name]) for name in value.dtype.names]
    if isinstance(value, np.void):
        return "b" + value.tobytes().rstrip(b"\0").hex()
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return str(value.view("i8"))
    if isinstance(value, np.complexfloating):
        return [plain(value.real), plain(value.imag)]
    if isinstance(value, np.floating):
        if np.isnan(value):
            return "fnan"
        return "f" + struct.pack(">d", float(value)).hex()
    if isinstance(value, np.bool):
        return bool(value)
    if isinstance(value, np.integer):
        return str(int(value))
    if isinstance(value, np.bytes_):
        return "b" + bytes(value).hex()
    if isinstance(value, str):
        return "u" + str(value)
    raise TypeError(type(value))


def fields(dtype):
    return [[name, dtype.fields[name][1], dtype.fields[name][0].itemsize] for name in dtype.names or ()]


def describe(path):
    array = np.load(path)
    data = path.read_bytes()
    expected[path.name] = {
        "kind": f"npy {data[6]}.{data[7]}",
        "shape": array.shape,
        "strides": array.strides,
        "itemsize": array.dtype.itemsize,
        "fields": fields(array.dtype),
        "offset": len(data) - array.nbytes,
        "values": plain(array if array.shape else array[()]),
    }


def save(name, array, version=None):
    path = out / f"{name}.npy"
    with open(path, "wb") as file:
        np.lib.format.write_array(file, np.asarray(array), version=version, allow_pickle=name == "pickled")
    if name != "pickled":
        describe(path)


def random(dtype, shape):
    dtype = np.dtype(dtype)
    raw = rng.integers(0, 256, (*shape, dtype.itemsize), dtype="u1")
    return raw.view(dtype).reshape(shape)


def long_doubles(values):
    """Of the x87: ten bytes of number and six of padding, which are zeros here and garbage otherwise."""
    array = np.array(values, "g")
    array.view("u1").reshape(-1, 16)[:, 10:] = 0
    return array


def write(name, header, data, version=b"\x01\x00"):
    """A file as other writers make it."""
    length = struct.pack("<H" if version == b"\x01\x00" else "<I", len(header))
    path = out / f"{name}.npy"
    path.write_bytes(b"\x93NUMPY" + version + length + header + data)
    describe(path)


for dtype in "i1 u1 <i2 >i2 <u2 >u2 <i4 >i4 <u4 >u4 <i8 >i8 <u8 >u8".split():
    save(dtype.replace("<", "little-").replace(">", "big-"), random(dtype, (2, 3)))
for dtype in "<f2 >f2 <f4 >f4 <f8 >f8 <c8 >c8 <c16 >c16".split():
    values = np.array([[0, -0.0, 1.5], [np.inf, -1e-5, 65504]])
    if "c" in dtype:
        values = values + 1j * values[::-1]
    save(dtype.replace("<", "little-").replace(">", "big-"), values.astype(dtype))
save("bool", [True, False, True])
save("long-double", long_doubles([1, -2.5, 1e10]))
save("long-complex", long_doubles([1, -2.5]).view("G"))
save("bytes", [b"a", b"bc\0d", b""])
save("text", ["a", "日本", ""])
save("text-big", np.array(["a", "😀b"], ">U3"))
save("void", np.array([b"\0\1\2", b"abc"], "V3"))
save("datetime", np.array(["2024-02-29T12:30", "NaT"], "<M8[s]"))
save("timedelta", np.array([25, -1], ">m8[ms]"))
save("scalar", np.array(2.5))
save("empty", np.zeros((0,), "f4"))
save("empty-middle", np.zeros((2, 0, 3), "i2"))
save("empty-items", np.zeros((3,), []))
save("fortran", np.asfortranarray(np.arange(24, dtype="i2").reshape(2, 3, 4)))
save("many-dims", np.arange(4, dtype="u1").reshape((1,) * 30 + (2,) + (1,) * 32 + (2,)))
save("version-2", np.arange(3, dtype="i4"), (2, 0))
save("version-3", np.arange(3, dtype="i4"), (3, 0))

point = np.dtype([("x", "<f4"), ("y", "<f4")])
records = np.zeros(2, [("id", "<i4"), ("pos", "<f8", (3,)), (("a title", "n"), ">i2"), ("name", "U3"), ("at", point, (2, 1)), ("ok", "?")])
records["id"], records["n"], records["name"], records["ok"] = [1, -2], [3, -4], ["ab", "日"], [True, False]
records["pos"] = [[1, 2, 3], [4, 5, 6]]
records["at"]["x"], records["at"]["y"] = 1.5, [[[2], [3]], [[4], [5]]]
save("records", records)
save("records-aligned", np.array([(1, 2, 3), (4, 5, 6)], np.dtype("i1, f8, i2", align=True)))
save("records-unicode", np.array([(1,)], [("日本", "<i4")]))
save("records-latin1", np.array([(1,)], [("é\\'\"\n", "<i4")]))
save("records-mixed", np.array([(1, (2, 3), 4)], [("a", ">i4"), ("b", [("c", "<i2"), ("d", ">i2")]), ("e", ">i4")]))
save("records-colon", np.array([(1, 2)], [("a:b", "u1"), ("c", "u1")]))
save("records-void", np.array([(b"ab", b"c")], [("v", "V2"), ("s", "S1")]))
save("records-times", np.array([("2024-01-01", 7)], [("day", "<M8[D]"), ("for", "<m8[h]")]))

four = np.arange(4, dtype="<i4").tobytes()
write("python2", b"{'descr': '<i4', 'fortran_order': False, 'shape': (2L, 2L), }\n", four)
write("tight", b'{"shape":(4,),"fortran_order":False,"descr":"<i4"}', four)
write("spread", b"\t{ 'shape' :\n( 2 ,2 ) ,'descr':'\\x3c\\151\\u0034' , 'fortran_order': True}  \n\n", four, b"\x02\x00")
write("plain-order", b"{'descr': '=i4', 'fortran_order': False, 'shape': (4,)}\n", four)
write("trailing", b"{'descr': '<i4', 'fortran_order': False, 'shape': (3,)}\n", four)
expected["trailing.npy"]["offset"] -= 4
write("nested-shape", b"{'descr': [('a', ('<i2', (2,)), (2,))], 'fortran_order': False, 'shape': (2,)}\n", four)
save("pickled", np.array([None, 1], object))

readings = b"".join(struct.pack("<I3xd", 100 + i, 0.5 * i) for i in range(4))
(out / "readings.bin").write_bytes(b"READINGS".ljust(16, b"\0") + readings)

lines = (f"{json.dumps(name)}: {json.dumps(what)}" for name, what in expected.items())
(out / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf8")

# Files of many arrays: for each its names in their order, and of each array what it is and where its first byte lies.
many = {}


def described(array, offset):
    array = np.asarray(array)
    if hasattr(ml_dtypes, array.dtype.name):
        array = array.astype("f8")
    return {"shape": array.shape, "offset": offset, "values": plain(array if array.shape else array[()])}


def npy_bytes(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array))
    return file.getvalue()


def data_offset(info, data):
    """Where a member's bytes begin: behind its local header, whose names and fields may be others than the directory's."""
    name, extra = struct.unpack("<HH", data[info.header_offset + 26 : info.header_offset + 30])
    return info.header_offset + 30 + name + extra


def describe_npz(path):
    data, arrays = path.read_bytes(), {}
    with np.load(path) as npz, zipfile.ZipFile(path) as archive:
        for name in npz.files:
            info = archive.NameToInfo.get(name + ".npy") or archive.NameToInfo[name]
            if isinstance(npz[name], bytes):
                continue
            offset = data_offset(info, data)
            if info.compress_type == zipfile.ZIP_STORED:
                offset += len(archive.read(info)) - npz[name].nbytes
            arrays[name] = described(npz[name], offset) | {"copied": info.compress_type != zipfile.ZIP_STORED}
    many[path.name] = {"kind": "npz", "arrays": arrays}


sample = {
    "x": np.arange(6, dtype="<i4").reshape(2, 3),
    "fortran": np.asfortranarray(np.arange(6, dtype=">f8").reshape(2, 3)),
    "scalar": np.float32(2.5),
    "empty": np.zeros((0, 3), "u2"),
    "layer/0/records": records,
    "long": np.arange(3000, dtype="<u2") // 7,
}
np.savez(out / "many.npz", **sample)
np.savez_compressed(out / "deflated.npz", **sample)
np.savez(out / "none.npz")
np.savez(out / "one.npz", np.arange(4, dtype="<f4"))
with zipfile.ZipFile(out / "odd.npz", "w") as archive:

    def member(name, content, method=zipfile.ZIP_STORED):
        archive.writestr(zipfile.ZipInfo(name), content, method)

    member("folder/", b"")
    member("plain", npy_bytes([1, 2]))
    member("readme.txt", b"no array")
    member("both", npy_bytes([3.5]))
    member("both.npy", npy_bytes([4.5]))
    member("twice.npy", npy_bytes([5]))
    member("twice.npy", npy_bytes([6, 7]))
    member("\u65e5\u672c.npy", npy_bytes([8]), zipfile.ZIP_DEFLATED)
    member("bz.npy", npy_bytes([9]), zipfile.ZIP_BZIP2)
    member("objects.npy", (out / "pickled.npy").read_bytes())
for name in ["many", "deflated", "none", "one"]:
    describe_npz(out / f"{name}.npz")
with zipfile.ZipFile(out / "odd.npz") as archive:
    many["odd.npz"] = {
        "kind": "npz",
        "arrays": {
            name: described(np.lib.format.read_array(io.BytesIO(archive.read(file))), 0)
            for name, file in [("plain", "plain"), ("both", "both"), ("both.npy", "both.npy"), ("twice", "twice.npy"), ("\u65e5\u672c", "\u65e5\u672c.npy")]
        },
        "skipped": ["readme.txt", "twice", "bz", "objects"],
    }


def safetensors(name, arrays, metadata=None):
    path, kept, specs = out / f"{name}.safetensors", [], {}
    for key, (dtype, array) in arrays.items():
        array = np.asarray(array, order="C")
        kept.append(array)
        specs[key] = TensorSpec(dtype=dtype, shape=array.shape, data_ptr=array.ctypes.data, data_len=array.nbytes)
    serialize_file(specs, path, metadata=metadata)
    data = path.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    many[path.name] = {
        "kind": "safetensors",
        "arrays": {key: described(arrays[key][1], start + header[key]["data_offsets"][0]) for key in header if key not in ("__metadata__", "short.float4")},
        "skipped": [key for key in header if key == "short.float4"],
        "metadata": metadata or {},
    }
    assert {key: bytes(what["data"]) for key, what in deserialize(data)} == {key: arrays[key][1].tobytes() for key in arrays}


types = {}
for dtype in "bool uint8 int8 uint16 int16 float16 uint32 int32 float32 float64 uint64 int64 complex64".split():
    types["plain." + dtype] = dtype, np.array([[0, 1, 2], [3, 4, 100]]).astype(dtype)
for dtype in "bfloat16 float8_e4m3fn float8_e5m2 float8_e8m0fnu float8_e4m3fnuz float8_e5m2fnuz".split():
    types["short." + dtype] = dtype, np.arange(0, 256, 3, dtype="u1").repeat(np.dtype(dtype).itemsize).view(dtype)
types["short.float4"] = "float4_e2m1fn_x2", np.zeros((2, 2), "u1")
types["empty"] = "float32", np.zeros((3, 0), "f4")
types["a:b[0]"] = "float32", np.array(1.5, "f4")
safetensors("types", types, {"\u65e5\u672c": "\U0001f600"})
safetensors("nothing", {})

# Sounds, as frames by channels, and pictures.
wave = np.array([[0, 1], [-1, 32767], [-32768, 256], [300, -300], [5, 6]], "i2")


def sound(name, samples, subtype, kind="WAV", endian=None, expected=None):
    path = out / f"{name}.wav"
    soundfile.write(path, samples, 8000, subtype, endian, kind)
    data = bytearray(path.read_bytes())
    peak = data.find(b"PEAK")
    if peak > 0:  # which has the time in it
        data[peak + 12 : peak + 16] = bytes(4)
        path.write_bytes(data)
    if expected is None:
        expected = soundfile.read(path, dtype=samples.dtype, always_2d=True)[0]
    many[path.name] = {"kind": "wav", "arrays": {"": described(expected, data.rindex(b"data") + 8)}, "metadata": {"sample rate": "8000"}}


wide = wave.astype("i4") << 16 | 0x1234
sound("pcm16", wave, "PCM_16")
sound("pcm32", wide, "PCM_32")
sound("pcm8", wave[:, 0], "PCM_U8", expected=((wave[:, :1] >> 8) + 128).astype("u1"))
sound("pcm24", wide, "PCM_24", expected=(wide >> 8).astype("<i4").view("u1").reshape(5, 2, 4)[:, :, :3])
sound("float", wave.astype("f4") / 7, "FLOAT")
sound("double", wave.astype("f8") / 7, "DOUBLE")
sound("extensible", wave, "PCM_16", "WAVEX")
sound("rf64", wave, "PCM_16", "RF64")
sound("rifx", wave, "PCM_16", endian="BIG")


def picture(name, pixels, mode=None, like=None, **options):
    path = out / name
    image = Image.fromarray(pixels, mode) if mode != "P" else Image.fromarray(pixels).quantize(8)
    image.save(path, **options)
    with Image.open(path) as image:
        array = np.asarray(image) if like is None else like
    many[path.name] = {"kind": path.suffix[1:], "arrays": {"": described(array, 0) | {"copied": True}}}


y, x = np.mgrid[0:7, 0:9]
rgb = np.stack([30 * y, 20 * x, 255 - y - x], -1).astype("u1")
picture("gray.png", (30 * y).astype("u1"))
picture("deep.png", (7000 * y + x).astype("u2"))
picture("rgb.png", rgb)
picture("rgba.png", np.concatenate([rgb, rgb[:, :, :1]], -1))
picture("palette.png", rgb, "P")
picture("bits.png", x % 2 == 0, like=(x % 2 == 0).astype("u1") * 255)
picture("gray.jpeg", np.full((16, 24), 77, "u1"))
picture("rgb.jpeg", np.full((16, 24, 3), 128, "u1"), quality=100)

lines = (f"{json.dumps(name)}: {json.dumps(what)}" for name, what in many.items())
(out / "many.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf8")
