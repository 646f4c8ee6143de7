package cpython

import (
	"context"
	"sync/atomic"
)

// tickets admit goroutines to Python, and let Close wait for those that are there.
type tickets struct {
	out  chan struct{}
	shut atomic.Bool
}

func newTickets(n int) tickets { return tickets{out: make(chan struct{}, n)} }

func (t *tickets) take(ctx context.Context) error {
	select {
	case t.out <- struct{}{}:
	default:
		select {
		case t.out <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if t.shut.Load() {
		t.giveBack()
		return ErrClosed
	}
	return nil
}

func (t *tickets) giveBack() { <-t.out }

// close gives out no more, and waits for those that are out.
func (t *tickets) close() {
	t.shut.Store(true)
	for range cap(t.out) {
		t.out <- struct{}{}
	}
}

// end is the end of close: who still waits is let go, with a ticket if it is open again.
func (t *tickets) end(open bool) {
	t.shut.Store(!open)
	for range cap(t.out) {
		t.giveBack()
	}
}
