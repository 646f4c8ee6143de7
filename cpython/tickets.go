package cpython

import (
	"context"
	"sync/atomic"
)

// tickets admit goroutines to Python, and let Close wait for those that are there.
type tickets struct {
	out  chan struct{}
	shut atomic.Pointer[chan struct{}] // closed while none are given out
}

func newTickets(n int) *tickets {
	t := &tickets{out: make(chan struct{}, n)}
	t.open()
	return t
}

func (t *tickets) open() {
	shut := make(chan struct{})
	t.shut.Store(&shut)
}

// try takes a ticket if one is there, and wait until one is. Then comes check.
func (t *tickets) try() bool {
	select {
	case t.out <- struct{}{}:
		return true
	default:
		return false
	}
}

func (t *tickets) wait(ctx context.Context) error {
	select {
	case t.out <- struct{}{}:
		return nil
	case <-*t.shut.Load():
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// check takes a ticket away again when Close has begun.
func (t *tickets) check() error {
	select {
	case <-*t.shut.Load():
		t.giveBack()
		return ErrClosed
	default:
		return nil
	}
}

func (t *tickets) giveBack() { <-t.out }

// close gives out no more, and waits for those that are out.
func (t *tickets) close() {
	close(*t.shut.Load())
	for range cap(t.out) {
		t.out <- struct{}{}
	}
}

// reopen is for a close that came to nothing.
func (t *tickets) reopen() {
	t.open()
	for range cap(t.out) {
		t.giveBack()
	}
}
