"""reads.py URL: reads the faces of a server as Python's engines do, compares with NumPy, and writes to what is writable."""

import io
import json
import random
import sys
import tempfile
import warnings

import fsspec
import numpy as np
import xarray
import zarr

warnings.simplefilter("ignore")
zarr.config.set({"array.write_empty_chunks": True})  # else zeros are deleted, which fsspec cannot do over HTTP
url = sys.argv[1]
web = fsspec.filesystem("http")


def equal(about, got, want):
    got = np.asarray(got)
    assert got.dtype == want.dtype and got.shape == want.shape and (got == want).all(), f"{about}:\n{got!r}\nwant\n{want!r}"


def put_file(address, data):
    """Writes a file there, by HTTP."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        web.put_file(file.name, address, method="put")


listing = json.loads(web.cat_file(f"{url}/"))
plain = 0
for d in listing["arrays"]:
    name = d["name"]
    if not name.startswith("types/"):
        continue
    # The server has counted from 0 in C order, in the type that its last part names.
    want = np.arange(np.prod(d["shape"], dtype=int)).astype(name.split("/")[1].split(" ")[0]).reshape(d["shape"])
    npy = np.load(io.BytesIO(web.cat_file(f"{url}/npy/{name}")))
    equal(f"npy of {name}", npy, want)
    assert npy.flags.f_contiguous == (d["order"] == "F") or npy.ndim < 2 or 0 in npy.shape
    equal(f"bytes of {name}", np.frombuffer(web.cat_file(f"{url}/bytes/{name}"), want.dtype), want.ravel(d["order"]))
    half = d["nbytes"] // 2
    assert web.cat_file(f"{url}/bytes/{name}", half // 2, half) == want.tobytes(d["order"])[half // 2 : half]
    for version in (2, 3):
        z = zarr.open_array(f"{url}/zarr/v{version}/{name}", mode="r", zarr_format=version)
        if version == 3:  # whose types have no byte order
            want = want.astype(want.dtype.newbyteorder("="))
        equal(f"version {version} of {name}", z[...], want)
        if z.ndim == 2:
            equal(f"slices of version {version} of {name}", z[1:-1, ::2], want[1:-1, ::2])
            equal(f"an index of version {version} of {name}", z[-1], want[-1])
    plain += 1
assert plain > 20, plain

# 1,000 ranges of an array of 1 MiB, as many at once as fsspec asks for.
large = np.arange(512 * 512, dtype="<u4").tobytes()
choose = random.Random(1)
starts = [choose.randrange(len(large)) for _ in range(1000)]
ends = [choose.randrange(start + 1, min(start + 50_000, len(large)) + 1) for start in starts]
parts = web.cat_ranges([f"{url}/bytes/large"] * len(starts), starts, ends)
assert parts == [large[start:end] for start, end in zip(starts, ends)]

for version in (2, 3):
    group = zarr.open_group(f"{url}/zarr/v{version}", mode="r", use_consolidated=True, zarr_format=version)
    assert len(list(group["types"].array_keys())) == plain, list(group["types"].array_keys())
    equal("an array of a group", group["types/<f8"][...], np.arange(35).astype("f8").reshape(5, 7))
    data = xarray.open_zarr(f"{url}/zarr/v{version}/weather", zarr_format=version)
    assert data["temperature"].dims == ("time", "place"), data
    for name, dtype in (("temperature", "f8"), ("reports", "i2")):  # xarray takes items of version 2 that are fill values for missing ones
        equal(f"zeros by xarray, version {version}", data[name].values, np.arange(12).astype(dtype).reshape(4, 3))
    equal("a selection by xarray", data["temperature"].isel(time=slice(1, 3), place=0).values, np.arange(12.0).reshape(4, 3)[1:3, 0])

    types = xarray.open_zarr(f"{url}/zarr/v{version}/types", zarr_format=version, mask_and_scale=False)
    assert types["<f8"].dims == ("<f8_dim_0", "<f8_dim_1") and types["<i4 scalar"].dims == (), types
    equal("dimensions without names", types["<f8"].values, np.arange(35).astype("f8").reshape(5, 7))

    # What a group does not tell of would have it refused; all else it tells.
    known = {"record", "bytes", "big record", "padded record"} if version == 2 else {"record", "record of records", "bytes"}
    assert set(group["others"].array_keys()) == known, (version, set(group["others"].array_keys()))
    for name in known:
        assert group["others"][name][...].tobytes() == web.cat_file(f"{url}/bytes/others/{name}".replace(" ", "%20")), (version, name)
    for d in listing["arrays"]:
        base = d["name"].removeprefix("others/")
        if base != d["name"] and base not in known and f"/zarr/v{version}/{d['name']}" in d["faces"]:
            try:
                zarr.open_array(f"{url}/zarr/v{version}/{d['name']}", mode="r", zarr_format=version)
            except Exception:
                continue
            raise AssertionError(f"version {version} of {base} can be read: groups may tell of it")

    z = zarr.open_array(f"{url}/zarr/v{version}/writable", mode="r+", zarr_format=version)
    z[...] = 0
    z[...] = np.arange(35, dtype="f8").reshape(5, 7) * version
    z[1:3, 1:6] += 100

    # The same chunk by fsspec itself, as memory and as a file.
    chunk = f"{url}/zarr/v{version}/writable/" + ("0.0" if version == 2 else "c/0/0")
    before = web.cat_file(chunk)
    for number, put in enumerate((web.pipe_file, put_file)):
        block = np.full((2, 3), number + 0.5)
        put(chunk, block.tobytes())
        equal("what fsspec wrote", z[:2, :3], block)
    equal("what it did not write", z[0, 3:], np.arange(3.0, 7) * version)
    web.pipe_file(chunk, before)
