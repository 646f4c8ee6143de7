package cpython

import (
	"context"
	"runtime"
)

// maxThreads bounds how many goroutines are in Python at once: each one needs a thread while it is,
// also while it waits for the GIL. More than that wait in Go. It is far more than can run, so that
// calls which wait for each other inside Python do not come to a stand.
const maxThreads = 256

// gil is one stay in Python, from enter to leave.
type gil struct {
	python *Python
	thread *thread
	state  uintptr
	ticket bool
}

// enter locks the goroutine to its thread, takes the GIL, and gives back what waits for it. It may be
// called again by who is inside, who needs no other ticket.
func (p *Python) enter(ctx context.Context) (g gil, err error) {
	if p == nil || running.Load() != p || p.ending.Load() {
		return gil{}, ErrClosed
	}
	runtime.LockOSThread()
	th := p.threads.current()
	if th == nil || th.stays.Load() == 0 {
		if th, err = p.admit(ctx, th); err != nil {
			runtime.UnlockOSThread()
			return gil{}, err
		}
		g.ticket = true
	}
	g.python = p
	g.state = call(c.EnsureGIL)
	if th == nil {
		th = p.threads.add(false)
	}
	th.stays.Add(1)
	g.thread = th
	p.returns.drain()
	return g, nil
}

// admit takes a ticket. Who has to wait does so on no thread, and may be on another one afterwards.
func (p *Python) admit(ctx context.Context, th *thread) (*thread, error) {
	if p.tickets.try() {
		return th, p.tickets.check()
	}
	runtime.UnlockOSThread()
	err := p.tickets.wait(ctx)
	runtime.LockOSThread()
	if err != nil {
		return nil, err
	}
	return p.threads.current(), p.tickets.check()
}

// leave ends a stay. What the last one of a thread leaves behind ends with it.
func (g gil) leave() {
	p, th := g.python, g.thread
	if th.stays.Add(-1) == 0 && !th.clean() {
		if th.wasInterrupted() {
			releaseImports()
		}
		p.threads.remove(th)
	}
	call(c.ReleaseGIL, g.state)
	runtime.UnlockOSThread()
	if g.ticket {
		p.tickets.giveBack()
	}
}

// visit calls f with the GIL held, and without a ticket, so also while Close waits for those that are out. It runs none
// of the user's code.
func (p *Python) visit(f func()) error {
	if p == nil || !p.alive.TryRLock() { // a wait for Close could be one for each other
		return ErrClosed
	}
	defer p.alive.RUnlock()
	if running.Load() != p {
		return ErrClosed
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	state := call(c.EnsureGIL)
	defer func() { call(c.ReleaseGIL, state) }()
	f()
	return nil
}

// background is for calls that nobody wants to cancel.
var background = context.Background()
