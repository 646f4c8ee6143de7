// Package peer has what our side is compared with outside Go: a Python that times statements by its own
// clock, and the C library's memcpy.
package peer

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

//go:embed worker.py
var program string

// HTTPStore is a module of Python's with a store of Zarr's that reads over HTTP. It is for everybody: docs/SCALE.md says so.
//
//go:embed httpstore.py
var HTTPStore string

// Worker is a Python process that waits for requests, so that Go and Python work in turn in one run. It has the
// programs of one case at a time ready.
type Worker struct {
	process *exec.Cmd
	input   io.Closer
	send    *json.Encoder
	receive *json.Decoder
}

// Program is what a side in Python does: the statements that make its data, the one that is timed, and an
// expression that tells what it came to.
type Program struct {
	Setup  string `json:"setup"`
	Run    string `json:"run"`
	Result string `json:"result"`
}

type request struct {
	Do       string    `json:"do"`
	Programs []Program `json:"programs,omitempty"`
	Program  int       `json:"program"`
	N        int       `json:"n,omitempty"`
}

type reply struct {
	Ns    int64  `json:"ns"`
	Text  string `json:"text"`
	Error string `json:"error"`
}

// Start starts a Python that has NumPy.
func Start(python string) (*Worker, error) {
	process := exec.Command(python, "-c", program)
	process.Stderr = os.Stderr
	input, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, err
	}
	return &Worker{process, input, json.NewEncoder(input), json.NewDecoder(output)}, nil
}

// Versions says which Python and which NumPy it is, and which engines it has.
func (w *Worker) Versions() (string, error) {
	r, err := w.ask(request{Do: "versions"})
	return r.Text, err
}

// Prepare makes the programs of a case ready, each with names of its own, and forgets those before.
func (w *Worker) Prepare(programs ...Program) error {
	_, err := w.ask(request{Do: "prepare", Programs: programs})
	return err
}

// Run runs the statement of a program n times.
func (w *Worker) Run(program, n int) (time.Duration, error) {
	r, err := w.ask(request{Do: "run", Program: program, N: n})
	return time.Duration(r.Ns), err
}

// Result evaluates the result of a program.
func (w *Worker) Result(program int) (string, error) {
	r, err := w.ask(request{Do: "result", Program: program})
	return r.Text, err
}

// Close ends the process.
func (w *Worker) Close() error {
	return errors.Join(w.input.Close(), w.process.Wait())
}

func (w *Worker) ask(q request) (reply, error) {
	var r reply
	err := w.send.Encode(q)
	if err == nil {
		err = w.receive.Decode(&r)
	}
	if err == nil && r.Error != "" {
		err = errors.New(r.Error)
	}
	if err != nil {
		return r, fmt.Errorf("python, asked to %s: %w", q.Do, err)
	}
	return r, nil
}
