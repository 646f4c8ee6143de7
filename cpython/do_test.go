package cpython_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cpython"
)

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

// isInterrupt tells the exception that an interrupt is.
func isInterrupt(err error) bool {
	var e *cpython.Error
	return errors.As(err, &e) && e.Type == "KeyboardInterrupt"
}

// TestContextInterruptsDoInsideDo: the inner context ends the inner function, and nothing else.
func TestContextInterruptsDoInsideDo(t *testing.T) {
	needPython(t)
	outer, cancelOuter := context.WithCancel(context.Background())
	defer cancelOuter()
	for _, outer := range []context.Context{context.Background(), outer} {
		err := python.Do(outer, func() error {
			inner, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			defer cancel()
			err := python.Do(inner, func() error { return python.Exec("while True: pass") })
			if !errors.Is(err, context.DeadlineExceeded) || !isInterrupt(err) {
				t.Errorf("an endless loop in a Do inside a Do: %v", err)
			}
			return python.Exec("for _ in range(100000): pass")
		})
		if err != nil {
			t.Errorf("the outer function was interrupted too: %v", err)
		}
	}
}

// TestLateInterrupt: an interrupt that no Python code has met ends with its function.
func TestLateInterrupt(t *testing.T) {
	needPython(t)
	err := python.Do(context.Background(), func() error {
		inner, cancel := context.WithCancel(context.Background())
		err := python.Do(inner, func() error {
			cancel()
			// The interrupt is raised while this lets the GIL go.
			_, err := cpython.As[any](python.Eval("__import__('time').sleep(0.05)"))
			if !isInterrupt(err) {
				return err
			}
			return nil
		})
		if err != nil {
			return err
		}
		return python.Exec("for _ in range(100000): pass")
	})
	if err != nil {
		t.Error(err)
	}
}

// endless are objects whose every use runs for ever.
const endless = `
class Endless:
    def __str__(self):
        global started
        started = True
        while True: pass
    def __getattr__(self, name): return str(self)
    def __setattr__(self, name, value): str(self)
    def __call__(self): str(self)
class EndlessScalar(Endless):
    dtype = 1
    @property
    def ndim(self): return str(self)
class EndlessError(Exception):
    def __str__(self): return str(Endless())
started = False
def fail(): raise EndlessError
`

// TestInterruptReachesEveryMethod: whatever runs Python code is ended.
func TestInterruptReachesEveryMethod(t *testing.T) {
	needPython(t)
	execute(t, endless)
	o, scalar := object(t, "Endless()"), object(t, "EndlessScalar()")
	for name, use := range map[string]func() error{
		"Attr":       func() error { return second(o.Attr("x")) },
		"SetAttr":    func() error { return o.SetAttr("x", 1) },
		"Call":       func() error { return second(o.Call()) },
		"CallMethod": func() error { return second(o.CallMethod("x")) },
		"Value":      func() error { return second(scalar.Value()) },
		"String":     func() error { return errors.New(o.String()) },
		"Eval":       func() error { return second(python.Eval("str(Endless())")) },
	} {
		execute(t, "started = False")
		done := make(chan error)
		go func() { done <- use() }()
		for !eval[bool](t, "started") {
			time.Sleep(time.Millisecond)
		}
		if n, err := python.Interrupt(); n != 1 || err != nil {
			t.Errorf("%s: %d calls were interrupted: %v", name, n, err)
		}
		if err := <-done; !strings.Contains(fmt.Sprint(err), "KeyboardInterrupt") {
			t.Errorf("%s ended by %v", name, err)
		}
	}
}

// TestInterruptIsNotSwallowed: it comes while an exception is told of, and there it must not end.
func TestInterruptIsNotSwallowed(t *testing.T) {
	needPython(t)
	execute(t, endless)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	fail := object(t, "fail")
	err := python.Do(ctx, func() error {
		if _, err := fail.Call(); err == nil {
			t.Error("the call did not fail")
		}
		return python.Exec("while True: pass")
	})
	if !errors.Is(err, context.DeadlineExceeded) || !isInterrupt(err) {
		t.Errorf("the function ended by %v", err)
	}
}

