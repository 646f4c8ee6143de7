"""Times statements for a program that asks for it, in lines of JSON: see worker.go."""

import gc
import itertools
import json
import platform
import sys
import time
import zlib

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


def prepare(setup, run, result):
    names = {name: globals()[name] for name in ("itertools", "time", "np", "numbers", "crc")}
    exec(setup, names)
    exec(TIMED.format(run=run), names)
    return names, result


current = None


def answer(request):
    global current
    match request["do"]:
        case "versions":
            return {"text": f"CPython {platform.python_version()}, NumPy {np.__version__}"}
        case "prepare":
            current = None  # makes room for the next
            current = prepare(request["setup"], request["run"], request["result"])
            return {}
        case "run":
            return {"ns": current[0]["timed"](request["n"])}
        case "result":
            return {"text": str(eval(current[1], current[0]))}


gc.disable()
for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
