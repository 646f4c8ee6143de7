package cpython

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
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

	tickets *tickets
	threads threads
	own     *thread      // that initialises and finalises
	state   uintptr      // of it, while it is suspended
	alive   sync.RWMutex // held for writing while Python is finalised
	ending  atomic.Bool  // Python is being finalised, or gone
	closing sync.Mutex
	close   chan struct{} // asks the own thread to finalise
	closed  chan error    // its answer
	returns returns
	loans   loans // of Python's memory to Go
}

// running is the interpreter that was started and not closed.
var running atomic.Pointer[Python]

// starting guards what can be done once in a process.
var starting struct {
	sync.Mutex
	started bool
	failed  error
}

// Start loads a libpython of 3.10 to 3.14 into the process and initialises it, with the packages of
// the environment that it belongs to. The error, which is ErrNotFound where none could be used,
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
	switch {
	case starting.failed != nil:
		return nil, fmt.Errorf("%w; a process has one attempt", starting.failed)
	case starting.started && running.Load() == nil:
		return nil, fmt.Errorf("start of Python: %w, and closed: start another process", ErrStarted)
	case starting.started:
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
		tickets: newTickets(maxThreads),
		threads: threads{all: map[uintptr]*thread{}},
		close:   make(chan struct{}),
		closed:  make(chan error),
		returns: returns{wake: make(chan struct{}, 1)},
		loans:   loans{out: map[uintptr]struct{}{}},
	}
	ready := make(chan error)
	go p.main(ready)
	if err := <-ready; err != nil {
		starting.failed = fmt.Errorf("start of Python: %w", err)
		return nil, starting.failed
	}
	return p, nil
}

// main is Python's own thread: the one that initialises and finalises it, as it wants, and gives back
// what waits for it in between.
func (p *Python) main(ready chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := p.initialise(); err != nil {
		ready <- err
		return
	}
	p.own = p.threads.add(true)
	err := p.prepare()
	p.state = call(c.SaveThread)
	if err == nil {
		running.Store(p)
	}
	if ready <- err; err != nil {
		return
	}
	returns := make(chan struct{})
	go p.returns.watch(returns, p.close)
	for {
		select {
		case <-returns:
			p.resume()
			p.returns.drain()
			p.suspend()
		case <-p.close:
			p.finalise()
			return
		}
	}
}

// resume has the own thread take the GIL, and suspend lets it go.
func (p *Python) resume() {
	call(c.RestoreThread, p.state)
	p.own.stays.Add(1)
}

func (p *Python) suspend() {
	p.own.stays.Add(-1)
	p.state = call(c.SaveThread)
}

// initialise makes the interpreter that the executable would be: with its packages, and the environment's
// variables (PYTHONPATH, PYTHONUTF8, ...). Python's signal handlers are left out.
func (p *Python) initialise() error {
	const (
		size           = 4096 // of a PyConfig, which has less than 600 bytes
		handlesSignals = 16   // where that lies in it, in all versions
	)
	config := call(c.RawCalloc, 1, size)
	if config == 0 {
		return fmt.Errorf("%w: no memory", ErrInit)
	}
	defer call(c.RawFree, config)
	call(c.ConfigInit, config)
	defer call(c.ConfigClear, config)
	*(*int32)(pointer(config + handlesSignals)) = 0
	if p.executable != "" {
		argv := [...]*byte{keep(cString(p.executable))} // by which it finds its packages; sys.argv is without it
		if err := configSetArgv(config, 1, uintptr(unsafe.Pointer(keep(&argv)))).err(); err != nil {
			return err
		}
	}
	return initialize(config).err()
}

// err makes an error of a PyStatus that is none of success.
func (s status) err() error {
	if s.kind == 0 {
		return nil
	}
	advice := ""
	if home := os.Getenv("PYTHONHOME"); home != "" {
		advice = fmt.Sprintf(": PYTHONHOME=%s may belong to another Python: unset it", home)
	}
	return fmt.Errorf("%w: %s: %s%s", ErrInit, goString(s.function), goString(s.message), advice)
}

// prepare sees to what all calls need. What Python prints is written line by line, so that it comes
// in order with what Go prints. The module threading takes the thread that imports it for the main one.
func (p *Python) prepare() error {
	p.version, _, _ = strings.Cut(goString(call(c.GetVersion)), " ")
	if err := errors.Join(findFunctions(), defineLent(), p.addTensorMethods()); err != nil {
		return err
	}
	_, _ = p.execute("1/0", fileInput) // so that what tells of exceptions is imported, while nobody can interrupt it
	_, err := p.execute(`import sys, threading
for stream in sys.stdout, sys.stderr:
    if hasattr(stream, "reconfigure"): stream.reconfigure(line_buffering=True)
del sys, threading, stream`, fileInput)
	return err
}

// Version returns Python's version, such as "3.13.1".
func (p *Python) Version() string { return p.version }

// Library returns the path of the libpython that was loaded.
func (p *Python) Library() string { return p.library }

// Executable returns the path of the interpreter whose environment is used, or "" where a libpython
// was given and none belongs to it.
func (p *Python) Executable() string { return p.executable }
