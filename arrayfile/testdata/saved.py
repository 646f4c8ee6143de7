"""NumPy's and safetensors' side of files that were saved in Go.

    saved.py FOLDER    reads the files, compares each array with the file ABOUT it, and says how many there were
"""

import sys
from pathlib import Path

import numpy as np
from safetensors import deserialize, safe_open

folder = Path(sys.argv[1])
wanted = {}
for i in range(len(list(folder.glob("*.about")))):
    name, shape, code, data = (folder / f"{i}.about").read_bytes().split(b"\n", 3)
    dtype = np.dtype({">Zf": ">c8"}.get(code.decode(), code.decode()))
    wanted[name.decode()] = np.frombuffer(data, dtype).reshape([int(n) for n in shape.decode()[1:-1].split()])
count = 0


def compare(where, name, array):
    global count
    want = wanted[name]
    assert array.shape == want.shape, (where, name, array.shape, want.shape)
    assert array.dtype.newbyteorder("=") == want.dtype.newbyteorder("="), (where, name, array.dtype, want.dtype)
    native = want.dtype.newbyteorder("=")
    assert array.astype(native).tobytes() == want.astype(native).tobytes(), (where, name, array, want)
    count += 1


for file in ["stored.npz", "deflated.npz"]:
    with np.load(folder / file) as npz:
        assert npz.files == list(wanted), npz.files
        assert npz.zip.testzip() is None
        for name in npz.files:
            compare(file, name, npz[name])
        assert npz["turned"].flags.f_contiguous
for i, name in enumerate(wanted):
    compare(i, name, np.load(folder / f"{i}.npy"))
with safe_open(folder / "many.safetensors", framework="np") as tensors:
    assert tensors.metadata() == {"k": "v", "<&>": '"\u65e5\u672c'}, tensors.metadata()
    for name in wanted:
        compare("safetensors", name, tensors.get_tensor(name))
for name, what in deserialize((folder / "many.safetensors").read_bytes()):
    if name not in wanted:
        dtype, data = {"bfloat16": ("BF16", b"\x80\x3f\x00\x40"), "float8_e4m3fn": ("F8_E4M3", b"\x38\x7e"), "float8_e5m2": ("F8_E5M2", b"\x3c\x7b")}[name]
        assert (what["dtype"], what["shape"], bytes(what["data"])) == (dtype, [2], data), (name, what)
        count += 1
assert np.load(folder / "empty.npz").files == []
assert deserialize((folder / "none.safetensors").read_bytes()) == []
print(count, "arrays")
