"""stores.py FOLDER: writes Zarr stores of every sort into the folder, each with what it holds as NAME.npy beside it."""

import itertools
import pathlib
import sys
import warnings

import numcodecs
import numpy as np
import zarr
from zarr import codecs

warnings.simplefilter("ignore")  # of types that have no specification yet
root = pathlib.Path(sys.argv[1])
numbers = iter(range(10**6))


def items(shape, dtype):
    """Items that are all different, where the type has so many."""
    n = int(np.prod(shape))
    counted = np.arange(1, n + 1)
    dtype = np.dtype(dtype)
    if dtype.names:
        a = np.zeros(n, dtype)
        for i, name in enumerate(dtype.names):
            a[name] = counted + i
    elif dtype.kind in "SU":
        a = counted.astype("S" if dtype.kind == "S" else "U").astype(dtype)
    elif dtype.kind == "c":
        a = (counted + 0.5j).astype(dtype)
    elif dtype.kind == "b":
        a = counted % 3 == 0
    elif dtype.kind in "mM":
        a = counted.astype("i8").view(dtype.newbyteorder("="))
    else:
        a = (counted % 127).astype(dtype)
    return a.reshape(shape)


def write(about, shape, chunks, dtype, *, missing=False, **how):
    name = f"{next(numbers):03}-{about}"
    a = items(shape, dtype)
    z = zarr.create_array(root / name, shape=shape, chunks=chunks, dtype=dtype, config={"write_empty_chunks": True}, **how)
    if missing:  # the first half is never written
        fill = np.asarray(how.get("fill_value", 0)).astype(dtype)
        half = chunks[0] * (shape[0] // chunks[0] // 2)
        z[half:] = a[half:]
        a[:half] = fill
    else:
        z[...] = a
    if a.dtype.kind in "mM":
        a = a.view("i8")
    np.save(root / f"{name}.npy", a)


plain = ["b1", "i1", "u1", "i2", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"]
for version, dtype in itertools.product((2, 3), plain):
    write(f"v{version}-{dtype}", (7, 5), (3, 2), dtype, zarr_format=version)
for version, dtype in itertools.product((2, 3), ["S5", "U4", "M8[ns]", "m8[s]"]):
    write(f"v{version}-text-and-times", (7, 5), (3, 2), dtype, zarr_format=version)
for dtype in [">i4", ">f8", ">U3", [("a", "<i4"), ("b", ">f8")]]:
    write("v2-byte-order", (7, 5), (3, 2), dtype, zarr_format=2)
write("v3-record", (7, 5), (3, 2), [("a", "<i4"), ("b", "<f8")], zarr_format=3)
for order, separator in itertools.product("CF", "./"):
    write("v2-order", (7, 5, 3), (3, 2, 2), "i4", zarr_format=2, order=order, chunk_key_encoding={"name": "v2", "separator": separator})
for compressor in [
    None, numcodecs.Zstd(5), numcodecs.GZip(), numcodecs.Zlib(), numcodecs.CRC32C(),
    *(numcodecs.Blosc(cname, 5, shuffle) for cname in ("lz4", "lz4hc", "zlib", "zstd") for shuffle in (0, 1, 2)),
    numcodecs.Blosc("lz4", 9, 1, blocksize=512), numcodecs.Blosc("lz4", 0),
]:
    for shape, chunks, dtype in [((40, 130), (19, 67), "u1"), ((30, 128), (16, 64), "f8")]:
        write("v2-compressor", shape, chunks, dtype, zarr_format=2, compressors=compressor)
turned = [codecs.TransposeCodec(order=(2, 0, 1))]
for endian, filters, compressors in itertools.product(
    ("little", "big"), ([], turned),
    ([], [codecs.ZstdCodec(level=3, checksum=True)], [codecs.GzipCodec()], [codecs.Crc32cCodec()], [codecs.BloscCodec()], [codecs.ZstdCodec(), codecs.Crc32cCodec()]),
):
    serializer = codecs.BytesCodec(endian=endian)
    write("v3-codecs", (7, 5, 3), (3, 2, 2), "f4", zarr_format=3, serializer=serializer, filters=filters, compressors=compressors)
    write("v3-sharded", (13, 5, 3), (2, 1, 2), "f4", zarr_format=3, shards=(6, 5, 2), serializer=serializer, filters=filters, compressors=compressors)
for location in ("start", "end"):
    serializer = codecs.ShardingCodec(chunk_shape=(2,), codecs=[codecs.BytesCodec()], index_codecs=[codecs.BytesCodec(endian="big")], index_location=location)
    write("v3-index", (20,), (10,), "i2", zarr_format=3, serializer=serializer, compressors=[], missing=True, fill_value=7)
for version, fill in itertools.product((2, 3), (0, 1.5, np.nan, np.inf, -np.inf)):
    write(f"v{version}-fill", (8, 2), (2, 2), "f8", zarr_format=version, fill_value=fill, missing=True)
write("v3-keys", (7, 5), (3, 2), "i4", zarr_format=3, chunk_key_encoding={"name": "v2", "separator": "."})
write("v3-scalar", (), (), "i4", zarr_format=3)
write("v2-scalar", (), (), "i4", zarr_format=2)
write("v3-empty", (0, 5), (1, 5), "i4", zarr_format=3)

for version in (2, 3):
    path = root / f"group-v{version}"
    group = zarr.create_group(path, zarr_format=version)
    for name in ("one", "deep/two"):
        group.create_array(name, shape=(4,), chunks=(2,), dtype="i4")[...] = np.arange(4)
    zarr.consolidate_metadata(path, zarr_format=version)
