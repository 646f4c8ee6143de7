package summary

import (
	"errors"
	"runtime"
	"sync/atomic"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Work is a task that may take long: others see how far it is, and can end it. The zero Work is ready.
type Work struct {
	Workers int // goroutines; 0: as many as there are processors

	done, total atomic.Int64
	stopped     atomic.Bool
}

// ErrStopped is the error of what Stop ended.
var ErrStopped = errors.New("stopped before the end")

// Stop ends the task soon. It may be called from any goroutine.
func (w *Work) Stop() { w.stopped.Store(true) }

// Progress returns how many items of the pass that runs have been read, of how many.
func (w *Work) Progress() (done, total int64) { return w.done.Load(), w.total.Load() }

// Report says how far a task is that does not go over items here, in its own units. It is ErrStopped once somebody has called Stop.
func (w *Work) Report(done, total int64) error {
	w.done.Store(done)
	w.total.Store(total)
	if w.stopped.Load() {
		return ErrStopped
	}
	return nil
}

const (
	blockItems = 2048    // items that are read at a time: 16 KiB of float64, so that they stay in the first cache
	leastChunk = 1 << 16 // items that are worth a goroutine's attention
	mostChunks = 1 << 12
)

// each makes a pass over n items. It divides them into chunks, which depend on n alone, and calls f for each by
// several goroutines.
func (w *Work) each(n int, f func(chunk, from, to int)) error {
	w.done.Store(0)
	w.total.Store(int64(n))
	size := chunkSize(n)
	workers := w.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	chunks := chunkCount(n)
	kernel.Together(min(workers, chunks), chunks, func(i int) {
		if w.stopped.Load() {
			return
		}
		from := i * size
		to := from + min(size, n-from)
		f(i, from, to)
		w.done.Add(int64(to - from))
	})
	if w.stopped.Load() {
		return ErrStopped
	}
	return nil
}

// chunkSize is how many items a chunk has: whole blocks.
func chunkSize(n int) int {
	each := (n-1)/mostChunks + 1
	return max(leastChunk, (each+blockItems-1)/blockItems*blockItems)
}

func chunkCount(n int) int { return (n + chunkSize(n) - 1) / chunkSize(n) }

// eachBlock calls f for the blocks of a chunk.
func (w *Work) eachBlock(from, to int, f func(from, n int)) {
	for ; from < to && !w.stopped.Load(); from += blockItems {
		f(from, min(blockItems, to-from))
	}
}

// Walk makes a pass over n items in order: it calls f for pieces of them, one after the other, until f fails or the work is stopped.
func (w *Work) Walk(n, piece int, f func(from, to int) error) error {
	w.done.Store(0)
	w.total.Store(int64(n))
	for from := 0; from < n; {
		if w.stopped.Load() {
			return ErrStopped
		}
		to := from + min(piece, n-from)
		if err := f(from, to); err != nil {
			return err
		}
		w.done.Store(int64(to))
		from = to
	}
	return nil
}
