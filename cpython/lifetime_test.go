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

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cpython"
)

// rounds is how often something is done: less under -short, and under the race detector, which makes a callback
// cost fifty times as much.
func rounds(n int) int {
	if testing.Short() || underRace {
		return n / 10
	}
	return n
}

// TestNoLeaks makes 100,000 loans each way, and looks at what is left: references, loans, and memory.
func TestNoLeaks(t *testing.T) {
	define(t)
	execute(t, "import sys\na = np.arange(1000.)")
	a := must(python.Eval("a"))
	asarray := must(python.Eval("np.asarray"))
	work := func(n int) {
		numbers := must(memoryview.FromObject(make([]float64, 1000)))
		for i := range n {
			v := must(memoryview.FromObject(a))
			must(0, v.Release())
			g := must(cpython.Lend(numbers))
			if i%16 == 0 {
				must(asarray.Call(g)).Release()
			}
			g.Release()
		}
		execute(t, "pass")
		must(0, numbers.Release())
	}
	work(1000)
	references, resident := eval[int](t, "sys.getrefcount(a)"), residentBytes(t)
	work(rounds(100_000))
	if now := eval[int](t, "sys.getrefcount(a)"); now != references {
		t.Errorf("%d references were %d before", now, references)
	}
	if lent, loans := cpython.LentCount(), cpython.LoanCount(); lent != 0 || loans != 0 {
		t.Errorf("%d loans to Python and %d of Python are left", lent, loans)
	}
	if grown := residentBytes(t) - resident; grown > 16<<20 && !underRace {
		t.Errorf("the process grew by %d bytes", grown)
	}
	execute(t, "del a")
	a.Release()
	asarray.Release()
}

// residentBytes is the memory of the process; 0 where the system does not say.
func residentBytes(t *testing.T) (n int) {
	runtime.GC()
	runtime.GC()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var pages int
	if _, err := fmt.Sscan(string(data), &n, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// TestLeakedLoansComeBack forgets to release, and leaves it to the collector.
func TestLeakedLoansComeBack(t *testing.T) {
	define(t)
	execute(t, "import weakref\na = np.arange(5.)\nw = weakref.ref(a)")
	func() {
		v := must(memoryview.FromObject(must(python.Eval("a"))))
		must(v.At(0))
		must(cpython.Lend(make([]byte, 100)))
	}()
	execute(t, "del a")
	for range 1000 {
		runtime.GC()
		if eval[bool](t, "w() is None") && cpython.LentCount() == 0 && cpython.LoanCount() == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("what was leaked never came back")
}

// TestQueueIsEmptied: what is released comes back to Python also when Go calls nothing any more.
func TestQueueIsEmptied(t *testing.T) {
	define(t)
	execute(t, `
import threading, time
a = bytearray(10)
def resize():
    global resized
    resized = False
    for _ in range(2000):
        try:
            a.append(1)
            resized = True
            return
        except BufferError:
            time.sleep(0.005)
thread = threading.Thread(target=resize)
`)
	o := must(python.Eval("a"))
	v := must(memoryview.FromObject(o))
	join := object(t, "thread.join")
	execute(t, "thread.start()")
	time.Sleep(20 * time.Millisecond)
	o.Release()
	must(0, v.Release())
	must(join.Call()).Release()
	if !eval[bool](t, "resized") {
		t.Error("the loan did not come back by itself")
	}
	execute(t, "del a, thread")
}

// TestDeathOnAnotherThread: the last consumer goes in a thread of Python's.
func TestDeathOnAnotherThread(t *testing.T) {
	needPython(t)
	v := must(memoryview.FromObject([]byte("abc")))
	o := must(cpython.Lend(v))
	set(t, "g", o)
	o.Release()
	execute(t, `
import threading
def work():
    global g
    assert bytes(g) == b'abc'
    del g
thread = threading.Thread(target=work)
thread.start()
thread.join()
g = None
`)
	if err := v.Release(); err != nil {
		t.Error(err)
	}
}

func TestCloseIsRefused(t *testing.T) {
	needPython(t)
	o := must(python.Eval("b'abc'"))
	defer o.Release()
	v := must(memoryview.FromObject(o))
	if err := python.Close(); !errors.Is(err, buffer.ErrExported) || !strings.Contains(err.Error(), `bytes "B" [3]: release`) {
		t.Errorf("close while Go has Python's memory: %v", err)
	}
	must(0, v.Release())
	err := python.Do(context.Background(), func() error { return python.Close() })
	if !errors.Is(err, buffer.ErrValue) {
		t.Errorf("close from within: %v", err)
	}
	if got := eval[int](t, "1 + 1"); got != 2 {
		t.Errorf("Python answers %d afterwards", got)
	}
	if _, err := cpython.Start(cpython.Options{}); !errors.Is(err, cpython.ErrStarted) {
		t.Errorf("second start: %v", err)
	}
}
