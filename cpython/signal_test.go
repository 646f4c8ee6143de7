//go:build unix

package cpython_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview/cpython"
)

func init() {
	children["signal"] = childSignal
	children["killed"] = childKilled
	children["thread signal"] = childThreadSignal
}

// childSignal: SIGINT reaches Go, which asks for KeyboardInterrupt.
func childSignal() {
	p := must(cpython.Start(cpython.Options{Python: os.Getenv("MEMORYVIEW_PYTHON")}))
	must(0, p.Exec("import signal, threading"))
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		for range signals {
			fmt.Println("Go has SIGINT")
			must(p.Interrupt())
		}
	}()
	time.AfterFunc(50*time.Millisecond, func() { must(0, syscall.Kill(os.Getpid(), syscall.SIGINT)) })
	var e *cpython.Error
	if err := p.Exec("while True: pass"); errors.As(err, &e) {
		fmt.Println("Python has", e.Type)
	}
	must(0, p.Close())
}

// childKilled does nothing about SIGINT.
func childKilled() {
	p := must(cpython.Start(cpython.Options{Python: os.Getenv("MEMORYVIEW_PYTHON")}))
	time.AfterFunc(50*time.Millisecond, func() { must(0, syscall.Kill(os.Getpid(), syscall.SIGINT)) })
	must(0, p.Exec("import time\nwhile True: time.sleep(1)"))
}

// childThreadSignal: SIGINT arrives on a thread that Python made, which Go knows nothing of.
func childThreadSignal() {
	p := must(cpython.Start(cpython.Options{Python: os.Getenv("MEMORYVIEW_PYTHON")}))
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	must(0, p.Exec(`
import signal, threading
turn = threading.Semaphore(0)
def work():
    for _ in range(100):
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        turn.acquire()
thread = threading.Thread(target=work, daemon=True)
thread.start()`))
	turn := must(p.Eval("turn.release"))
	for range 100 {
		<-signals
		must(turn.Call()).Release()
	}
	must(0, p.Exec("thread.join()"))
	fmt.Println("Go has them all", p.Close())
}

func TestSignals(t *testing.T) {
	if got, want := child(t, "signal"), "Go has SIGINT\nPython has KeyboardInterrupt\n"; got != want {
		t.Errorf("it went so:\n%swant:\n%s", got, want)
	}
	if got, want := child(t, "thread signal"), "Go has them all <nil>\n"; got != want {
		t.Errorf("it went so:\n%swant:\n%s", got, want)
	}
	command := exec.Command(must(os.Executable()))
	command.Env = append(os.Environ(), childVariable+"=killed")
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGINT {
		t.Errorf("SIGINT that nobody takes ended in %v\n%s", err, out)
	}
}
