package remote

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

// piece is how many bytes are packed or received at a time, and sent to a client that is slow.
const piece = 256 << 10

// content is the body of an answer: some bytes of its own, and then the items of a view in C order, which are packed as they are asked for.
type content struct {
	head   []byte
	view   *memoryview.View // nil for none
	items  *buffer.Buffer   // its own
	locked *sync.RWMutex    // held while items are read; nil where nobody writes them

	lock sync.Mutex // net/http may go on reading while it returns
	at   int64
	err  error // of reading
}

func newContent(head []byte, v *memoryview.View) *content {
	return &content{head: head, view: v, items: v.Buffer()}
}

func (c *content) size() int64 {
	n := int64(len(c.head))
	if c.view != nil {
		n += int64(c.items.Len())
	}
	return n
}

// Seek serves http.ServeContent, which asks for the size by it.
func (c *content) Seek(offset int64, whence int) (int64, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += c.at
	case io.SeekEnd:
		offset += c.size()
	}
	if offset < 0 {
		return 0, fmt.Errorf("%w: seek to byte %d", buffer.ErrBounds, offset)
	}
	c.at = offset
	return offset, nil
}

// Read packs what fits into p.
func (c *content) Read(p []byte) (int, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	if c.at < int64(len(c.head)) {
		n := copy(p, c.head[c.at:])
		c.at += int64(n)
		return n, nil
	}
	if c.view == nil {
		return 0, io.EOF
	}
	if c.locked != nil {
		c.locked.RLock()
		defer c.locked.RUnlock()
	}
	n, err := c.view.ReadAt(p, c.at-int64(len(c.head)))
	c.at += int64(n)
	switch {
	case n > 0 && errors.Is(err, io.EOF):
		err = nil
	case err != nil && !errors.Is(err, io.EOF):
		c.err = err
	}
	return n, err
}

func (c *content) failure() error {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.err
}

// straight reports whether the next bytes lie in memory just as they are sent, and nobody writes them.
func (c *content) straight() bool {
	return c.view != nil && c.locked == nil && c.at >= int64(len(c.head)) && c.items.IsContiguous(buffer.C) && c.at < c.size()
}

// send gives the next n bytes to an answer, piece by piece: from where they lie, if that can be.
func (c *content) send(n int64, to *answer) (sent int64, err error) {
	n = max(min(n, c.size()-c.at), 0)
	if err := c.probe(n); err != nil {
		return 0, err
	}
	for sent < n && err == nil {
		var m int64
		if c.straight() {
			m, err = c.sendStraight(n-sent, to)
		} else {
			m, err = c.sendPacked(n-sent, to)
		}
		sent += m
	}
	return sent, err
}

// rooms are where pieces are packed.
var rooms = sync.Pool{New: func() any { return new([piece]byte) }}

// sendPacked sends the next piece.
func (c *content) sendPacked(n int64, to *answer) (sent int64, err error) {
	room := rooms.Get().(*[piece]byte)
	defer rooms.Put(room)
	m, err := io.ReadFull(c, room[:min(piece, n)])
	if err != nil {
		return 0, err
	}
	m, err = to.Write(room[:m])
	return int64(m), err
}

// sendStraight sends all n bytes, and holds the memory meanwhile, so that a release waits for it. A fault in a mapped file is an error, whoever
// meets it: the system does where it reads the memory itself, and then the connection ends.
func (c *content) sendStraight(n int64, to *answer) (sent int64, err error) {
	start := c.at - int64(len(c.head))
	var writing error
	err = c.items.Access(func(item unsafe.Pointer) error {
		all := unsafe.Slice((*byte)(item), c.items.Len())[start:][:n]
		for len(all) > 0 && writing == nil {
			m := min(to.piece, len(all))
			m, writing = to.Write(all[:m])
			all, sent = all[m:], sent+int64(m)
		}
		return nil
	})
	c.at += sent
	switch {
	case err != nil:
		c.err = err
	case writing != nil:
		if err = c.probe(n - sent); err == nil {
			err = writing
		}
	}
	return sent, err
}

// probe reads the last of the next n bytes, before anything is sent: a file that was cut short lacks its end.
func (c *content) probe(n int64) error {
	last := c.at + n - 1 - int64(len(c.head))
	if c.view == nil || last < 0 || n == 0 || !c.items.Mapped() {
		return nil
	}
	var b [1]byte
	_, err := c.view.ReadAt(b[:], last)
	if errors.Is(err, io.EOF) {
		return nil
	}
	c.err = err
	return err
}
