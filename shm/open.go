package shm

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/go-memoryview/memoryview/buffer"
)

// Option changes how a segment is attached to.
type Option func(*settings)

type settings struct{ writable bool }

// Writable makes the views of a segment writable: others see at once what is written to them.
func Writable() Option { return func(s *settings) { s.writable = true } }

// Open attaches to a segment that begins with a header, as those of [Create]. The header may be hostile: an array that
// it cannot hold is ErrHeader.
//
// A segment without a header is ErrBare. One that another program is making is ErrNotReady, and ErrAbandoned where that program ended: it holds a lock of the
// file (flock) until the header says that it is ready. Other errors are ErrName, os.ErrNotExist, errors.ErrUnsupported and
// the operating system's.
func Open(name string, opts ...Option) (*Segment, error) {
	return open(name, opts, headed)
}

// OpenBare attaches to a segment of items and nothing else, as Python's SharedMemory and [CreateBare] make them. The layout
// says what lies in it from its first byte on; a segment that cannot hold it is buffer.ErrLayout. Strides may be nil for C order, and an ItemSize of 0 is the
// format's own.
//
// A segment without bytes, which Python's have for a moment, is ErrNotReady. Other errors are Open's, and buffer.ErrFormat.
func OpenBare(name string, l buffer.Layout, opts ...Option) (*Segment, error) {
	return open(name, opts, func(p place) (int64, buffer.Layout, error) {
		l, err := bare(l, p.size)
		return 0, l, err
	})
}

// open attaches to a segment. Layout says what lies in it, and where item 0.
func open(name string, opts []Option, layout func(p place) (int64, buffer.Layout, error)) (*Segment, error) {
	var s settings
	for _, opt := range opts {
		opt(&s)
	}
	name, err := canonical(name)
	if err != nil {
		return nil, err
	}
	p := place{name: name}
	if p.file, p.size, err = openFile(name, s.writable); err != nil {
		return nil, failed(name, "attaching to it", err)
	}
	var offset int64
	var l buffer.Layout
	switch {
	case p.size == 0:
		err = fmt.Errorf("%w: it has no bytes yet: try again; or its maker ended at once: remove it", ErrNotReady)
	case p.size > math.MaxInt:
		err = fmt.Errorf("%w: %d bytes are more than this program's address space", buffer.ErrLayout, p.size)
	default:
		offset, l, err = layout(p)
	}
	if err != nil {
		_ = p.file.Close()
		return nil, fail(name, err)
	}
	return mapped(p, l, offset, s.writable)
}

// bare completes the layout of a bare segment, and checks that it fits.
func bare(l buffer.Layout, size int64) (buffer.Layout, error) {
	if l.Format == "" {
		l.Format = "B"
	}
	if l.ItemSize == 0 {
		var err error
		if l.ItemSize, err = buffer.SizeFromFormat(l.Format); err != nil {
			return l, err
		}
	}
	if l.Suboffsets != nil {
		return l, fmt.Errorf("%w: suboffsets are addresses, which mean nothing in a segment", buffer.ErrLayout)
	}
	l.Shape, l.Strides = slices.Clone(l.Shape), slices.Clone(l.Strides)
	if l.Strides == nil {
		var err error
		if l.Strides, err = buffer.ContiguousStrides(l.Shape, l.ItemSize, buffer.C); err != nil {
			return l, err
		}
	}
	if err := inside(l, 0, size); err != nil {
		return l, fmt.Errorf("its %d bytes: %w", size, err)
	}
	return l, nil
}

// headed reads the header of a segment, and tells whether somebody is still at work on one that is not ready.
func headed(p place) (offset int64, l buffer.Layout, err error) {
	offset, l, err = ReadHeader(p.file, p.size)
	if !errors.Is(err, ErrNotReady) {
		return offset, l, err
	}
	locked, err := isLocked(p.file)
	switch {
	case err != nil:
		return 0, l, fmt.Errorf("asking for its maker's lock: %w", err)
	case locked:
		return 0, l, fmt.Errorf("%w: its maker is at work on it: try again", ErrNotReady)
	}
	// The maker gave the lock back: because it was done meanwhile, or because it ended.
	if offset, l, err = ReadHeader(p.file, p.size); errors.Is(err, ErrNotReady) {
		err = fmt.Errorf("%w: its maker ended before it was ready: remove it", ErrAbandoned)
	}
	return offset, l, err
}
