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

func TestSignals(t *testing.T) {
	if got, want := child(t, "signal"), "Go has SIGINT\nPython has KeyboardInterrupt\n"; got != want {
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
