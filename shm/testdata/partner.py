"""A program on the other side of shared segments: runs the code of docs/SHM.md, and does what it is told line by line.

partner.py SHM.md: each line is a command of JSON, and is answered by one.
"""

import json
import re
import sys
from multiprocessing.shared_memory import SharedMemory

import numpy

page = {}
for block in re.findall(r"```python\n(.*?)```", open(sys.argv[1], encoding="utf-8").read(), re.DOTALL):
    exec(block, page)

held = []  # what is attached to, with the arrays over it, until the end


def told(array):
    array = numpy.asarray(array)
    return {"dtype": array.dtype.str, "shape": array.shape, "data": array.tobytes().hex()}


def hold(shm, array):
    held.append((array, shm))
    return told(array)


def the_array(dtype, shape):
    return (numpy.arange(numpy.prod(shape, dtype=int)) % 200 + 1).astype(dtype).reshape(shape)


def attach(name):
    """As Python's users do, for a segment with a header."""
    shm = page["attach"](name)
    return hold(shm, page["array_in"](shm))


def attach_bare(name, dtype, shape):
    shm = page["attach"](name)
    return hold(shm, numpy.ndarray(shape, dtype, shm.buf))


def merely_attach(name):
    """Without what the page says."""
    shm = SharedMemory(name)
    return {"size": shm.size}


def share(name, dtype, shape, order="C"):
    array = the_array(dtype, shape)
    shm = page["share"](name, numpy.asarray(array, order=order))
    return hold(shm, page["array_in"](shm))


def share_bare(name, dtype, shape):
    array = the_array(dtype, shape)
    shm = SharedMemory(name, create=True, size=array.nbytes)
    mine = numpy.ndarray(shape, dtype, shm.buf)
    mine[...] = array
    return hold(shm, mine)


def again():
    """What was attached to last reads now."""
    return told(held[-1][0])


def fill(value):
    held[-1][0][...] = value
    return {}


def untracked():
    """From here on, the resource tracker hears of nothing: it would clean up after a program that is killed."""
    from multiprocessing import resource_tracker

    resource_tracker.register = resource_tracker.unregister = lambda *_: None
    return {}


def make_on(name, dtype, shape):
    """Makes a segment and removes it, again and again, until somebody kills this."""
    print(json.dumps({}), flush=True)
    array = numpy.empty(shape, dtype)
    k = 0
    while True:
        k = k % 100 + 1
        array[...] = k
        shm = page["share"](name, array)
        shm.close()
        shm.unlink()


def write_on(name):
    """Attaches and writes, again and again, until somebody kills this."""
    print(json.dumps({}), flush=True)
    k = 0
    while True:
        k = k % 100 + 1
        shm = page["attach"](name)
        page["array_in"](shm)[...] = k
        shm.close()


for line in sys.stdin:
    command, *arguments = json.loads(line)
    print(json.dumps(globals()[command](*arguments)), flush=True)
