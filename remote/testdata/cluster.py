"""cluster.py URL SEED SECONDS FOLDER: computes on a server's arrays, and writes to them, by a Dask cluster of two worker processes, while workers kill
themselves and the server is restarted: at places of its own choice, and then for so many seconds at random ones, which the seed decides. The folder is
for notes of who was killed.

Each line that it prints is answered by how many chunks were asked for so far, and how often the server was restarted. "restart N MS" has it
restarted at the Nth request for a chunk from now on, in the middle of the answer, and be away for so many milliseconds."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
import warnings

import dask
import dask.array
import numpy as np
import xarray
import zarr
from distributed import Client, LocalCluster, default_client

import gomemoryview

warnings.simplefilter("ignore")
zarr.config.set({"array.write_empty_chunks": True})  # else zeros are deleted, which fsspec cannot do over HTTP
dask.config.set({"distributed.scheduler.allowed-failures": 1000})  # a task is not to blame for those that kill its worker
url, seed, seconds, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
want = np.arange(400 * 300, dtype="f8").reshape(400, 300)
BLOCKS = (8, 3)  # chunks along each dimension


def ask(*words):
    print(*words, flush=True)
    return tuple(map(int, sys.stdin.readline().split()))


def patiently(work):
    """Does what this process does itself, which Dask does not try again: while the server is away."""
    for _ in range(200):
        try:
            return work()
        except Exception as error:
            last = error
            time.sleep(0.05)
    raise last


def lazily(name="x", version=3):
    """An array whose chunks are read by the workers."""
    z = patiently(lambda: zarr.open_array(f"{url}/zarr/v{version}/{name}", mode="r", zarr_format=version))
    return dask.array.from_array(z, chunks=(50, 100), name=False)


def compute(x):
    """By the workers, which are patient; but not for ever."""
    return default_client().compute(x, retries=300).result(timeout=120)


def check(about, got, expected):
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape, f"seed {seed}, {about}: shape {got.shape}, want {expected.shape}"
    wrong = np.argwhere(got != expected)
    assert not len(wrong), f"seed {seed}, {about}: {len(wrong)} items are wrong, as at {wrong[0]}: {got[tuple(wrong[0])]!r}, want {expected[tuple(wrong[0])]!r}"


def twice(block):
    """In a worker: through gomemoryview, backwards and forwards again."""
    view = gomemoryview.View(np.ascontiguousarray(block))
    turned = gomemoryview.View(bytearray(view.nbytes)).cast(view.format, view.shape)
    turned[...] = view[::-1, ::-1]
    return np.asarray(turned)[::-1, ::-1] * 2


def once(block, mortal=frozenset(), notes="", block_info=None):
    """In a worker: the block, unless it is one that kills whoever has it first."""
    place = tuple(block_info[0]["chunk-location"]) if block_info else ()
    if place in mortal:
        try:
            os.close(os.open(f"{notes}-{place}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    return block


def deadly(x, places):
    """The same array, on the way to which workers are killed; and how to find out how many were."""
    notes = os.path.join(folder, uuid.uuid4().hex)
    name = os.path.basename(notes)
    dead = lambda: sum(file.startswith(name) for file in os.listdir(folder))
    return x.map_blocks(once, mortal=frozenset(places), notes=notes, dtype="f8", name=f"once-{name}"), dead


class Workers(threading.Thread):
    """Two worker processes; one that ends is followed by another. Dask's own keeper of workers gives up on one that dies while it starts."""

    def __init__(self, scheduler):
        super().__init__(daemon=True)
        self.command = [sys.executable, "-m", "distributed.cli.dask_worker", scheduler, "--no-nanny", "--nthreads=2", "--no-dashboard"]
        self.command.append(f"--local-directory={folder}/workers")
        self.over = threading.Event()

    def run(self):
        processes = []
        while not self.over.wait(0.1):
            processes = [process for process in processes if process.poll() is None]
            processes += [subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) for _ in range(2 - len(processes))]
        for process in processes:
            process.kill()
            process.wait()

    def __enter__(self):
        self.start()

    def __exit__(self, *_):
        self.over.set()
        self.join()


def sums(x):
    check("a sum", compute(x.sum()), want.sum())
    check("sums of columns", compute(x.sum(axis=0)), want.sum(axis=0))


