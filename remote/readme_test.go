package remote_test

import (
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/remote"
)

// TestReadme runs the README's lines, and holds it to them.
func TestReadme(t *testing.T) {
	ctx := t.Context()
	flat, err := memoryview.FromObject(make([]float32, 480*640))
	if err != nil {
		t.Fatal(err)
	}
	v, err := flat.Cast("f", 480, 640)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := remote.Handler(remote.View("frame", v, remote.Chunks(1, 640)))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	serve := func() (err error) {
		err = http.Serve(listener, tree)
		return err
	}
	go func() { served <- serve() }()
	address := "http://" + listener.Addr().String()

	store, err := remote.Open(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	a, err := store.Array(ctx, "frame")
	if err != nil {
		t.Fatal(err)
	}
	part, err := a.Fetch(ctx, "::2, -100:")
	if err != nil || part.NBytes() != 240*100*4 {
		t.Errorf("%v, %v", part, err)
	}
	_ = listener.Close()
	if err := <-served; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}

	readme, errReadme := os.ReadFile("../README.md")
	code, errCode := os.ReadFile("readme_test.go")
	if err := errors.Join(errReadme, errCode); err != nil {
		t.Fatal(err)
	}
	lines := 0
	for i, block := range strings.Split(string(readme), "```") {
		if i%2 == 0 || !strings.Contains(block, "remote.") {
			continue
		}
		for line := range strings.Lines(strings.TrimPrefix(block, "go\n")) {
			line, _, _ = strings.Cut(line, " // ")
			if line = strings.TrimSpace(line); line != "" {
				lines++
				if !strings.Contains(string(code), line) {
					t.Errorf("this line of the README is not run: %s", line)
				}
			}
		}
	}
	if lines < 5 {
		t.Errorf("found %d lines in the README", lines)
	}
}
