"""What workers.py does in the processes of a cluster: it makes views, uses them, and sees what Dask sends of them and receives."""

import hashlib
import threading
import tracemalloc

import numpy as np
from distributed.protocol import pickle

from gomemoryview import View

MiB = 1 << 20
LARGE = MiB  # frames from here on are those of views

# What this process has sent and received: (the frames, each with its address and bytes; the bytes that were taken meanwhile).
sent, received = [], []


def span(exporter):
    """Where the items of an exporter start, and their bytes, where they lie side by side."""
    a = np.asarray(exporter)
    return int(np.lib.array_utils.byte_bounds(a)[0]), a.nbytes


def large(frames):
    return [span(frame) for frame in frames if memoryview(frame).nbytes >= LARGE]


one_by_one = threading.RLock()


def counted(work):
    """What comes of some work, and the bytes that were taken for it at a time. Dask does such work in several threads."""
    with one_by_one:
        tracemalloc.start()
        try:
            result = work()
            return result, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def observe():
    """Has Dask's serialization pass by here, where nothing is changed."""
    dumps, loads = pickle.dumps, pickle.loads

    def dumping(x, *, buffer_callback=None, **options):
        frames = []
        told, taken = counted(lambda: dumps(x, buffer_callback=frames.append if buffer_callback else None, **options))
        if spans := large(frames):
            sent.append((spans, taken))
        for frame in frames:
            buffer_callback(frame)
        return told

    def loading(told, *, buffers=()):
        x, taken = counted(lambda: loads(told, buffers=buffers))
        if spans := large(buffers):
            received.append((spans, taken))
        return x

    pickle.dumps, pickle.loads = dumping, loading


def report():
    """What was seen since the last report."""
    told = list(sent), list(received)
    sent.clear()
    received.clear()
    return told


def array(kind):
    """Numbers that are all different: 64 MiB of them for the kinds that come first to mind, and 8 for others."""
    return np.arange(8 * MiB if kind in LARGEST else MiB, dtype="f8").reshape(-1, 64, 128)


KINDS = {
    "a view": lambda a: View(a),
    "a transposed view": lambda a: View(a.T),
    "a view backwards, of swapped dimensions": lambda a: View(a)[::-1].transpose(0, 2, 1),
    "a read-only view": lambda a: View(a).toreadonly(),
    "a view of records": lambda a: View(a).cast("T{<q:id:>d:x:}"),
    "views in a dict": lambda a: {"of": {"one": View(a)[:64], "two": 5}},
    "views in a list": lambda a: [View(a)[64:], 7, View(a)[:64]],
    "a view with gaps": lambda a: View(a)[:, ::2],
    "a transposed view with gaps": lambda a: View(a)[:, ::2].T,
}
LARGEST = {"a view", "a transposed view", "a view with gaps"}
COPIED = {"a view with gaps": 32 * MiB, "a transposed view with gaps": 4 * MiB}  # and nothing of the others
WRITABLE = {kind for kind in KINDS if kind != "a read-only view"}

kept = {}


def make(kind):
    """Views of an array that stays."""
    kept[kind] = a = array(kind)
    return KINDS[kind](a)


def views(x):
    """Those inside of something, in order."""
    if isinstance(x, View):
        return [x]
    return [view for part in (x.values() if isinstance(x, dict) else x if isinstance(x, list) else ()) for view in views(part)]


def use(x):
    """Of each view: where it lies, whether it may be written, and what it shows, through NumPy."""
    return [(span(view), view.readonly, view.format, summary(np.asarray(view))) for view in views(x)]


def summary(a):
    """What tells two arrays of other items, or another order of them, apart."""
    return a.shape, a.dtype, hashlib.blake2b(np.ascontiguousarray(a).reshape(-1).view("u1")).hexdigest()


def block(number):
    """16 MiB of one number."""
    return View(np.full(2 * MiB, number, "i8"))


def total(view):
    return int(np.asarray(view).sum())


def spilled(dask_worker):
    """How many results of a worker lie on disk."""
    return len(dask_worker.data.disk)
