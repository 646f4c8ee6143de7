package cpython

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// Options say which Python is started.
type Options struct {
	// Python is the path of an interpreter, of a virtual environment's folder, or of a libpython.
	// Where it is empty, the first that can be loaded is taken: the interpreter that the environment
	// variable PYTHON names, the virtual environment that is active (VIRTUAL_ENV), python3 on the PATH.
	Python string
}

// Python is the interpreter inside this process. There is one. Its methods may be called from many
// goroutines at once.
type Python struct {
	found
	version string

	tickets chan struct{} // one for each stay in Python
	closing chan struct{} // closed when no more are given out
	ending  atomic.Bool   // Python is being finalised
	ended   atomic.Bool   // and is gone
	thread  uintptr       // Python's own
	close   chan struct{} // asks it to finalise
	closed  chan error    // its answer
	returns returns
	runs    runs
	loans   atomic.Int64 // of Python's memory to Go
}

// running is the interpreter that was started and not closed.
var running atomic.Pointer[Python]

// starting guards what can be done once in a process.
var starting struct {
	sync.Mutex
	started bool
}

// Start loads a libpython of 3.10 to 3.14 into the process and initialises it, with the packages of
// the environment that it belongs to. The error, which is ErrNotFound where nothing could be loaded,
// lists what was tried and says how to install one. Signals stay Go's: see [Python.Interrupt].
//
// A process can start one Python, once: ErrStarted. That is CPython's limit, since NumPy and others
// cannot be loaded a second time.
func Start(o Options) (*Python, error) {
	if err := support(); err != nil {
		return nil, fmt.Errorf("start of Python: %w", err)
	}
	starting.Lock()
	defer starting.Unlock()
	if starting.started {
		return nil, fmt.Errorf("start of Python: %w: use that one", ErrStarted)
	}
	f, err := find(o.Python)
	if err != nil {
		return nil, err
	}
	if call(c.IsInitialized) != 0 {
		return nil, fmt.Errorf("start of Python: %w: this process runs inside Python", ErrStarted)
	}
	starting.started = true
	p := &Python{
		found:   f,
		tickets: make(chan struct{}, maxThreads),
		closing: make(chan struct{}),
		close:   make(chan struct{}),
		closed:  make(chan error),
		returns: returns{wake: make(chan struct{}, 1)},
		runs:    runs{all: map[*run]struct{}{}},
	}
	ready := make(chan error)
	go p.main(ready)
	if err := <-ready; err != nil {
		return nil, err
	}
	return p, nil
}

// main is Python's own thread: the one that initialises and finalises it, as it wants, and gives back
// what waits for it in between.
func (p *Python) main(ready chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p.initialise()
	err := p.prepare()
	state := call(c.SaveThread)
	if err == nil {
		running.Store(p)
	}
	if ready <- err; err != nil {
		return
	}
	for {
		select {
		case <-p.returns.wake:
			time.Sleep(time.Millisecond) // mostly somebody else comes first
			call(c.RestoreThread, state)
			p.returns.drain()
			state = call(c.SaveThread)
		case <-p.close:
			call(c.RestoreThread, state)
			alive, err := p.finalise()
			p.closed <- err
			if alive {
				select {}
			}
			return
		}
	}
}

// programName is kept by Python as a pointer.
var programName []int32

func (p *Python) initialise() {
	if p.executable != "" {
		for _, r := range p.executable + "\x00" {
			programName = append(programName, r) // a wchar_t has 4 bytes on all systems here
		}
		call(c.SetProgramName, uintptr(unsafe.Pointer(&programName[0])))
	}
	call(c.InitializeEx, 0) // without Python's signal handlers
	p.thread = call(c.ThreadIdent)
}

// prepare sees to what all calls need. What Python prints is written line by line, so that it comes
// in order with what Go prints. The module threading takes the thread that imports it for the main one.
func (p *Python) prepare() error {
	p.version, _, _ = strings.Cut(goString(call(c.GetVersion)), " ")
	if err := defineLent(); err != nil {
		return err
	}
	_, err := evaluate(`import sys, threading
for stream in sys.stdout, sys.stderr:
    if hasattr(stream, "reconfigure"): stream.reconfigure(line_buffering=True)
del sys, threading, stream`, fileInput)
	return err
}

// finalise ends Python. CPython cannot take itself down under threads that still run (3.10 crashes
// then): these are stopped by never giving the GIL to anybody again.
func (p *Python) finalise() (alive bool, err error) {
	p.returns.drain()
	threads, err := As[int](evaluate("(__import__('threading')._shutdown(), __import__('_thread')._count())[1]", evalInput))
	if err == nil && threads > 0 {
		alive = true
		_, err = evaluate("import atexit, sys\natexit._run_exitfuncs()\nsys.stdout.flush()", fileInput)
	}
	p.ending.Store(true)
	if !alive && !ok(call(c.FinalizeEx)) {
		err = errors.New("what it had printed could not be written")
	}
	p.ended.Store(true)
	p.returns.close()
	running.Store(nil)
	if err != nil {
		err = fmt.Errorf("close of Python: %w", err)
	}
	return alive, err
}

// Close ends Python, after all calls that are under way: threads that are no daemons are waited for (those
// started by calls from Go are daemons unless they say otherwise), atexit functions
// run, modules are taken down. Where daemons are still running, they stop where they are, and the modules stay. While Go holds loans of Python's memory it is refused with
// buffer.ErrExported. Go memory that is lent comes back as Python lets go of it; what Python never
// lets go of stays lent. Afterwards everything is ErrClosed, and nothing starts Python again.
func (p *Python) Close() error {
	if running.Load() != p {
		return fmt.Errorf("close of Python: %w", ErrClosed)
	}
	if p.inside() {
		return fmt.Errorf("close of Python: %w: it was called from within Python", buffer.ErrValue)
	}
	starting.Lock()
	defer starting.Unlock()
	if running.Load() != p {
		return fmt.Errorf("close of Python: %w", ErrClosed)
	}
	for range cap(p.tickets) {
		p.tickets <- struct{}{}
	}
	if n := p.loans.Load(); n > 0 {
		for range cap(p.tickets) {
			<-p.tickets
		}
		return fmt.Errorf("close of Python: %w: %d loans of its memory are out: release them first", buffer.ErrExported, n)
	}
	close(p.closing)
	close(p.close)
	return <-p.closed
}

// Version returns Python's version, such as "3.13.1".
func (p *Python) Version() string { return p.version }

// Library returns the path of the libpython that was loaded.
func (p *Python) Library() string { return p.library }

// Executable returns the path of the interpreter whose environment is used, or "" where a libpython
// was given and none belongs to it.
func (p *Python) Executable() string { return p.executable }

// background is for calls that nobody wants to cancel.
var background = context.Background()
