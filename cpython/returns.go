package cpython

import (
	"sync"
	"sync/atomic"
	"time"
)

// returns is the queue of what must be given back by a thread that holds the GIL: buffers and
// references. Anybody may add to it, also the collector. Who enters Python next empties it, or else
// Python's own thread does soon.
type returns struct {
	some   atomic.Bool
	wake   chan struct{}
	drains atomic.Uint32 // how many times it was emptied

	mu      sync.Mutex
	closed  bool
	buffers []uintptr
	objects []uintptr
}

func (r *returns) addBuffer(view uintptr) {
	r.add(&r.buffers, view)
}

func (r *returns) addObject(object uintptr) {
	r.add(&r.objects, object)
}

// add queues an address. After the end of Python there is nobody to give anything back to.
func (r *returns) add(list *[]uintptr, address uintptr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	*list = append(*list, address)
	r.some.Store(true)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// drain gives back all that is queued. The GIL is held. Python may run any code meanwhile, this
// function included.
func (r *returns) drain() {
	if !r.some.Load() {
		return
	}
	r.mu.Lock()
	buffers, objects := r.buffers, r.objects
	r.buffers, r.objects = nil, nil
	r.some.Store(false)
	r.mu.Unlock()
	r.drains.Add(1)
	for _, view := range buffers {
		call(c.BufferRelease, view)
		call(c.RawFree, view)
	}
	decRef(objects...)
}

// watch asks for a drain, until the end, where nobody else comes for a while: the GIL is expensive where others want it.
func (r *returns) watch(ask chan<- struct{}, end <-chan struct{}) {
	for {
		select {
		case <-r.wake:
		case <-end:
			return
		}
		for {
			before := r.drains.Load()
			time.Sleep(time.Millisecond)
			if !r.some.Load() {
				break
			}
			if r.drains.Load() != before {
				continue
			}
			select {
			case ask <- struct{}{}:
			case <-end:
				return
			}
		}
	}
}

func (r *returns) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}