def transpose(x):
    check("a transpose", compute(x.T), want.T)
    check("a product with the transpose", compute((x[:100] @ x[:100].T)), want[:100] @ want[:100].T)


def slices(x):
    check("a slice", compute(x[10:390:7, ::-3]), want[10:390:7, ::-3])
    check("a row", compute(x[-1]), want[-1])


def mapped(x):
    check("a map", compute(x.map_blocks(twice, dtype="f8")), want * 2)


def write(x, factor=2):
    """From the workers, and read again."""
    out = patiently(lambda: zarr.open_array(f"{url}/zarr/v3/out", mode="r+"))
    compute(dask.array.store(x.map_blocks(twice, dtype="f8") * (factor / 2), out, lock=False, compute=False))
    for version in (2, 3):
        check("what was written", compute(lazily("out", version)), want * factor)


COMPUTATIONS = [sums, transpose, slices, mapped, write]


def by_name(version):
    """xarray, lazily, by the names of dimensions."""
    before, _ = ask("asking")
    data = xarray.open_zarr(f"{url}/zarr/v{version}", zarr_format=version, chunks={})
    x = data["x"]
    assert isinstance(x.data, dask.array.Array) and x.chunksizes == {"time": (50,) * 8, "place": (100,) * 3}, x
    assert ask("asking")[0] == before, "opening reads chunks"
    check("one chunk, by name", x.isel(time=slice(50, 100), place=slice(100, 200)).max().compute().item(), want[50:100, 100:200].max())
    assert ask("asking")[0] == before + 1, "one chunk takes another number of requests"
    mean = x.mean("time").compute()
    assert mean.dims == ("place",), mean
    check("means by name", mean.values, want.mean(axis=0))
    check("a sum by name, scaled", (x.sum("place") / 2).isel(time=slice(None, None, 3)).compute().values, (want.sum(axis=1) / 2)[::3])


def killed():
    """The worker that comes to the tenth chunk of 24 dies, with all that it has."""
    x, dead = deadly(lazily(), [(3, 0)])
    check("with a worker that was killed", compute((x + 1).sum(axis=1)), (want + 1).sum(axis=1))
    assert dead() == 1, dead()


def restarted():
    """The server is stopped at the tenth chunk that is read, and at the tenth that is written."""
    _, before = ask("restart", 10, 100)
    check("with a server that was restarted", compute((lazily() + 1).sum(axis=1)), (want + 1).sum(axis=1))
    out = patiently(lambda: zarr.open_array(f"{url}/zarr/v3/out", mode="r+"))
    source = dask.array.from_array(want, chunks=(50, 100)) * 3
    assert ask("restart", 10, 100)[1] == before + 1
    compute(dask.array.store(source, out, lock=False, compute=False))
    assert ask("asking")[1] == before + 2
    check("what was written meanwhile", compute(lazily("out")), want * 3)


def at_random():
    """Rounds of everything at once."""
    choose, end, number, deaths = random.Random(seed), time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        number += 1
        work, version = choose.choice(COMPUTATIONS), choose.choice((2, 3))
        places = {tuple(map(choose.randrange, BLOCKS)) for _ in range(choose.choice((0, 1, 1, 2, 4)))}
        if choose.random() < 0.8:
            ask("restart", choose.randrange(1, 60), choose.choice((0, 10, 100, 1000)))
        x, dead = deadly(lazily(version=version), places)
        if work is write:
            write(x, choose.randrange(1, 1000))
        else:
            work(x)
        deaths += dead()
        chunks, restarts = ask(f"round {number}: {work.__name__}, version {version}, {dead()} of {len(places)} killed")
    print(f"round {number} was the last: {deaths} workers killed, {restarts} restarts, {chunks} requests for chunks", flush=True)
    sys.stdin.readline()


def main():
    with LocalCluster(n_workers=0, dashboard_address=None) as cluster, Client(cluster) as client, Workers(cluster.scheduler_address):
        client.wait_for_workers(2, timeout=120)
        for version in (2, 3):
            for work in COMPUTATIONS:
                work(lazily(version=version))
            by_name(version)
        killed()
        restarted()
        if seconds:
            at_random()
        write(lazily())
    print("done", flush=True)


if __name__ == "__main__":
    main()
