//go:build unix

package main

import (
	"errors"
	"os"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// An interrupt ends long work with an error, and nothing else.
func TestInterrupt(t *testing.T) {
	v := must(memoryview.FromObject(make([]float64, 1000)))
	self := must(os.FindProcess(os.Getpid()))
	sent := false
	err := new(progress).run("stats", func(w *summary.Work) error {
		for {
			if _, err := statsOf(v, w, summary.Options{}); err != nil {
				return err
			}
			if !sent {
				sent = true
				if err := self.Signal(os.Interrupt); err != nil {
					return err
				}
			}
		}
	})
	if !errors.Is(err, errInterrupted) {
		t.Error(err)
	}
}
