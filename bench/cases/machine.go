package cases

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/go-memoryview/memoryview/bench/peer"
)

// ErrMissing is the error of a case whose peer this machine does not have.
var ErrMissing = errors.New("not on this machine")

// Machine is what the cases find where they run.
type Machine struct {
	Python   *peer.Worker // nil where there is none
	OnlyOurs bool         // the peers are not measured, and need not be made ready
}

// NewMachine starts the Python that MEMORYVIEW_PYTHON names, if it does.
func NewMachine() (*Machine, error) {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		return new(Machine), nil
	}
	worker, err := peer.Start(python)
	return &Machine{Python: worker}, err
}

// Close ends what NewMachine started.
func (m *Machine) Close() error {
	if m.Python == nil {
		return nil
	}
	return m.Python.Close()
}

// python is a side in Python: what makes its data, the statement that is timed, and what that came to.
func (m *Machine) python(setup, run, result string) (Side, error) {
	if m.OnlyOurs {
		return idle, nil
	}
	if m.Python == nil {
		return Side{}, fmt.Errorf("%w: MEMORYVIEW_PYTHON names no Python with NumPy", ErrMissing)
	}
	return Side{m.Python.Run, m.Python.Result}, m.Python.Prepare(setup, run, result)
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
