package closetest

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

const testVariable = "MEMORYVIEW_CLOSETEST"

// InProcesses runs each test in a process of its own, with a large live heap and a collector that runs
// all the time: a pointer that should not exist, or memory used after it was given back, ends that
// process and not the test. Nothing else may happen in the test that calls it.
func InProcesses(t *testing.T, tests map[string]func(t *testing.T)) {
	if name := os.Getenv(testVariable); name != "" {
		underPressure(func() { tests[name](t) })
		return
	}
	parent := t.Name()
	for name := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			child := exec.Command(os.Args[0], "-test.run=^"+parent+"$", "-test.count=1")
			child.Env = append(os.Environ(), testVariable+"="+name, "GOGC=1")
			if output, err := child.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%.4000s", err, output)
			}
		})
	}
}

var liveHeap [][]*int

// underPressure runs f beside a large live heap and a collector in a loop.
func underPressure(f func()) {
	for range 256 {
		block := make([]*int, 1024)
		for i := range block {
			block[i] = new(int)
		}
		liveHeap = append(liveHeap, block)
	}
	stop, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	f()
	close(stop)
	<-done
	runtime.KeepAlive(liveHeap)
}

// Soaking tells that tests have all the time that they want.
func Soaking() bool { return os.Getenv("MEMORYVIEW_SOAK") != "" }

// Rounds scales a test: the full length is for soaking. The longest of them takes five minutes then.
func Rounds(n int) int {
	if Soaking() {
		return 20 * n
	}
	return n
}

// Eventually waits for something that the collector brings about.
func Eventually(t *testing.T, what string, done func() bool) {
	for range 5000 {
		if done() {
			return
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%s: it was never given back", what)
}
