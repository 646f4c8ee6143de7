package cpython_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/cpython"
)

// howLong is ten seconds, a minute where MEMORYVIEW_SOAK is set, and little under -short.
func howLong() time.Duration {
	switch {
	case os.Getenv("MEMORYVIEW_SOAK") != "":
		return time.Minute
	case testing.Short():
		return time.Second
	}
	return 10 * time.Second
}

// TestManyGoroutines lets 8 goroutines do everything at once, and checks what they see.
func TestManyGoroutines(t *testing.T) {
	define(t)
	execute(t, "shared = np.zeros((8, 1000))\ndef total(a): return float(np.asarray(a).sum())")
	total, shared := object(t, "total"), must(python.Eval("shared"))
	var group sync.WaitGroup
	var loops atomic.Int64
	stop := time.Now().Add(howLong())
	for id := range 8 {
		group.Go(func() {
			for n := 1; time.Now().Before(stop); n++ {
				if err := everything(total, shared, id, n); err != nil {
					t.Errorf("goroutine %d, loop %d: %v", id, n, err)
					return
				}
				loops.Add(1)
			}
		})
	}
	group.Wait()
	shared.Release()
	execute(t, "del shared")
	t.Logf("%d loops", loops.Load())
	if lent, loans := cpython.LentCount(), cpython.LoanCount(); lent != 0 || loans != 0 {
		t.Errorf("%d loans to Python and %d of Python are left", lent, loans)
	}
}

// everything is what one goroutine does in one loop. Each has a row of the shared array.
func everything(total, shared *cpython.Object, id, n int) error {
	v, err := memoryview.FromObject(shared)
	if err != nil {
		return err
	}
	row, err := v.Sub(id)
	if err != nil {
		return err
	}
	if err := errors.Join(v.Release(), row.CopyFrom(float64(n))); err != nil {
		return err
	}
	sum := func() error {
		got, err := cpython.As[float64](total.Call(row))
		if err == nil && got != float64(1000*n) {
			err = fmt.Errorf("sum %v", got)
		}
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	switch n % 4 {
	case 0:
		err = python.Do(context.Background(), sum)
	case 1:
		err = python.Do(ctx, sum)
	case 2:
		if err = python.Exec("raise ValueError(" + fmt.Sprint(id) + ")"); err.Error() == "ValueError: "+fmt.Sprint(id) {
			err = nil
		}
	default:
		err = sum()
	}
	return errors.Join(err, row.Release())
}

// TestManyMoreGoroutinesThanThreads waits in Go, not in threads.
func TestManyMoreGoroutinesThanThreads(t *testing.T) {
	needPython(t)
	f := object(t, "lambda x: x + 1")
	var group sync.WaitGroup
	for i := range 10 * cpython.MaxThreads {
		group.Go(func() {
			if got, err := cpython.As[int](f.Call(i)); err != nil || got != i+1 {
				t.Errorf("%d: %v, %v", i, got, err)
			}
		})
	}
	group.Wait()
}

// TestWaitingForEachOther: calls from Go that wait inside Python for another call from Go.
func TestWaitingForEachOther(t *testing.T) {
	needPython(t)
	execute(t, "import threading\nevents = [threading.Event() for _ in range(32)]")
	events := object(t, "events")
	var group sync.WaitGroup
	for i := range 32 {
		event := must(events.CallMethod("__getitem__", i))
		group.Go(func() {
			defer event.Release()
			if got, err := cpython.As[bool](event.CallMethod("wait", 60)); !got || err != nil {
				t.Errorf("event %d: %v, %v", i, got, err)
			}
		})
	}
	for i := range 32 {
		execute(t, fmt.Sprintf("events[%d].set()", i))
	}
	group.Wait()
}

func TestThreadsOfPython(t *testing.T) {
	define(t)
	v := must(memoryview.FromObject(make([]int64, 1000)))
	set(t, "g", v)
	execute(t, `
import threading
def add(i):
    for _ in range(200):
        np.asarray(g)[i] += 1
threads = [threading.Thread(target=add, args=(i,)) for i in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
del threads
`)
	if got := fmt.Sprint(must(must(v.Slice(0, 9, 1)).ToList())); !strings.HasPrefix(got, "[200 200 200 200 200 200 200 200 0") {
		t.Errorf("memory holds %s", got)
	}
}

// TestDeepRecursion: the stacks of Go's threads are deep enough for what Python allows.
func TestDeepRecursion(t *testing.T) {
	needPython(t)
	var e *cpython.Error
	for _, code := range []string{
		"def f(): return f()\nf()",
		"class C:\n    def __repr__(self): return repr(self)\nrepr(C())",
		"x = []\nfor _ in range(100000): x = [x]\nrepr(x)",
	} {
		if err := python.Exec(code); !errors.As(err, &e) || e.Type != "RecursionError" {
			t.Errorf("%s: %v", code, err)
		}
	}
	execute(t, "del x, f, C")
}

// TestNestedDoNeedsOneTicket: who is inside can go in again as often as it likes, and others are let in meanwhile.
func TestNestedDoNeedsOneTicket(t *testing.T) {
	needPython(t)
	execute(t, "import threading\nevent = threading.Event()")
	event := object(t, "event")
	deep := make(chan struct{})
	var nest func(depth int) error
	nest = func(depth int) error {
		return python.Do(context.Background(), func() error {
			if depth > 0 {
				return nest(depth - 1)
			}
			close(deep)
			if got, err := cpython.As[bool](event.CallMethod("wait", 30)); err != nil || !got {
				return fmt.Errorf("nobody else came in: %v, %w", got, err)
			}
			return nil
		})
	}
	done := make(chan error)
	go func() { done <- nest(cpython.MaxThreads + 10) }()
	<-deep
	execute(t, "event.set()")
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestCallsLeaveNothingBehind: what Python keeps for a thread ends with the call, although threads are used again.
func TestCallsLeaveNothingBehind(t *testing.T) {
	define(t)
	execute(t, `
import contextvars, decimal, threading
var, local = contextvars.ContextVar("var", default=0), threading.local()
def touch(which):
    left = var.get(), hasattr(local, "x"), decimal.getcontext().prec, np.geterr()["over"]
    if which == 0: var.set(1)
    if which == 1: local.x = 1
    if which == 2: decimal.getcontext().prec = 5
    if which == 3: np.errstate(over="raise").__enter__()
    return str(left)
`)
	touch, fresh := object(t, "touch"), eval[string](t, "touch(4)")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for n := range 200 {
				if got, err := cpython.As[string](touch.Call(n % 6)); err != nil || got != fresh {
					t.Errorf("a call finds %s (%v), the first one found %s", got, err, fresh)
					return
				}
			}
		})
	}
	group.Wait()
	err := python.Do(context.Background(), func() error {
		_ = second(touch.Call(0))
		got, err := cpython.As[string](touch.Call(4))
		if err == nil && got == fresh {
			t.Error("nothing lasts inside Do")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestThreadsThatEnd: a goroutine that ends locked takes its thread with it.
func TestThreadsThatEnd(t *testing.T) {
	needPython(t)
	for i := range 3 * cpython.MaxKept {
		done := make(chan error)
		go func() {
			runtime.LockOSThread()
			got, err := cpython.As[int](python.Eval(fmt.Sprint(i)))
			if err == nil && got != i {
				err = fmt.Errorf("got %d, want %d", got, i)
			}
			done <- err
		}()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}
