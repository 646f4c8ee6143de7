package shm

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

// Segment is a shared segment that this process made or attached to: an exporter of the array in it. Its methods are safe to call
// from many goroutines.
type Segment struct {
	place  place
	layout buffer.Layout
	own    *buffer.Buffer // the segment's own loan of its mapping, until Close

	mu    sync.Mutex // of the file, against Close
	draft bool       // it has no name yet
}

// place is what errors of a mapping name. It is apart from the Segment, so that what is known of a mapping does not keep it.
type place struct {
	name string
	file *os.File
	size int64 // when it was opened
}

// mapped makes a segment of an open file, whose item 0 lies at an offset. After an error the file is closed.
func mapped(p place, l buffer.Layout, offset int64, writable bool) (*Segment, error) {
	s := &Segment{place: p, layout: l}
	data, err := mapFile(p.file, p.size, writable)
	if err != nil {
		_ = p.file.Close()
		return nil, failed(p.name, "mapping it", err)
	}
	mem := buffer.Memory{
		Base: unsafe.Pointer(unsafe.SliceData(data)), Size: len(data), ReadOnly: !writable, Mapped: true,
		Explain: func(i int) error { return p.unreachable(i) },
		Release: func() { unmap(data) },
	}
	if s.own, err = mem.Lend(int(offset), l, buffer.FullRO); err != nil {
		unmap(data)
		_ = p.file.Close()
		return nil, fail(p.name, err)
	}
	s.layout = s.own.Layout()
	return s, nil
}

// unreachable says why a byte could not be reached in a mapping.
func (p *place) unreachable(at int) error {
	info, err := p.file.Stat()
	switch {
	case err != nil: // it is closed
		return fail(p.name, fmt.Errorf("byte %d could not be reached: was it cut short? attach to it again", at))
	case info.Size() <= int64(at):
		return fail(p.name, fmt.Errorf("byte %d is gone: it was cut short, from %d bytes to %d: attach to it again", at, p.size, info.Size()))
	}
	return fail(p.name, fmt.Errorf("byte %d, which it has, could not be reached: is shared memory full? or it was written, which wants Writable", at))
}

// Name returns the segment's name, without a slash before it, as Python's SharedMemory.name. It leads to it once it is published.
func (s *Segment) Name() string { return s.place.name }

// Size returns the bytes of the segment with its header, when it was made or attached to.
func (s *Segment) Size() int64 { return s.place.size }

// Layout returns a copy of the array's layout.
func (s *Segment) Layout() buffer.Layout {
	l := s.layout
	l.Shape, l.Strides = slices.Clone(l.Shape), slices.Clone(l.Strides)
	return l
}

// View returns a view of the array: read-only where the segment was attached to without Writable. The view lives on after
// Close, and when the name is removed. The segment is unmapped when it is closed, and all views of it, and all that was made of
// them, are released.
//
// A segment that somebody cuts short is buffer.ErrFault where the missing bytes are met, with the name and the place.
func (s *Segment) View() (*memoryview.View, error) {
	v, err := memoryview.FromObject(s)
	return v, fromSegment(err)
}

// GetBuffer lends the array. A closed segment is os.ErrClosed.
func (s *Segment) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	b, err := s.own.Lend(s, flags, nil)
	switch {
	case errors.Is(err, buffer.ErrReleased):
		return nil, s.errClosed()
	case err != nil:
		return nil, fail(s.place.name, err)
	}
	return b, nil
}

// Named tells whether the name leads to this segment. It is false before Publish, and when the name was removed meanwhile, or is
// another segment's now: then those who attached still share it, and nobody else can. Python removes the name of what it
// merely attached to when it ends; docs/SHM.md says how to keep it from that. A closed segment is os.ErrClosed.
func (s *Segment) Named() (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own.Released() {
		return false, s.errClosed()
	}
	return isNamed(s.place)
}

// Publish gives a segment of Create's its name. Whoever attaches finds all that was written to it until then; what is written later, they
// see when it is. A name that somebody else has meanwhile is os.ErrExist, and Publish may be tried again. A second Publish, and that of a segment that was
// attached to, is buffer.ErrValue.
func (s *Segment) Publish() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.own.Released():
		return s.errClosed()
	case !s.draft:
		return fail(s.place.name, fmt.Errorf("%w: Publish is for segments of Create's and CreateBare's, once", buffer.ErrValue))
	}
	if err := nameFile(s.place); err != nil {
		return failed(s.place.name, "publishing it", err)
	}
	s.draft = false
	return nil
}

// Close ends this process's part in the segment, but for views that are out, which stay alive. The name stays, and what was published:
// [Remove] ends that. A segment that was not published is gone with its last view. A second call does nothing.
func (s *Segment) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own.Released() {
		return nil
	}
	return errors.Join(s.own.Release(), s.place.file.Close())
}

func (s *Segment) errClosed() error {
	return fail(s.place.name, fmt.Errorf("%w: attach to it again", os.ErrClosed))
}
