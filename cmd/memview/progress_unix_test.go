//go:build unix

package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
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

// An interrupt ends a fetch, however long the server thinks.
func TestInterruptedFetch(t *testing.T) {
	self := must(os.FindProcess(os.Getpid()))
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := self.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		<-r.Context().Done()
	}))
	defer server.Close()
	if _, err := openStore(server.URL, webFlags{}, new(progress)); err == nil || !strings.Contains(err.Error(), "interrupted: ") {
		t.Error(err)
	}
}
