package remote

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

// cache keeps what was fetched last, up to a number of bytes, and lets who wants the same at the same time wait for one who fetches it.
type cache struct {
	limit int

	lock   sync.Mutex
	byKey  map[string]*list.Element // of *cached
	recent *list.List               // what is there, the latest first
	used   int
}

// cachedBeside is what each thing that is kept takes beside its bytes: its key, and its places in the map and in the list.
const cachedBeside = 256

// cached is one thing that was fetched, or is being fetched.
type cached struct {
	key   string
	done  chan struct{} // closed when the rest is known
	value any
	size  int
	err   error
}

func newCache(limit int) *cache {
	return &cache{limit: limit, byKey: map[string]*list.Element{}, recent: list.New()}
}

// get returns what is kept under a key, or loads it; size is its bytes. An error is nobody else's but of those who waited for it.
func (c *cache) get(ctx context.Context, key string, load func() (value any, size int, err error)) (any, error) {
	for {
		item, mine := c.claim(key)
		if mine {
			item.value, item.size, item.err = load()
			item.size += cachedBeside // a chunk that was never stored has none of its own
			c.settle(item)
			return item.value, item.err
		}
		select {
		case <-item.done:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		canceled := errors.Is(item.err, context.Canceled) || errors.Is(item.err, context.DeadlineExceeded)
		if !canceled || ctx.Err() != nil { // else who fetched it gave up, and we have not
			return item.value, item.err
		}
	}
}

// claim finds what is under a key or, where nothing is, makes it the caller's to load.
func (c *cache) claim(key string) (item *cached, mine bool) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if element := c.byKey[key]; element != nil {
		c.recent.MoveToFront(element)
		return element.Value.(*cached), false
	}
	item = &cached{key: key, done: make(chan struct{})}
	c.byKey[key] = c.recent.PushFront(item)
	return item, true
}

// settle tells who waits, and makes room.
func (c *cache) settle(item *cached) {
	c.lock.Lock()
	defer c.lock.Unlock()
	close(item.done)
	if item.err != nil {
		c.drop(c.byKey[item.key])
		return
	}
	c.used += item.size
	for element := c.recent.Back(); element != nil && c.used > c.limit; {
		before := element.Prev()
		select {
		case <-element.Value.(*cached).done:
			c.drop(element)
		default: // is on its way
		}
		element = before
	}
}

func (c *cache) drop(element *list.Element) {
	item := element.Value.(*cached)
	c.recent.Remove(element)
	delete(c.byKey, item.key)
	if item.err == nil {
		c.used -= item.size
	}
}
