package kernel

import (
	"runtime/debug"
	"sync"
	"sync/atomic"
	"unsafe"
)

// parallelSize is how many bytes a copy must have before goroutines are worth their start.
var parallelSize = 1 << 20

const (
	partsEach   = 4       // parts a worker: who is held up takes fewer
	mostWorkers = 1 << 10 // more of them only cost
	partSteps   = 16      // steps along an axis that a part is a multiple of: whole tiles
)

// CopyParallel is Copy by so many goroutines, the caller's among them, where there is enough to do.
// A panic in one of them, such as a memory fault, becomes the caller's when all have ended.
func CopyParallel(dst, src Items, workers int) {
	if workers < 2 || dst.Count()*dst.Size < parallelSize || dst.Indirect() || src.Indirect() {
		Copy(dst, src)
		return
	}
	workers = min(workers, mostWorkers)
	p, to, from := newPlan(&dst, &src, make([]axis, len(dst.Shape)))
	if len(p.axes) == 0 && overlapping(to, from, p.size) {
		move(to, from, p.size)
		return
	}
	parts := p.split(partsEach * workers)
	Together(min(workers, len(parts)), len(parts), func(i int) {
		parts[i].plan.copy(unsafe.Add(to, parts[i].dst), unsafe.Add(from, parts[i].src))
	})
}

// part is a plan of its own for some of the items, and how many bytes from the others' start it starts.
type part struct {
	plan     plan
	dst, src int
}

// split divides a plan into about n parts, each a range of one axis: the outermost that is long enough,
// so that a part is a range of dst too. Where the rows are long and few, each part has some of every row,
// not less than is copied past the caches.
func (p plan) split(n int) (parts []part) {
	i := p.longAxis(n * partSteps)
	length, grain := p.size, longRun
	if i >= 0 {
		length = p.axes[i].n
		grain = max(1, min(partSteps, length/n))
	}
	step := ((length+n-1)/n + grain - 1) / grain * grain
	for low := 0; low < length; low += step {
		parts = append(parts, p.part(i, low, min(step, length-low)))
	}
	return parts
}

// longAxis returns the outermost axis of at least so many steps, or the one with the most, or -1 where
// the items are runs that had better be divided.
func (p plan) longAxis(steps int) int {
	longest := -1
	for i, a := range p.axes {
		if a.n >= steps {
			return i
		}
		if longest < 0 || a.n > p.axes[longest].n {
			longest = i
		}
	}
	if p.size >= 2*longRun {
		return -1
	}
	return longest
}

// part returns n steps of axis i from low on, or n bytes of every item where i is -1.
func (p plan) part(i, low, n int) part {
	axes := append([]axis(nil), p.axes...)
	if i < 0 {
		return part{plan{n, axes}, low, low}
	}
	a := &axes[i]
	a.n = n
	return part{plan{p.size, axes}, low * a.dst, low * a.src}
}

// Together calls f for each number below n, by so many goroutines. A fault in mapped memory is a panic
// in whichever meets it, and the first panic is the caller's in the end.
func Together(workers, n int, f func(i int)) {
	var (
		next    atomic.Int64
		group   sync.WaitGroup
		once    sync.Once
		failure any
	)
	work := func() {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		defer func() {
			if r := recover(); r != nil {
				next.Store(int64(n))
				once.Do(func() { failure = r })
			}
		}()
		for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
			f(int(i))
		}
	}
	for range workers - 1 {
		group.Go(work)
	}
	work()
	group.Wait()
	if failure != nil {
		panic(failure)
	}
}