// TestLostInterrupt: Python code may catch an interrupt and go on, so there comes another one.
func TestLostInterrupt(t *testing.T) {
	needPython(t)
	execute(t, "tried = lost = False\ndef spin():\n    global tried\n    while True: tried = True")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for {
			if tried, err := cpython.As[bool](python.Eval("tried")); tried || err != nil {
				cancel()
				return
			}
		}
	}()
	err := python.Do(ctx, func() error {
		return python.Exec("try: spin()\nexcept KeyboardInterrupt: lost = True\nspin()")
	})
	if !isInterrupt(err) || !eval[bool](t, "lost") {
		t.Errorf("the function ended by %v", err)
	}
}

// TestInterruptedImport: an interrupt may come when Python has just taken the import lock, and does not give it back.
func TestInterruptedImport(t *testing.T) {
	needPython(t)
	execute(t, "import _imp")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	err := python.Do(ctx, func() error { return python.Exec("_imp.acquire_lock()\nwhile True: pass") })
	if !isInterrupt(err) {
		t.Error(err)
	}
	execute(t, `
import threading
def work():
    try: import no.such
    except ImportError: imported.set()
imported = threading.Event()
threading.Thread(target=work, daemon=True).start()
`)
	if got, err := cpython.As[bool](object(t, "imported").CallMethod("wait", 20)); err != nil || !got {
		t.Fatalf("another thread cannot import any more: %v", err)
	}
}

func init() {
	children["closing"] = childClosing
	children["subinterpreter"] = childSubinterpreter
}

// childClosing closes Python while calls are under way that only an interrupt ends.
func childClosing() {
	p := must(cpython.Start(cpython.Options{Python: os.Getenv("MEMORYVIEW_PYTHON")}))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		done <- p.Do(ctx, func() error { return p.Exec("started = 1\nwhile True: pass") })
	}()
	go func() {
		done <- p.Exec("also = 1\nwhile True: pass")
	}()
	for p.Exec("started, also") != nil {
		time.Sleep(time.Millisecond)
	}
	closed := make(chan error)
	go func() { closed <- p.Close() }()
	for !errors.Is(p.Exec("pass"), cpython.ErrClosed) {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("calls that come later are refused")
	cancel()
	fmt.Println("cancelled:", <-done)
	n, err := p.Interrupt()
	fmt.Println("interrupted:", n, err, <-done)
	fmt.Println("closed:", <-closed)
	_, err = p.Interrupt()
	fmt.Println(errors.Is(err, cpython.ErrClosed))
}

func TestCloseWaitsForInterrupts(t *testing.T) {
	want := "calls that come later are refused\ncancelled: context canceled: KeyboardInterrupt\ninterrupted: 1 <nil> KeyboardInterrupt\nclosed: <nil>\ntrue\n"
	if got := child(t, "closing"); got != want {
		t.Errorf("it went so:\n%swant:\n%s", got, want)
	}
}

// childSubinterpreter: once there was another interpreter, CPython takes every thread for one that holds the GIL.
func childSubinterpreter() {
	p := must(cpython.Start(cpython.Options{Python: os.Getenv("MEMORYVIEW_PYTHON")}))
	must(0, p.Exec(`
import sys
if sys.version_info < (3, 13):
    import _xxsubinterpreters as interpreters
else:
    import _interpreters as interpreters
interpreters.destroy(interpreters.create())`))
	inside, release, done := make(chan int), make(chan int), make(chan error)
	go func() {
		done <- p.Do(context.Background(), func() error {
			close(inside)
			<-release
			return nil
		})
	}()
	<-inside
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	fmt.Println(p.Do(ctx, func() error { return nil }))
	close(release)
	fmt.Println(<-done, p.Close())
}

func TestAfterASubinterpreter(t *testing.T) {
	if got, want := child(t, "subinterpreter"), "context deadline exceeded\n<nil> <nil>\n"; got != want {
		t.Errorf("it went so:\n%swant:\n%s", got, want)
	}
}
