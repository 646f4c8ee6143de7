package cases

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/go-memoryview/memoryview/bench/peer"
)

// ErrMissing is the error of a case whose peer this machine does not have.
var ErrMissing = errors.New("not on this machine")

// Machine is what the cases find where they run.
type Machine struct {
	Python    *peer.Worker // nil where there is none
	Extension bool         // Python has gomemoryview
	OnlyOurs  bool         // the peers are not measured, and need not be made ready

	held    []byte // see heldBytes
	engines *peer.Worker
}

// heldBytes is what the program holds all the time, as one that works with arrays does. A heap of a few MiB
// would have the collector run at every few dozen calls that allocate.
const heldBytes = 64 << 20

// NewMachine starts the Python that MEMORYVIEW_PYTHON names, if it does; with gomemoryview, if MEMORYVIEW_EXTENSION
// names the folder in which it is.
func NewMachine() (*Machine, error) {
	m := &Machine{held: bytes.Repeat([]byte{1}, heldBytes)}
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		return m, nil
	}
	var err error
	m.Python, err = peer.Start(python)
	m.Extension = os.Getenv("MEMORYVIEW_EXTENSION") != ""
	return m, err
}

// Engines is the Python with Zarr and Dask that MEMORYVIEW_REMOTE names, which is started when it is first asked for.
func (m *Machine) Engines() (*peer.Worker, error) {
	python := os.Getenv("MEMORYVIEW_REMOTE")
	if python == "" {
		return nil, fmt.Errorf("%w: MEMORYVIEW_REMOTE names no Python with Zarr and Dask", ErrMissing)
	}
	var err error
	if m.engines == nil {
		m.engines, err = peer.Start(python)
	}
	return m.engines, err
}

// Close ends what was started.
func (m *Machine) Close() error {
	runtime.KeepAlive(m.held)
	var all []error
	for _, worker := range []*peer.Worker{m.Python, m.engines} {
		if worker != nil {
			all = append(all, worker.Close())
		}
	}
	return errors.Join(all...)
}

// python is a side in Python: what makes its data, the statement that is timed, and what that came to.
func (m *Machine) python(setup, run, result string) (Side, error) {
	if m.OnlyOurs {
		return idle, nil
	}
	if m.Python == nil {
		return Side{}, fmt.Errorf("%w: MEMORYVIEW_PYTHON names no Python with NumPy", ErrMissing)
	}
	return m.program(0), m.Python.Prepare(peer.Program{Setup: setup, Run: run, Result: result})
}

// program is a side in Python that is ready.
func (m *Machine) program(i int) Side { return programOf(m.Python, i) }

func programOf(w *peer.Worker, i int) Side {
	return Side{
		Run:    func(n int) (time.Duration, error) { return w.Run(i, n) },
		Result: func() (string, error) { return w.Result(i) },
	}
}

// memcpy is the C library's, from src to dst.
func (m *Machine) memcpy(dst, src []byte) (Side, error) {
	if m.OnlyOurs {
		return idle, nil
	}
	call, err := peer.Memcpy(dst, src)
	if err != nil {
		return Side{}, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	return calls(func() error { call(); return nil }, func() string { return crc(dst) }), nil
}

// idle stands for a peer that nobody will call.
var idle = Side{
	Run:    func(int) (time.Duration, error) { return 0, nil },
	Result: func() (string, error) { return "", nil },
}
