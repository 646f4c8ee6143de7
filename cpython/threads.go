package cpython

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// maxKept bounds how many states of threads are kept between calls. A thread of Go's that ends takes no
// notice of its own, so a program that ends many would leave one behind with each.
const maxKept = 64

// thread is a thread of the system that is in Python, or was. CPython keeps a state for it, from its first call on:
// making one for each call costs more than most calls.
type thread struct {
	ident uintptr      // what Python calls it by
	stays atomic.Int32 // how many times it has entered Python without leaving; only its own goroutine counts
	guest bool         // no interrupts: Python's own threads in a callback, and its main thread

	kept    bool    // its state is to stay
	context uintptr // what contextvars are set in
	locals  uintptr // what threading.local, and others, keep in a thread
	size    uintptr // of an unused locals

	interrupted atomic.Bool // all that it does is to end by KeyboardInterrupt
	shaken      bool        // a part of it was
	runs        []*run      // of the Do that are under way, which only its own goroutine changes
}

// threads are the ones that are in Python or whose states are kept, by the address of the state. That
// belongs to one thread, and can be asked for without the GIL.
type threads struct {
	mu   sync.Mutex
	all  map[uintptr]*thread
	kept int
}

// current returns this thread if Python knows it, else nil. The goroutine is locked to its thread, or
// the answer would be about another one.
func (t *threads) current() *thread {
	key := call(c.ThisThread)
	if key == 0 {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all[key]
}

// add registers this thread. The GIL is held; what is called with the lock held must never let it go.
func (t *threads) add(guest bool) *thread {
	th := &thread{ident: call(c.ThreadIdent), guest: guest}
	if !guest && t.reserve() && !th.keep() {
		t.unreserve()
	}
	key := call(c.ThisThread)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all[key] = th
	return th
}

// reserve counts one more state that is kept, if there may be one.
func (t *threads) reserve() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept == maxKept {
		return false
	}
	t.kept++
	return true
}

func (t *threads) unreserve() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept--
}

// keep has CPython keep the thread's state: it counts who needs it. What the thread's calls leave behind
// in it goes to a context and a dict that can be asked whether there is something.
func (th *thread) keep() bool {
	th.context, th.locals = call(c.ContextNew), call(c.ThreadDict)
	if th.context == 0 || th.locals == 0 || !ok(call(c.ContextEnter, th.context)) {
		call(c.ErrClear)
		return false
	}
	call(c.ReprEnter, c.None) // the first repr of a list leaves something
	call(c.ReprLeave, c.None)
	th.size = call(c.SizeOf, th.locals)
	call(c.EnsureGIL)
	th.kept = true
	return true
}

// remove forgets this thread, and what was kept for it. The GIL is held, by one stay.
func (t *threads) remove(th *thread) {
	key := call(c.ThisThread)
	t.mu.Lock()
	delete(t.all, key)
	if th.kept {
		t.kept--
	}
	t.mu.Unlock()
	if th.kept {
		decRef(th.context)
		call(c.ReleaseGIL, 0)
	}
}

// clean reports whether the next call on this thread finds everything as a new thread does. The GIL is held.
func (th *thread) clean() bool {
	return th.kept && !th.wasInterrupted() && call(c.SizeOf, th.context) == 0 && call(c.SizeOf, th.locals) == th.size
}

func (th *thread) wasInterrupted() bool { return th.shaken || th.interrupted.Load() }

// list returns the threads that are in Python, from Go.
func (t *threads) list() (inside []*thread) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, th := range t.all {
		if th.stays.Load() > 0 && !th.guest {
			inside = append(inside, th)
		}
	}
	return inside
}

// inside reports whether this goroutine is in Python: then it is locked to its thread, and nobody else can be on that.
func (p *Python) inside() bool {
	if p == nil || running.Load() != p {
		return false
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	th := p.threads.current()
	return th != nil && th.stays.Load() > 0
}

// callback marks this thread as inside while Python calls Go. The GIL is held.
func (p *Python) callback() (end func()) {
	th := p.threads.current()
	if th == nil {
		th = p.threads.add(true)
	}
	th.stays.Add(1)
	return func() {
		if th.stays.Add(-1) == 0 && th.guest && th != p.own {
			p.threads.remove(th)
		}
	}
}
