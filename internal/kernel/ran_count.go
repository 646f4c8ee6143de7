//go:build kernelcount

package kernel

import (
	"maps"
	"sync"
	"sync/atomic"
)

// counters are those of the kernels in assembly; those in Go count in goCounters.
var (
	counters   = map[string]*uint64{}
	goCounters = map[string]uint64{}
	goMutex    sync.Mutex
)

func ran(name string) {
	goMutex.Lock()
	goCounters[name]++
	goMutex.Unlock()
}

// Ran returns how often each kernel was called so far.
func Ran() map[string]uint64 {
	goMutex.Lock()
	defer goMutex.Unlock()
	all := maps.Clone(goCounters)
	for name, n := range counters {
		all[name] = atomic.LoadUint64(n)
	}
	return all
}
