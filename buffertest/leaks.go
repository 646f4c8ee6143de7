package buffertest

import (
	"fmt"
	"runtime"

	"github.com/go-memoryview/memoryview/buffer"
)

// checkLeaks takes and releases many loans, and looks at what the process has more than before.
func (t *tester) checkLeaks() {
	if !t.begin() {
		return
	}
	const loans = 500
	if !t.lendAndRelease(50) { // what is made once is made now
		return
	}
	before := holdings()
	if !t.lendAndRelease(loans) {
		return
	}
	var more []error
	if !eventually(func() bool { more = grown(before, holdings(), loans); return len(more) == 0 }) {
		for _, problem := range more {
			t.fail(leaves, "%d loans were taken and released: %w", loans, problem)
		}
	}
}

// grown says what the process has more of, than it would have by chance, after so many loans.
func grown(before, after map[string]int, loans int) []error {
	var more []error
	for what := range after {
		most := loans / 10
		if what == "bytes of memory" {
			most = loans * 64
		}
		if n := after[what] - before[what]; n > most {
			more = append(more, fmt.Errorf("there are %d more %s", n, what))
		}
	}
	return more
}

func (t *tester) lendAndRelease(n int) bool {
	for range n {
		b, ok := t.ask(buffer.FullRO)
		if !ok {
			return false
		}
		t.release(b)
	}
	return true
}

// holdings is what a process has that a loan can leave behind.
func holdings() map[string]int {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return map[string]int{
		"goroutines":      runtime.NumGoroutine(),
		"mapped files":    mappedFiles(),
		"open files":      openFiles(),
		"bytes of memory": int(stats.HeapAlloc),
	}
}
