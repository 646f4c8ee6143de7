"""Whether files that were written in place differ from others in the first item of an array, which is 1, and in nothing else.

    inplace.py BEFORE AFTER
"""

import sys
from pathlib import Path

import numpy as np
import soundfile
from safetensors import deserialize

before, after = map(Path, sys.argv[1:])

old = dict(deserialize((before / "types.safetensors").read_bytes()))
new = dict(deserialize((after / "types.safetensors").read_bytes()))
want = np.frombuffer(bytes(old["plain.int32"]["data"]), "<i4").copy()
assert want[0] != 1
want[0] = 1
old["plain.int32"]["data"] = want.tobytes()
assert {k: (v["dtype"], v["shape"], bytes(v["data"])) for k, v in old.items()} == {k: (v["dtype"], v["shape"], bytes(v["data"])) for k, v in new.items()}
count = 1
for name, dtype in [("pcm16.wav", "int16"), ("float.wav", "float32")]:
    a, rate = soundfile.read(before / name, dtype=dtype)
    b, same_rate = soundfile.read(after / name, dtype=dtype)
    assert rate == same_rate and a.flat[0] != 1
    a.flat[0] = 1
    assert np.array_equal(a, b), (a, b)
    count += 1
print(count, "files")
