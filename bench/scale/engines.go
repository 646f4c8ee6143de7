package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/go-memoryview/memoryview/bench/peer"
)

// engines is a Python with Zarr and Dask that works on what a server serves.
type engines struct {
	python *peer.Worker
	server *server
	common string // the beginning of every program
}

func newEngines(python *peer.Worker, s *server, folder string) (*engines, error) {
	err := os.WriteFile(filepath.Join(folder, "httpstore.py"), []byte(peer.HTTPStore), 0o600)
	return &engines{python, s, fmt.Sprintf(`
import sys
if %[1]q not in sys.path:
    sys.path.insert(0, %[1]q)
import zarr
import dask.array
from distributed import Client, LocalCluster
from httpstore import HTTPStore
def array(name):
    return zarr.open_array(HTTPStore(%[2]q + name), mode="r")
def lazily(name, blocks):
    z = array(name)
    return dask.array.from_array(z, chunks=(z.chunks[0] * blocks, *z.chunks[1:]), name=False)
`, folder, s.plain+"/zarr/v3/")}, err
}

// run runs a statement, and returns how long it took and what an expression came to.
func (e *engines) run(setup, statement, result string) (time.Duration, string, error) {
	body := "def work():\n    global value\n    value = " + statement + "\n"
	if err := e.python.Prepare(peer.Program{Setup: e.common + setup + "\n" + body, Run: "work()", Result: result}); err != nil {
		return 0, "", err
	}
	took, err := e.python.Run(0, 1)
	if err != nil {
		return 0, "", err
	}
	text, err := e.python.Result(0)
	return took, text, err
}

// opening is how long it takes to open an array, and to describe its sum to Dask, which does not compute it.
func (e *engines) opening(a array, f Figures) error {
	took, text, err := e.run("", fmt.Sprintf("[array(%q) for _ in range(20)]", a.name), "value[0].nchunks")
	if err != nil || text != strconv.Itoa(a.chunks()) {
		return fmt.Errorf("opening %s: %s chunks: %w", a.name, text, err)
	}
	f.set("open."+a.name, took.Seconds()/20, "s")
	if took, _, err = e.run("", fmt.Sprintf("lazily(%q, 1).sum()", a.name), "value.ndim"); err != nil {
		return err
	}
	f.set("describe."+a.name, took.Seconds(), "s")
	return nil
}

// cluster starts so many workers of one thread each.
func (e *engines) cluster(workers int) error {
	_, _, err := e.run("", fmt.Sprintf("Client(LocalCluster(n_workers=%d, threads_per_worker=1, dashboard_address=':0'))", workers), "value.status")
	return err
}

func (e *engines) endCluster() error {
	_, _, err := e.run("", "[(c.close(), cluster.close()) for c in [Client.current()] for cluster in [c.cluster]]", "None")
	return err
}

// compute has the workers sum an array in blocks of so many chunks.
func (e *engines) compute(a array, blocks int) (took, processor time.Duration, err error) {
	_, processor, err = e.server.during(func() error {
		var text string
		took, text, err = e.run(fmt.Sprintf("x = lazily(%q, %d)", a.name, blocks), "x.sum().compute()", "int(value)")
		if err == nil && text != strconv.FormatInt(a.sum(), 10) {
			err = fmt.Errorf("the sum of %s is %s, and should be %d", a.name, text, a.sum())
		}
		return err
	})
	return took, processor, err
}
