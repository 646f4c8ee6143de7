package cases

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-memoryview/memoryview/bench/peer"
)

// engines: an array's way to Zarr and to Dask's workers, over HTTP from our server, beside the same array in a folder of Zarr's own. The chunks are the
// same, and Zarr asks for as many at once. By its address an array is read by fsspec and aiohttp; HTTPStore is package peer's.
func engines(s Scale) []Case {
	address := reading{by: "its address", source: "address"}
	store := reading{by: "HTTPStore", source: "HTTPStore(address)"}
	return []Case{
		store.zarr(64*s.MiB, "LocalStore", "None", Target{2, Ratio}),
		store.zarr(64*s.MiB, "LocalStore with zstd", "'auto'", Target{1, Ratio}),
		address.zarr(64*s.MiB, "LocalStore", "None", Target{5, Ratio}),
		store.dask(128*s.MiB, "LocalStore", "None", Target{1, Ratio}),
		address.dask(128*s.MiB, "LocalStore", "None", Target{2, Ratio}),
	}
}

// reading is how our array is read, and in Python by what.
type reading struct{ by, source string }

// zarr reads all of an array, from opening it on.
func (r reading) zarr(size int, peer, compressors string, t Target) Case {
	return job{r, size, compressors, `
def work():
    global items
    items = zarr.open_array(source, mode="r")[...]
`, "crc(items)"}.beside("Zarr: "+sized(size)+" read by "+r.by, peer, t)
}

// dask sums an array in two worker processes.
func (r reading) dask(size int, peer, compressors string, t Target) Case {
	return job{r, size, compressors, `
import dask.array
from distributed import Client, LocalCluster
# Both sides have the same client, by name: without one, Dask would compute by threads of this process.
running = (client for client in Client._instances if client.status == "running")
client = next(running, None) or Client(LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0"))
def work():
    global total
    z = zarr.open_array(source, mode="r")
    total = client.compute(dask.array.from_array(z, chunks=z.chunks, name=False).sum()).result()
`, "int(total)"}.beside("Dask, 2 workers: the sum of "+sized(size)+" read by "+r.by, peer, t)
}

// job is what is done with an array of so many bytes, where the peer's chunks are compressed so.
type job struct {
	reading
	size                      int
	compressors, work, result string
}

func (j job) beside(name, peer string, t Target) Case {
	return Case{Name: name, Peer: peer, Target: t, Bytes: j.size, Prepare: j.prepare}
}

func (j job) prepare(m *Machine) (*Pair, error) {
	if m.OnlyOurs {
		return nil, fmt.Errorf("%w: none of it runs here", ErrMissing)
	}
	python, err := m.Engines()
	if err != nil {
		return nil, err
	}
	x, err := newExchange(bytesOf(numbers[int32](j.size/4)), "<i", j.size/4096, 1024)
	if err != nil {
		return nil, err
	}
	err = os.WriteFile(filepath.Join(x.folder, "httpstore.py"), []byte(peer.HTTPStore), 0o600)
	if err == nil {
		err = python.Prepare(j.programs(x)...)
	}
	if err != nil {
		x.close()
		return nil, err
	}
	x.later(func() { _ = python.Prepare(peer.Program{Setup: ending, Run: "pass"}) })
	return &Pair{Ours: programOf(python, 0), Peer: programOf(python, 1), Close: x.close}, nil
}

// programs are those of both sides: the first opens our array, and the second a folder, which is written for it.
func (j job) programs(x *exchange) []peer.Program {
	common := fmt.Sprintf(`
import sys
sys.path.insert(0, %q)
import zarr
from httpstore import HTTPStore
zarr.config.set({"async.concurrency": 10})
folder, address = %q, %q
`, x.folder, filepath.Join(x.folder, "zarr"), x.address["ours"]+"/zarr/v3/mapped")
	written := fmt.Sprintf(`
shape = %d, 1024
z = zarr.create_array(folder, shape=shape, chunks=(%d, 1024), dtype="<i4", compressors=%s)
z[...] = numbers(z.size, "<i4").reshape(shape)
`, j.size/4096, chunkRows(j.size/4096), j.compressors)
	return []peer.Program{
		{Setup: common + "source = " + j.source + j.work, Run: "work()", Result: j.result},
		{Setup: common + "source = folder" + written + j.work, Run: "work()", Result: j.result},
	}
}

// ending is the program that follows: it ends Dask's cluster, if there is one.
const ending = `
import sys
if "distributed" in sys.modules:
    from distributed import Client
    for client in list(Client._instances):
        cluster = client.cluster
        client.close()
        cluster.close()
`
