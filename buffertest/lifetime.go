package buffertest

import (
	"runtime"
	"runtime/debug"

	"github.com/go-memoryview/memoryview/buffer"
)

// checkLifetime keeps loans of exporters that nobody else keeps, while the collector runs and its memory is
// used again.
func (t *tester) checkLifetime() {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	for round := range 2 {
		if !t.begin() {
			return
		}
		loan, ok := t.ask(buffer.FullRO)
		if !ok {
			return
		}
		kept := loan
		if round > 0 { // only what was made of it is kept
			kept = new(buffer.Buffer)
			if err := loan.Cut(kept); err != nil {
				t.fail(outlives, "a loan cannot be cut: %w", err)
				return
			}
			t.release(loan)
		}
		loan, t.exporter = nil, nil
		for range 2 {
			litter(kept.Len())
			if err := t.same(kept); err != nil {
				t.fail(outlives, "a loan whose exporter is out of reach does not read as before: %w", err)
				return
			}
		}
		t.release(kept)
	}
}

// litter has the collector run, and takes what it freed of that size.
func litter(size int) {
	runtime.GC()
	runtime.GC() // cleanups run after the first
	var kept [][]byte
	for range 64 {
		block := make([]byte, size)
		for i := range block {
			block[i] = 0xa5
		}
		kept = append(kept, block)
	}
	runtime.KeepAlive(kept)
}
