package remote_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/closetest"
	"github.com/go-memoryview/memoryview/remote"
)

// TestEnginesCluster has Dask and xarray compute with two worker processes, which also write: while workers kill themselves in the middle of a computation,
// and while the server is stopped in the middle of an answer and started anew. At full length it does so again and again at random moments, for four minutes.
func TestEnginesCluster(t *testing.T) {
	seed, seconds := uint64(1), 0
	if closetest.Soaking() {
		seed, seconds = rand.Uint64(), 240
		t.Logf("seed %d", seed)
	}
	out := counted(t, "<d", buffer.C, false, 400, 300)
	server := newRestarting(t,
		remote.View("x", counted(t, "<d", buffer.C, true, 400, 300), remote.Chunks(50, 100), remote.Dimensions("time", "place")),
		remote.View("out", out, remote.Chunks(50, 100), remote.Dimensions("time", "place"), remote.Writable()),
		remote.Concurrent(4)) // what a killed worker leaves behind would soon fill them
	python := engine(t, "cluster.py", server.url(), fmt.Sprint(seed), fmt.Sprint(seconds), t.TempDir())
	stderr := &strings.Builder{}
	python.Stderr = stderr
	input, err := python.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := python.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := python.Start(); err != nil {
		t.Fatal(err)
	}
	last := ""
	for scanner := bufio.NewScanner(output); scanner.Scan(); {
		last = scanner.Text()
		var chunks, milliseconds int
		if n, _ := fmt.Sscanf(last, "restart %d %d", &chunks, &milliseconds); n == 2 {
			server.restartAfter(chunks, time.Duration(milliseconds)*time.Millisecond)
		}
		chunks, restarts := server.counts()
		_, _ = fmt.Fprintln(input, chunks, restarts)
		if strings.HasPrefix(last, "round") {
			t.Log(last)
		}
	}
	if err := python.Wait(); err != nil || last != "done" {
		t.Fatalf("seed %d: %q, %v\n%s", seed, last, err, stderr)
	}
	chunks, restarts := server.counts()
	t.Logf("%d requests for chunks, %d restarts", chunks, restarts)
	if restarts == 0 {
		t.Error("the server was not started anew")
	}
	numbers := make([]float64, 400*300)
	for i := range numbers {
		numbers[i] = 2 * float64(i)
	}
	flat, err := memoryview.FromObject(numbers)
	if err != nil {
		t.Fatal(err)
	}
	want, err := flat.Cast("d", 400, 300)
	if err != nil {
		t.Fatal(err)
	}
	if equal, err := want.Equal(out); !equal || err != nil {
		t.Errorf("what the workers wrote is not what they computed: %v", err)
	}
}
