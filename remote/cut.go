package remote

import "github.com/go-memoryview/memoryview/buffer"

// chunkedCut is a selection of one dimension that lies in chunks of some extent. Nothing is kept of its parts: there may be as many as items.
type chunkedCut struct {
	buffer.Cut

	extent int
}

// part is what a selection takes of the chunks at one place along one dimension: source is cut of the chunk, and becomes target of the result.
type part struct {
	chunk          int
	source, target buffer.Cut
}

// parts counts the chunks that items are taken of.
func (c chunkedCut) parts() int {
	switch {
	case c.Drop:
		return 1
	case c.Count == 0 || c.sparse():
		return c.Count
	}
	first, last := c.Start/c.extent, (c.Start+(c.Count-1)*c.Step)/c.extent
	return max(first-last, last-first) + 1
}

// sparse tells that no two items lie in the same chunk. Else none is passed over between the first and the last.
func (c chunkedCut) sparse() bool { return max(c.Step, -c.Step) >= c.extent }

// part is the i-th of them.
func (c chunkedCut) part(i int) part {
	if c.Drop {
		return part{chunk: c.Start / c.extent, source: buffer.Cut{Start: c.Start % c.extent, Drop: true}}
	}
	k := c.firstOf(i)
	at := c.Start + k*c.Step
	chunk, inside := at/c.extent, at%c.extent
	n := inside/max(-c.Step, 1) + 1 // backwards, down to the chunk's first item
	if c.Step > 0 {
		n = (c.extent-1-inside)/c.Step + 1
	}
	n = min(n, c.Count-k)
	return part{chunk, buffer.Cut{Start: inside, Count: n, Step: c.Step}, buffer.Cut{Start: k, Count: n, Step: 1}}
}

// firstOf counts the items that come before those of the i-th chunk.
func (c chunkedCut) firstOf(i int) int {
	inside := c.Start % c.extent // its chunk
	switch {
	case i == 0 || c.sparse():
		return i
	case c.Step > 0:
		return (i*c.extent-inside-1)/c.Step + 1
	}
	return (inside+(i-1)*c.extent)/-c.Step + 1
}
