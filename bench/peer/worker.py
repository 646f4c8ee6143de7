"""Times statements for a program that asks for it, in lines of JSON: see worker.go."""

import gc
import itertools
import json
import os
import platform
import sys
import time
import zlib
from importlib.metadata import PackageNotFoundError, version

import numpy as np

TIMED = """
def timed(n):
    calls = itertools.repeat(None, n)
    start = time.perf_counter_ns()
    for _ in calls:
        {run}
    return time.perf_counter_ns() - start
"""


def numbers(n, dtype):
    """The same test data as numbers in Go: 24 bits of a multiplied index, as far as the type has room."""
    return (np.arange(n, dtype=np.uint32) * np.uint32(2654435761) >> 8).astype(dtype)


def crc(data):
    """Stands for the bytes of an array or of a bytes object."""
    return f"crc32 {zlib.crc32(data):08x} of {memoryview(data).nbytes} bytes"


def prepare(program):
    names = {name: globals()[name] for name in ("itertools", "time", "np", "numbers", "crc")}
    exec(program["setup"], names)
    exec(TIMED.format(run=program["run"]), names)
    return names, program["result"]


def engines():
    """The versions of those that are here."""
    text = ""
    for name, module in ("Zarr", "zarr"), ("Dask", "dask"), ("fsspec", "fsspec"), ("aiohttp", "aiohttp"):
        try:
            text += f", {name} {version(module)}"
        except PackageNotFoundError:
            pass
    return text


current = []


def answer(request):
    global current
    match request["do"]:
        case "versions":
            return {"text": f"CPython {platform.python_version()}, NumPy {np.__version__}" + engines()}
        case "prepare":
            current = []  # makes room for the next
            current = [prepare(program) for program in request["programs"]]
            return {}
        case "run":
            names, _ = current[request["program"]]
            return {"ns": names["timed"](request["n"])}
        case "result":
            names, result = current[request["program"]]
            return {"text": str(eval(result, names))}


sys.path += filter(None, [os.environ.get("MEMORYVIEW_EXTENSION")])
gc.disable()
for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
