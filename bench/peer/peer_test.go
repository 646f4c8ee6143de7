package peer

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

func worker(t *testing.T) *Worker {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python: make test has one")
	}
	w, err := Start(python)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func TestWorker(t *testing.T) {
	w := worker(t)
	if versions, err := w.Versions(); err != nil || !strings.Contains(versions, "NumPy") {
		t.Errorf("versions %q, %v", versions, err)
	}
	if err := w.Prepare(Program{"x = []", "x.append(7)", "x"}, Program{"x = []", "x.append(8)", "x"}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"[7, 7, 7]", "[8, 8, 8]"} {
		if elapsed, err := w.Run(i, 3); err != nil || elapsed <= 0 {
			t.Errorf("a run takes %v, %v", elapsed, err)
		}
		if result, err := w.Result(i); err != nil || result != want {
			t.Errorf("result %q, %v, want %q", result, err, want)
		}
	}
}

// TestWorkerSurvives makes errors in every place, after which the worker still answers.
func TestWorkerSurvives(t *testing.T) {
	w := worker(t)
	for _, test := range []struct{ setup, run, result string }{
		{"1 +", "pass", "1"},
		{"", "nothing", "1"},
		{"", "pass", "1 / 0"},
	} {
		err := w.Prepare(Program{test.setup, test.run, test.result})
		if err == nil {
			_, err = w.Run(0, 1)
		}
		if err == nil {
			_, err = w.Result(0)
		}
		if err == nil || !strings.Contains(err.Error(), "Error: ") {
			t.Errorf("%v: error %v, want Python's", test, err)
		}
	}
}

func TestMemcpy(t *testing.T) {
	src, dst := make([]byte, 1<<20), make([]byte, 1<<20)
	for i := range src {
		src[i] = byte(rand.Uint32())
	}
	call, err := Memcpy(dst, src)
	if err != nil {
		t.Skipf("no memcpy on this platform: %v", err)
	}
	if call(); !bytes.Equal(dst, src) {
		t.Error("memcpy does not copy")
	}
}
