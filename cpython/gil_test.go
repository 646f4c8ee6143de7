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
	"github.com/go-memoryview/memoryview/buffer"
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

// hold takes the GIL and keeps it until the returned function is called.
func hold(t *testing.T) (letGo func()) {
	t.Helper()
	inside, release, done := make(chan int), make(chan int), make(chan error)
	go func() {
		done <- python.Do(context.Background(), func() error {
			close(inside)
			<-release
			return nil
		})
	}()
	<-inside
	return func() {
		close(release)
		must(0, <-done)
	}
}

// TestContextEndsWaiting: the GIL is taken, and does not come free in time.
func TestContextEndsWaiting(t *testing.T) {
	needPython(t)
	letGo := hold(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	called := false
	if err := python.Do(ctx, func() error { called = true; return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while the GIL is held: %v", err)
	}
	letGo()
	execute(t, "pass")
	if called {
		t.Error("the function was called although its context was done")
	}
	if err := python.Do(ctx, func() error { called = true; return nil }); !errors.Is(err, context.DeadlineExceeded) || called {
		t.Errorf("with a context that is done before: %v", err)
	}
}

func TestContextInterrupts(t *testing.T) {
	needPython(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	err := python.Do(ctx, func() error { return python.Exec("while True: pass") })
	var e *cpython.Error
	if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &e) || e.Type != "KeyboardInterrupt" {
		t.Errorf("an endless loop: %v", err)
	}
	// The interrupt is over with the call that it was for.
	if got := eval[int](t, "sum(range(1000))"); got != 499500 {
		t.Errorf("sum is %d", got)
	}
}

func TestInterrupt(t *testing.T) {
	needPython(t)
	done := make(chan error)
	execute(t, "started = False")
	go func() { done <- python.Exec("started = True\nwhile True: pass") }()
	for !eval[bool](t, "started") {
		time.Sleep(time.Millisecond)
	}
	if n, err := python.Interrupt(); n < 1 || err != nil {
		t.Errorf("%d calls were interrupted: %v", n, err)
	}
	var e *cpython.Error
	if err := <-done; !errors.As(err, &e) || e.Type != "KeyboardInterrupt" {
		t.Errorf("the call ended by %v", err)
	}
	if n, err := python.Interrupt(); n != 0 || err != nil {
		t.Errorf("%d calls were under way: %v", n, err)
	}
}

func TestDoPassesOn(t *testing.T) {
	needPython(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for _, ctx := range []context.Context{context.Background(), ctx} {
		if err := python.Do(ctx, func() error { return buffer.ErrFault }); !errors.Is(err, buffer.ErrFault) {
			t.Errorf("the function's error became %v", err)
		}
		func() {
			defer func() {
				if r := recover(); r != "here" {
					t.Errorf("the panic became %v", r)
				}
			}()
			_ = python.Do(ctx, func() error { panic("here") })
		}()
		// The GIL is free again, and a Do within a Do has it already.
		err := python.Do(ctx, func() error {
			return python.Do(ctx, func() error { return python.Exec("pass") })
		})
		if err != nil {
			t.Error(err)
		}
	}
	exited := make(chan bool)
	go func() {
		returned := false
		defer func() { exited <- !returned }()
		_ = python.Do(ctx, func() error { runtime.Goexit(); return nil })
		returned = true
	}()
	if !<-exited {
		t.Error("runtime.Goexit was swallowed")
	}
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
