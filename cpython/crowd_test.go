package cpython_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cpython"
)

func init() { children["crowd"] = childCrowd }

// childCrowd has many goroutines do everything at random, and closes Python in the middle of it.
func childCrowd() {
	p := must(cpython.Start(cpython.Options{Python: os.Getenv("MEMORYVIEW_PYTHON")}))
	must(0, p.Exec(`
import contextvars, threading, time
var, kept = contextvars.ContextVar("var"), []
def work(m):
    kept.append(memoryview(m))
    if len(kept) > 50: del kept[:25]
    return bytes(m)
def touch():
    var.set(1)
def own():
    while True: work(b"abc")
for _ in range(2): threading.Thread(target=own, daemon=True).start()
def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end: pass
`))
	source := must(p.Eval("bytearray(b'source')"))
	work, touch, spin := must(p.Eval("work")), must(p.Eval("touch")), must(p.Eval("spin"))
	things := []func(r *rand.Rand) error{
		func(*rand.Rand) error { return second(cpython.As[[]byte](work.Call(lent("memory")))) },
		func(*rand.Rand) error { return second(cpython.As[any](touch.Call())) },
		func(*rand.Rand) error { return second(p.Interrupt()) },
		func(*rand.Rand) error { return p.Exec("raise ValueError(kept)") },
		func(*rand.Rand) error {
			v, err := memoryview.FromObject(source)
			if err != nil {
				return err
			}
			return v.Release()
		},
		func(r *rand.Rand) error { // often done before it begins, or in the middle
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.IntN(3000))*time.Microsecond)
			defer cancel()
			return p.Do(ctx, func() error {
				inner, cancel := context.WithTimeout(context.Background(), time.Duration(r.IntN(1000))*time.Microsecond)
				defer cancel()
				return errors.Join(p.Do(inner, func() error { return second(spin.Call(0.001)) }), second(touch.Call()))
			})
		},
		func(*rand.Rand) error { // a thread that ends
			done := make(chan error)
			go func() {
				runtime.LockOSThread()
				done <- second(cpython.As[int](p.Eval("1")))
			}()
			return <-done
		},
	}
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), uint64(os.Getpid())))
			for {
				err := things[r.IntN(len(things))](r)
				if errors.Is(err, cpython.ErrClosed) {
					return
				}
				if !expected(err) {
					fmt.Println(err)
				}
			}
		})
	}
	time.Sleep(howLong() / 10)
	err := p.Close()
	for errors.Is(err, buffer.ErrExported) { // by one who takes a view just now
		err = p.Close()
	}
	fmt.Println("closed", err)
	group.Wait()
	fmt.Println("interrupts of nobody:", second(p.Interrupt()))
}

// lent is memory of Go's as a view of its own, which nobody releases.
func lent(text string) *memoryview.View { return must(memoryview.FromObject([]byte(text))) }

// expected tells what may go wrong when anything may be interrupted.
func expected(err error) bool {
	if err == nil || errors.Is(err, context.DeadlineExceeded) || isInterrupt(err) {
		return true
	}
	var e *cpython.Error
	return errors.As(err, &e) && e.Type == "ValueError" && strings.HasPrefix(e.Message, "[")
}

func TestCrowd(t *testing.T) {
	if got, want := child(t, "crowd"), "closed <nil>\ninterrupts of nobody: Python is not running\n"; got != want {
		t.Errorf("it went so:\n%.2000s\nwant:\n%s", got, want)
	}
}
