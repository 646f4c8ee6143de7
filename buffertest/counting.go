package buffertest

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/go-memoryview/memoryview/buffer"
)

// A counter says how many of its loans are out.
type counter interface{ Loans() int }

// A resizer refuses to be resized while loans are out.
type resizer interface {
	Len() int
	Resize(n int) error
}

// checkCounting looks at what the exporter makes of its loans.
func (t *tester) checkCounting() {
	if !t.begin() || !t.counts() {
		return
	}
	t.checkFree("after its loans were released")
	for _, flags := range requests() {
		if b, _ := t.exporter.GetBuffer(flags); b != nil {
			t.release(b)
		}
	}
	t.checkFree("after requests that it refused, and others")
	loans, ok := t.askMany(3, buffer.FullRO)
	if !ok {
		return
	}
	for len(loans) > 0 {
		t.checkLent(len(loans))
		for range 2 {
			t.release(loans[0])
		}
		loans = loans[1:]
	}
	t.checkFree("after each loan was released twice")
	if kin, ok := t.kin(); ok {
		for _, b := range kin {
			t.checkLent(1)
			t.release(b)
		}
		t.checkFree("after a loan and all that was made of it were released")
	}
	t.leak(20)
	t.checkFree("after loans were leaked, and the collector ran")
}

// leak takes loans and forgets them.
func (t *tester) leak(n int) {
	for range n {
		t.ask(buffer.FullRO)
	}
}

// counts reports whether the exporter shows its count.
func (t *tester) counts() bool {
	_, count := t.exporter.(counter)
	_, size := t.exporter.(resizer)
	return count || size
}

// checkLent checks that the exporter knows of so many loans, or of one by which all of them lend.
func (t *tester) checkLent(n int) {
	if c, ok := t.exporter.(counter); ok {
		if got := c.Loans(); got < 1 || got > n {
			t.fail(counts, "%d loans are out, and Loans is %d", n, got)
		}
	}
	if r, ok := t.exporter.(resizer); ok {
		size := r.Len()
		if err := r.Resize(size + 1); !errors.Is(err, buffer.ErrExported) || r.Len() != size {
			t.fail(counts, "while %d loans are out, Resize from %d to %d bytes is: %v, and Len is %d", n, size, size+1, err, r.Len())
		}
	}
}

// checkFree checks that no loan is out, which the exporter may hear of a little later.
func (t *tester) checkFree(when string) {
	var problem error
	if !eventually(func() bool { problem = t.lent(); return problem == nil }) {
		t.fail(frees, "%s: %w", when, problem)
	}
}

// lent says by what the exporter shows that a loan is out.
func (t *tester) lent() error {
	if c, ok := t.exporter.(counter); ok {
		if n := c.Loans(); n != 0 {
			return fmt.Errorf("by Loans there are %d", n)
		}
	}
	if r, ok := t.exporter.(resizer); ok {
		size := r.Len()
		if err := errors.Join(r.Resize(size+1), r.Resize(size)); err != nil {
			return fmt.Errorf("it cannot be resized: %w", err)
		}
		if r.Len() != size {
			return fmt.Errorf("resized by a byte and back, it has %d bytes, and not %d", r.Len(), size)
		}
	}
	return nil
}

// patience is how often what has to come is waited for, with 10 ms between.
var patience = 200

// eventually waits for what the collector or another goroutine does.
func eventually(done func() bool) bool {
	for range patience {
		if done() {
			return true
		}
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	return done()
}
