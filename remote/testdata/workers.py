"""workers.py: moves views of 64 MiB between two worker processes of Dask, and counts what is copied of them on the way."""

import pickle
import warnings

import cloudpickle
import dask
import numpy as np
import observed
from dask.base import tokenize
from dask.sizeof import sizeof
from distributed import Client, LocalCluster

from gomemoryview import View

warnings.simplefilter("ignore")
MiB, SMALL = 1 << 20, 1 << 19


def check(about, condition, *facts):
    assert condition, (about, *facts)


def together(told):
    """All frames that were sent or received, and the bytes that were taken for them. Dask takes the items of a list one by one."""
    return [frame for frames, _ in told for frame in frames], sum(taken for _, taken in told)


def one_way(about, told, memory, copied):
    """Holds what was sent to the memory that it is of: the frames are the memory, or as many bytes were copied for them."""
    frames, taken = together(told)
    check(f"{about}: what is sent is the memory", (frames == memory) == (copied == 0), frames, memory)
    check(f"{about}: bytes that are copied", copied <= taken < copied + SMALL, taken)
    return frames


def other_way(about, told, used):
    """Holds views to the frames that were received: they lie on them."""
    frames, taken = together(told)
    check(f"{about}: views lie on what was received", [span for span, *_ in used] == frames, used, frames)
    check(f"{about}: bytes that are taken for it", taken < SMALL, taken)


def same(about, used, kind):
    """Holds what was used to what would be made here."""
    expected = observed.use(observed.KINDS[kind](observed.array(kind)))
    check(f"{about}: items", [facts[2:] for facts in used] == [facts[2:] for facts in expected], used, expected)
    check(f"{about}: who may write", all(readonly != (kind in observed.WRITABLE) for _, readonly, *_ in used), used)


def between(client, scheduler, a, b):
    """Made by one worker, gathered here, and used by the other."""
    for kind in observed.KINDS:
        made = client.submit(observed.make, kind, workers=[a], pure=False)
        memory = [span for span, *_ in client.submit(observed.use, made, workers=[a]).result()]
        copied = observed.COPIED.get(kind, 0)

        client.run(observed.report), observed.report()
        used = observed.use(client.gather(made, direct=True))
        frames = one_way(f"{kind}, gathered", client.run(observed.report)[a][0], memory, copied)
        other_way(f"{kind}, gathered", observed.report()[1], used)
        same(f"{kind}, gathered", used, kind)

        used = client.submit(observed.use, made, workers=[b], pure=False).result()
        at = client.run(observed.report)
        one_way(kind, at[a][0], memory, copied)
        other_way(kind, at[b][1], used)
        same(kind, used, kind)

        size, bytes = scheduler.tasks[made.key].nbytes, sum(n for _, n in frames)
        check(f"{kind}: Dask's idea of its size", bytes <= size < bytes + SMALL, size)
        print(f"{kind}: {bytes} bytes sent, {copied} copied", flush=True)


def from_here(client, b):
    """Scattered."""
    for kind in ("a view", "a transposed view", "views in a list"):
        thing = observed.KINDS[kind](observed.array(kind))
        memory = [span for span, *_ in observed.use(thing)]
        observed.report(), client.run(observed.report)
        (scattered,) = client.scatter([thing], workers=[b], hash=False, direct=True)
        used = client.submit(observed.use, scattered, workers=[b], pure=False).result()
        one_way(f"{kind}, scattered", observed.report()[0], memory, 0)
        other_way(f"{kind}, scattered", client.run(observed.report)[b][1], used)
        same(f"{kind}, scattered", used, kind)


def by_the_scheduler(client, a, b):
    """Arguments, and what is gathered or scattered without direct=True, pass Dask's scheduler, which speaks protocol 4: within the pickle."""
    for kind in ("a view backwards, of swapped dimensions", "a transposed view with gaps", "views in a dict"):
        thing = observed.KINDS[kind](observed.array(kind))
        same(f"{kind}, an argument", client.submit(observed.use, thing, workers=[b], pure=False).result(), kind)
        same(f"{kind}, scattered", client.submit(observed.use, client.scatter([thing], workers=[b])[0], pure=False).result(), kind)
        same(f"{kind}, gathered", observed.use(client.submit(observed.make, kind, workers=[a]).result()), kind)


def asked():
    """What Dask asks of views by themselves."""
    array = np.arange(1 << 16).reshape(256, 256)
    for view in (View(array), View(array.T), View(array)[::-1]):
        assert array.nbytes <= sizeof(view) < array.nbytes + 1000
        assert sizeof([view, view]) > 2 * array.nbytes
        twin = pickle.loads(pickle.dumps(view))
        assert tokenize(view, ensure_deterministic=True) == tokenize(twin) != tokenize(view[:-1]) != tokenize(view.cast("Q", (256, 256)) if view.c_contiguous else view.toreadonly())
    assert sizeof(View(bytes(8)).cast("d", (1000, 1000), strides=(0, 0))) < 1000


class Local(View):
    """Of a class that no other process can import."""


def cloud():
    """cloudpickle, which takes classes along."""
    view = Local(bytearray(b"abcdef"))
    view.name = "local"
    for back in (cloudpickle.loads(cloudpickle.dumps(view)), pickle.loads(cloudpickle.dumps(view, protocol=4))):
        assert (back.tobytes(), back.name, type(back).__name__) == (b"abcdef", "local", "Local")
    frames = []
    told = cloudpickle.dumps({"of": View(np.zeros(1000))}, protocol=5, buffer_callback=frames.append)
    assert len(told) < 500 and [frame.raw().nbytes for frame in frames] == [8000]
    assert pickle.loads(told, buffers=frames)["of"].shape == (1000,)


def spilling():
    """More than may stay in memory: Dask knows how much it is, writes the rest to disk, and reads it again."""
    limits = {"target": 0.01, "spill": False, "pause": False, "terminate": False}
    with dask.config.set({f"distributed.worker.memory.{name}": limit for name, limit in limits.items()}):
        with LocalCluster(n_workers=1, threads_per_worker=1, memory_limit="4GB", dashboard_address=None) as cluster, Client(cluster) as client:
            blocks = client.map(observed.block, range(8))
            client.gather(client.map(observed.total, blocks))
            ((_, on_disk),) = client.run(observed.spilled).items()
            assert 4 <= on_disk < 8, on_disk
            assert client.gather(client.map(observed.total, blocks, pure=False)) == [number * 2 * MiB for number in range(8)]
            for number, view in enumerate(client.gather(blocks)):
                assert (np.asarray(view) == number).all() and not view.readonly


def main():
    cloud()
    asked()
    observed.observe()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        client.run(observed.observe)
        a, b = client.scheduler_info(n_workers=-1)["workers"]
        between(client, cluster.scheduler, a, b)
        from_here(client, b)
        by_the_scheduler(client, a, b)
    spilling()
    print("done", flush=True)


if __name__ == "__main__":
    main()
