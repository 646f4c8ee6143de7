package arrayfile

import (
	"errors"
	"io"
	"math"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/shm"
)

// readSegment reads a shared segment with a header, or a copy of one in a file. The header is package shm's.
func readSegment(r io.ReaderAt, size int64) (content, error) {
	offset, l, err := shm.ReadHeader(r, min(size, math.MaxInt))
	if err != nil {
		return content{}, badHeader(0, "%w", err)
	}
	a := &Array{layout: l, offset: offset, order: buffer.C}
	switch {
	case l.IsContiguous(buffer.C):
	case l.IsContiguous(buffer.F):
		a.order = buffer.F
	default:
		return content{}, badHeader(0, "%w: items with gaps, of strides %v: attach to it by package shm", errors.ErrUnsupported, l.Strides)
	}
	return content{kind: "shared segment", arrays: []*Array{a}}, nil
}
