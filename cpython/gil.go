package cpython

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// maxThreads bounds how many goroutines are in Python at once: each one needs a thread while it is,
// also while it waits for the GIL. More than that wait in Go. It is far more than can run, so that
// calls which wait for each other inside Python do not come to a stand.
const maxThreads = 256

// gil is one stay in Python, from enter to leave.
type gil struct {
	python *Python
	state  uintptr
	ticket bool
}

// enter pins the goroutine to its thread, takes the GIL, and gives back what waits for it. It may be
// called again by who is inside.
func enter(ctx context.Context) (gil, error) {
	p := running.Load()
	if p == nil {
		return gil{}, ErrClosed
	}
	g := gil{python: p}
	select {
	case p.tickets <- struct{}{}:
		g.ticket = true
	default:
		if err := g.queue(ctx); err != nil {
			return gil{}, err
		}
	}
	runtime.LockOSThread()
	g.state = call(c.EnsureGIL)
	p.returns.drain()
	return g, nil
}

// queue waits for a ticket. Who is inside already needs none.
func (g *gil) queue(ctx context.Context) error {
	if g.python.inside() {
		return nil
	}
	select {
	case g.python.tickets <- struct{}{}:
		g.ticket = true
		return nil
	case <-g.python.closing:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (g *gil) leave() {
	call(c.ReleaseGIL, g.state)
	runtime.UnlockOSThread()
	if g.ticket {
		<-g.python.tickets
	}
}

// inside reports whether this goroutine holds the GIL: then it is pinned to its thread, so that no
// other one can be on it. Once Python begins to end, it cannot be asked any more; then only its own
// thread is inside.
func (p *Python) inside() bool {
	if !p.ending.Load() {
		holds := call(c.HoldsGIL) != 0
		if !p.ending.Load() {
			return holds
		}
	}
	return call(c.ThreadIdent) == p.thread && !p.ended.Load() // in this order: afterwards that thread is anybody's
}

// run is code under way, which can be interrupted.
type run struct{ thread uintptr }

// runs are the ones of all threads.
type runs struct {
	mu  sync.Mutex
	all map[*run]struct{}
}

// begin registers what this thread is about to do. The GIL is held, also at the end.
func (r *runs) begin() (this *run, end func()) {
	this = &run{thread: call(c.ThreadIdent)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all[this] = struct{}{}
	return this, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.all, this)
	}
}

// interrupt raises KeyboardInterrupt in one run, or in all. The GIL is held, so that none ends meanwhile.
func (r *runs) interrupt(only *run) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for this := range r.all {
		if only == nil || this == only {
			n += int(call(c.SetAsyncExc, this.thread, load(c.KeyboardInterrupt)))
		}
	}
	return n
}

// Interrupt raises KeyboardInterrupt in all calls from Go that are under way, as soon as they run
// Python code again: a C function is not stopped. SIGINT is Go's, as in every Go program; one that
// wants Python's way calls Interrupt when os/signal tells it of one. It returns to how many calls it
// did so.
func (p *Python) Interrupt() (int, error) {
	g, err := enter(background)
	if err != nil {
		return 0, err
	}
	defer g.leave()
	return p.runs.interrupt(nil), nil
}

// Do calls f with the GIL held by its goroutine: what f does in Python is cheaper, no other thread comes
// between unless Python lets it, and what Python keeps for each thread lasts. Every other method takes the GIL by itself.
//
// When the context is done while Do waits for the GIL, f is not called, and the error is the context's
// cause. When it is done while f runs, KeyboardInterrupt is raised in f's Python code, as [Python.Interrupt]
// does, and Do returns when f does, with both errors. Where the context can be done, f is called in
// another goroutine; a panic in f is passed on.
func (p *Python) Do(ctx context.Context, f func() error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if ctx.Done() == nil || running.Load() == p && p.inside() {
		g, err := enter(ctx)
		if err != nil {
			return err
		}
		defer g.leave()
		_, end := p.runs.begin()
		defer end()
		return f()
	}
	return p.doUntil(ctx, f)
}

// job is a function that waits to be called, is called, or will not be.
type job struct {
	state    atomic.Int32
	run      *run
	err      error
	panicked any
	exited   bool // by runtime.Goexit
	done     chan struct{}
}

const (
	jobWaits = iota
	jobRuns
	jobCancelled
)

func (p *Python) doUntil(ctx context.Context, f func() error) error {
	j := &job{done: make(chan struct{})}
	go j.do(ctx, f)
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobWaits, jobCancelled) {
			return context.Cause(ctx)
		}
		j.interrupt()
		<-j.done
	}
	switch {
	case j.panicked != nil:
		panic(j.panicked)
	case j.exited:
		runtime.Goexit()
	case j.err != nil && ctx.Err() != nil:
		return fmt.Errorf("%w: %w", context.Cause(ctx), j.err)
	}
	return j.err
}

func (j *job) do(ctx context.Context, f func() error) {
	defer close(j.done)
	g, err := enter(ctx)
	if err != nil {
		j.err = err
		return
	}
	defer g.leave()
	this, end := g.python.runs.begin()
	defer end()
	j.run = this
	if !j.state.CompareAndSwap(jobWaits, jobRuns) {
		return
	}
	j.exited = true
	defer func() {
		if j.panicked = recover(); j.panicked != nil {
			j.exited = false
		}
	}()
	j.err = f()
	j.exited = false
}

func (j *job) interrupt() {
	g, err := enter(background)
	if err != nil {
		return
	}
	defer g.leave()
	g.python.runs.interrupt(j.run)
}
