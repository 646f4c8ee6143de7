package shm

import (
	"fmt"
	"slices"
	"syscall"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// Create makes a segment with a header, for an array of that layout, all zeros. It has no name, and is nobody else's, until
// Publish; whatever happens to the process until then, nothing is left of it. An empty name stands for one that is made up.
//
// The layout is contiguous in C or Fortran order, and its strides may be nil for C. An ItemSize of 0 is the format's
// own. The memory is taken at once, so that too little of it is an error here (ENOSPC) and not a fault later. The
// segment is for this user alone (mode 0600).
//
// A name that is taken is os.ErrExist, here, or from Publish where it is taken meanwhile. Other errors are ErrName, those of package buffer for layouts and
// formats, errors.ErrUnsupported, and the operating system's.
func Create(name string, l buffer.Layout) (*Segment, error) {
	return create(name, l, headerOf)
}

// CreateBare is Create for a segment of items and nothing else, as Python makes them:
//
//	shm = SharedMemory(name)
//	array = numpy.ndarray(shape, dtype, shm.buf)
//
// Who attaches has to know the layout. An array without bytes is buffer.ErrLayout: there are no such segments.
func CreateBare(name string, l buffer.Layout) (*Segment, error) {
	return create(name, l, func(buffer.Layout) ([]byte, error) { return nil, nil })
}

func create(name string, l buffer.Layout, header func(buffer.Layout) ([]byte, error)) (*Segment, error) {
	if name == "" {
		name = randomName()
	}
	name, err := canonical(name)
	if err != nil {
		return nil, err
	}
	l, size, err := whole(l)
	var h []byte
	if err == nil {
		h, err = header(l)
	}
	if err != nil {
		return nil, fail(name, err)
	}
	size += int64(len(h))
	if size == 0 || int64(int(size)) != size {
		return nil, fail(name, fmt.Errorf("%w: a segment of %d bytes: it has at least one, and fits into the address space", buffer.ErrLayout, size))
	}
	p, err := draft(name, h, size)
	if err != nil {
		return nil, err
	}
	s, err := mapped(p, l, int64(len(h)), true)
	if err != nil {
		return nil, err
	}
	s.draft = true
	return s, nil
}

// whole fills in what a layout leaves out, and returns its bytes. It must be contiguous.
func whole(l buffer.Layout) (buffer.Layout, int64, error) {
	if l.Format == "" {
		l.Format = "B"
	}
	t, err := format.Parse(l.Format)
	if err != nil {
		return l, 0, err
	}
	if l.ItemSize == 0 {
		l.ItemSize = t.Size()
	}
	if t.Size() != l.ItemSize && (t.Kind() != format.Struct || t.Size() > l.ItemSize) {
		return l, 0, fmt.Errorf("%w: items of %d bytes, where format %.80q has %d", buffer.ErrLayout, l.ItemSize, l.Format, t.Size())
	}
	if len(l.Shape) > buffer.MaxDims {
		return l, 0, fmt.Errorf("%w: %d dimensions: at most %d are possible", buffer.ErrLayout, len(l.Shape), buffer.MaxDims)
	}
	if l.Suboffsets != nil {
		return l, 0, fmt.Errorf("%w: suboffsets are addresses, which mean nothing to others: copy into a layout without", buffer.ErrLayout)
	}
	ordered, err := buffer.ContiguousStrides(l.Shape, l.ItemSize, buffer.C)
	if err != nil {
		return l, 0, err
	}
	if l.Strides == nil {
		l.Strides = ordered
	}
	if len(l.Strides) != len(l.Shape) || !l.IsContiguous(buffer.Any) {
		return l, 0, fmt.Errorf("%w: shape %v with strides %v: new segments hold items in C or Fortran order: leave the strides out for C",
			buffer.ErrNotContiguous, l.Shape, l.Strides)
	}
	size := l.ItemSize
	for _, extent := range l.Shape {
		size *= extent
	}
	l.Shape, l.Strides = slices.Clone(l.Shape), slices.Clone(l.Strides)
	return l, int64(size), nil
}

// draft makes a segment without a name, of so many bytes, that begins with a header.
func draft(name string, header []byte, size int64) (place, error) {
	const what = "making it"
	p := place{name: name, size: size}
	taken, err := isTaken(name)
	if err == nil && taken {
		err = syscall.EEXIST
	}
	if err == nil {
		p.file, err = makeFile(size)
	}
	if err != nil {
		return p, failed(name, what, err)
	}
	if _, err := p.file.WriteAt(header, 0); err != nil {
		_ = p.file.Close()
		return p, failed(name, what, err)
	}
	return p, nil
}
