package cpython

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

// Interrupt raises KeyboardInterrupt in all calls from Go that are under way, as soon as they run
// Python code again: a C function is not stopped. SIGINT is Go's, as in every Go program; one that
// wants Python's way calls Interrupt when os/signal tells it of one. It returns how many goroutines were
// in Python. It may be called while Close waits for them. As after Ctrl-C in Python, code that was interrupted right after it
// took a lock may have kept it.
func (p *Python) Interrupt() (n int, err error) {
	err = p.visit(func() {
		for _, th := range p.threads.list() {
			th.interrupted.Store(true)
			n += int(th.interrupt())
		}
	})
	return n, err
}

// interrupt raises KeyboardInterrupt in a thread. The GIL is held, so that it does not leave Python meanwhile.
func (th *thread) interrupt() uintptr {
	return call(c.SetAsyncExc, th.ident, load(c.KeyboardInterrupt))
}

// Do calls f with the GIL held by its goroutine: what f does in Python is cheaper, no other thread comes
// between unless Python lets it, and what Python keeps for each thread lasts. Every other method takes the GIL by itself; f must
// not wait for another goroutine that wants it.
//
// When the context is done while Do waits for the GIL, f is not called, and the error is the context's
// cause. When it is done while f runs, KeyboardInterrupt is raised in f's Python code, as [Python.Interrupt]
// does, and every second again, until f returns; Do returns both errors. Where the context can be done, f is called in
// another goroutine, unless this one is inside another Do; a panic in f is passed on.
func (p *Python) Do(ctx context.Context, f func() error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if ctx.Done() == nil {
		g, err := p.enter(ctx)
		if err != nil {
			return err
		}
		defer g.leave()
		return f()
	}
	if p.inside() {
		g, err := p.enter(ctx)
		if err != nil {
			return err
		}
		defer g.leave()
		return g.run(ctx, f)
	}
	return p.doUntil(ctx, f)
}

// run is a function under way, which its context can interrupt.
type run struct {
	thread      *thread
	over        chan struct{} // closed with the GIL held
	interrupted atomic.Bool
}

// again is how soon after an interrupt the next one comes: Python loses those that a destructor meets, or a bare except.
const again = time.Second

// run calls f, and interrupts it when the context is done.
func (g gil) run(ctx context.Context, f func() error) error {
	r := &run{thread: g.thread, over: make(chan struct{})}
	g.thread.runs = append(g.thread.runs, r)
	stop := context.AfterFunc(ctx, func() {
		for g.python.visit(r.interrupt) == nil {
			select {
			case <-r.over:
				return
			case <-time.After(again):
			}
		}
	})
	defer func() {
		stop()
		r.end()
	}()
	err := f()
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return err
}

// interrupt has the GIL, as end has.
func (r *run) interrupt() {
	select {
	case <-r.over:
	default:
		r.interrupted.Store(true)
		r.thread.interrupt()
	}
}

// end takes back an interrupt that came too late, but for one that is for who called this run.
func (r *run) end() {
	th := r.thread
	close(r.over)
	th.runs = th.runs[:len(th.runs)-1]
	if !r.interrupted.Load() {
		return
	}
	th.shaken = true
	if !th.wanted() {
		call(c.SetAsyncExc, th.ident, 0)
	}
}

// wanted reports whether what runs on this thread is to end by KeyboardInterrupt.
func (th *thread) wanted() bool {
	if th.interrupted.Load() {
		return true
	}
	for _, r := range th.runs {
		if r.interrupted.Load() {
			return true
		}
	}
	return false
}

// job is a function that waits to be called, is called, or will not be.
type job struct {
	state    atomic.Int32
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

// doUntil calls f in another goroutine, since a wait for the GIL cannot be given up.
func (p *Python) doUntil(ctx context.Context, f func() error) error {
	j := &job{done: make(chan struct{})}
	go j.do(ctx, p, f)
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobWaits, jobCancelled) {
			return context.Cause(ctx)
		}
		<-j.done
	}
	switch {
	case j.panicked != nil:
		panic(j.panicked)
	case j.exited:
		runtime.Goexit()
	}
	return j.err
}

func (j *job) do(ctx context.Context, p *Python, f func() error) {
	defer close(j.done)
	g, err := p.enter(ctx)
	if err != nil {
		j.err = err
		return
	}
	defer g.leave()
	if !j.state.CompareAndSwap(jobWaits, jobRuns) {
		return
	}
	j.exited = true
	defer func() {
		if j.panicked = recover(); j.panicked != nil {
			j.exited = false
		}
	}()
	j.err = g.run(ctx, f)
	j.exited = false
}
