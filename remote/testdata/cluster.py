"""cluster.py URL: computes on a server's arrays by a Dask cluster of two worker processes. A line on standard input, or the end of it, answers each
line that it prints."""

import os
import signal
import sys
import time
import warnings

import dask.array
import numpy as np
import zarr
from distributed import Client, LocalCluster

import gomemoryview

warnings.simplefilter("ignore")
zarr.config.set({"array.write_empty_chunks": True})  # else zeros are deleted, which fsspec cannot do over HTTP
url = sys.argv[1]
want = np.arange(400 * 300, dtype="f8").reshape(400, 300)


def ask(word):
    print(word, flush=True)
    sys.stdin.readline()


def lazily(name, chunks):
    """An array whose chunks are read by the workers."""
    z = zarr.open_array(f"{url}/zarr/v3/{name}", mode="r")
    return dask.array.from_array(z, chunks=chunks, name=False)


def twice(block):
    """In a worker: through gomemoryview, backwards and forwards again."""
    view = gomemoryview.View(np.ascontiguousarray(block))
    return np.asarray(view[::-1, ::-1])[::-1, ::-1] * 2


def slowly(block):
    time.sleep(0.05)
    return block + 1


def check(about, got, expected):
    assert np.array_equal(got, expected), f"{about}: {got!r}, want {expected!r}"


def main():
    with LocalCluster(n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None) as cluster, Client(cluster) as client:
        x = lazily("x", (50, 100))
        check("a sum", x.sum().compute(), want.sum())
        check("sums of columns", x.sum(axis=0).compute(), want.sum(axis=0))
        check("a transpose", x.T.compute(), want.T)
        check("a slice", x[10:390:7, ::-3].compute(), want[10:390:7, ::-3])
        check("a map", x.map_blocks(twice, dtype="f8").compute(), want * 2)

        out = zarr.open_array(f"{url}/zarr/v3/out", mode="r+")
        dask.array.store(x.map_blocks(twice, dtype="f8"), out, lock=False)

        future = client.compute(x.map_blocks(slowly, dtype="f8").sum(), retries=100)
        time.sleep(0.2)
        os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
        check("with a worker that was killed", future.result(), (want + 1).sum())

        future = client.compute(lazily("x", (50, 100)).map_blocks(slowly, dtype="f8").sum(axis=1), retries=100)
        ask("restart")
        check("with a server that was restarted", future.result(), (want + 1).sum(axis=1))
    print("done", flush=True)


if __name__ == "__main__":
    main()
