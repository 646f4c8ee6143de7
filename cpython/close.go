package cpython

import (
	"errors"
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
)

// Close ends Python. It waits for the calls that are under way, which Interrupt may shorten; all others are
// ErrClosed from then on. Threads that are no daemons are waited for (those started by calls from Go are daemons unless
// they say otherwise), atexit functions run, modules are taken down. Where daemons are still running, they stop where they
// are, and the modules stay. Nothing starts Python again.
//
// While Go holds loans of Python's memory, Close is refused with buffer.ErrExported, and the error names them. Go memory
// that is lent comes back as Python lets go of it; what Python never lets go of stays lent.
func (p *Python) Close() error {
	if p.inside() {
		return fmt.Errorf("close of Python: %w: it was called from within Python", buffer.ErrValue)
	}
	if p == nil {
		return fmt.Errorf("close of Python: %w", ErrClosed)
	}
	p.closing.Lock()
	defer p.closing.Unlock()
	if running.Load() != p {
		return fmt.Errorf("close of Python: %w", ErrClosed)
	}
	if err := p.loansOut(); err != nil {
		return err
	}
	p.tickets.close()
	if err := p.loansOut(); err != nil {
		p.tickets.reopen()
		return err
	}
	close(p.close)
	return <-p.closed
}

func (p *Python) loansOut() error {
	if p.loans.count() == 0 {
		return nil
	}
	var names string
	_ = p.visit(func() { names = p.loans.describe() })
	return fmt.Errorf("close of Python: %w: Go has loans of its memory: %s: release the views of them, and in Python what holds these by Lend", buffer.ErrExported, names)
}

// finalise ends Python, and answers Close. CPython cannot take itself down under threads that still run (3.10 crashes
// then): these are stopped by never giving the GIL to anybody again.
func (p *Python) finalise() {
	p.resume()
	p.returns.drain()
	threads, err := As[int](p.execute("(__import__('threading')._shutdown(), __import__('_thread')._count())[1]", evalInput))
	alive := err == nil && threads > 0
	if alive {
		_, err = p.execute("import atexit, sys\natexit._run_exitfuncs()\nsys.stdout.flush()", fileInput)
	}
	p.suspend()
	p.alive.Lock() // without the GIL, which those want who are inside
	p.resume()
	p.ending.Store(true)
	if !alive && !ok(call(c.FinalizeEx)) {
		err = errors.New("what it had printed could not be written")
	}
	p.returns.close()
	running.Store(nil)
	p.alive.Unlock()
	if err != nil {
		err = fmt.Errorf("close of Python: %w", err)
	}
	p.closed <- err
	if alive {
		select {}
	}
}
