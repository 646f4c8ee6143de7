"""pyarrow on the other side. write FOLDER: files of Arrow's, and what is in their columns as .npy beside them. read FOLDER: says what it
finds in files that were made here, beside the .npy files that say what should be there."""

import json
import pathlib
import sys

import numpy as np
import pyarrow as pa

folder = pathlib.Path(sys.argv[2])

numbers = {
    "int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint8": "B", "uint16": "H", "uint32": "I", "uint64": "Q",
    "float16": "e", "float32": "f", "float64": "d",
}


def columns():
    """Name, array, and the same as NumPy has it, or why there are no items."""
    random = np.random.default_rng(3)
    for name, code in numbers.items():
        items = random.integers(0, 100, 50).astype(code)
        yield name, pa.array(items), items
    times = np.array([0, 1, 2**40, -5], "i8")
    for name in "timestamp[us]", "duration[ns]", "time64[ns]":
        yield name, pa.array(np.abs(times) // 2**10, pa.int64()).cast(arrow_type(name)), np.abs(times) // 2**10
    yield "date32", pa.array([1, -7, 20000], pa.int32()).cast(pa.date32()), np.array([1, -7, 20000], "i4")
    yield "binary[3]", pa.array([b"abc", b"\0d\0"], pa.binary(3)), np.array([b"abc", b"\0d\0"], "S3")
    grid = np.arange(24, dtype="f4").reshape(4, 2, 3)
    lists = pa.FixedSizeListArray.from_arrays(pa.FixedSizeListArray.from_arrays(grid.ravel(), 3), 2)
    yield "list", lists, grid
    yield "slice of a list", lists[1:3], grid[1:3]
    yield "slice", pa.array(range(100), pa.int64())[13:77], np.arange(13, 77)
    yield "nothing", pa.array([], pa.float64()), np.zeros(0)
    tensors = pa.FixedShapeTensorArray.from_numpy_ndarray(np.arange(12, dtype="i2").reshape(3, 4))
    yield "extension", tensors, np.arange(12, dtype="i2").reshape(3, 4)
    yield "without nulls after all", pa.array([None, 1, 2, 3], pa.int32())[1:], np.array([1, 2, 3], "i4")
    yield "nulls", pa.array([1, None, 3]), "null"
    yield "nulls in a list", pa.array([[1, 2], [3, None]], pa.list_(pa.int8(), 2)), "null"
    yield "bool", pa.array([True, False]), "bits"
    yield "string", pa.array(["a", "bc"]), "lengths"
    yield "dictionary", pa.array(["a", "a"]).dictionary_encode(), "dictionary"
    yield "struct", pa.array([{"x": 1}]), "Field"
    yield "decimal", pa.array([1], pa.decimal128(5)), "decimals"
    yield "lists", pa.array([[1], [2, 3]]), "ListValues"


def arrow_type(name):
    kind, unit = name.rstrip("]").split("[")
    return getattr(pa, kind)(unit)


def write():
    described = []
    for i, (name, array, same) in enumerate(columns()):
        batch = pa.record_batch({"first": pa.array(range(len(array)), pa.int64()), name: array})
        if isinstance(same, np.ndarray):
            np.save(folder / f"{i}.npy", same)
        for codec in None, "lz4", "zstd":
            options = pa.ipc.IpcWriteOptions(compression=codec)
            with pa.ipc.new_file(str(folder / f"{i}.{codec or 'plain'}"), batch.schema, options=options) as writer:
                writer.write_batch(batch)  # a table without rows would be no batch
                writer.write_batch(batch.slice(0, 1))
        described.append({"Name": name, "Rows": len(array), "Error": same if isinstance(same, str) else ""})
    with pa.ipc.new_stream(str(folder / "stream"), batch.schema) as writer:
        writer.write_batch(batch)
    (folder / "columns.json").write_text(json.dumps(described))


def read():
    for path in sorted(folder.glob("*.made")):
        same = np.load(path.with_suffix(".npy"))
        column = pa.ipc.open_file(str(path)).read_all().column("x").combine_chunks()
        column.validate(full=True)
        if column.type.num_fields:
            flat = column
            while flat.type.num_fields:
                flat = flat.flatten()
            got = flat.to_numpy().reshape(same.shape)
        elif pa.types.is_fixed_size_binary(column.type):
            got = np.array(column.to_pylist(), same.dtype)
        else:
            got = column.to_numpy()
        assert got.dtype == same.dtype and got.shape == same.shape, (path.name, got.dtype, got.shape)
        assert got.tobytes() == same.tobytes(), path.name
        print(path.name, column.type)


{"write": write, "read": read}[sys.argv[1]]()
