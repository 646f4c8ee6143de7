package cpython

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// pyBuffer is a Py_buffer, which lies in C memory. Its layout is part of CPython's stable interface.
type pyBuffer struct {
	buf        uintptr
	obj        uintptr
	len        int
	itemSize   int
	readOnly   int32
	ndim       int32
	format     uintptr
	shape      uintptr
	strides    uintptr
	suboffsets uintptr
	internal   uintptr
}

// GetBuffer lends the object's memory (PyObject_GetBuffer), as an array of NumPy, bytes, bytearray,
// array.array, ctypes or a memoryview do. The loan keeps the object alive and keeps it from being
// resized, as any consumer in Python does. It is given back by a thread that holds the GIL, soon after it ends, and
// before the next call into Python in any case.
//
// An object without buffers that has __dlpack__ (DLPack, as tensors have) lends its memory by that, where it lies on the CPU; read-only where it
// does not say that it may be written.
//
// An object that lends no memory is buffer.ErrType; one that refuses the flags the error for that, with the
// [*Error] that the object raised.
func (o *Object) GetBuffer(flags buffer.Flags) (loan *buffer.Buffer, err error) {
	err = o.with(func(p *Python, object uintptr) (err error) {
		loan, err = p.borrow(o, object, flags, &p.loans)
		return err
	})
	return loan, err
}

// borrow takes a loan, which is among those that Close counts, or nil. The GIL is held.
func (p *Python) borrow(o *Object, object uintptr, flags buffer.Flags, counted *loans) (*buffer.Buffer, error) {
	view, err := getBuffer(object, flags)
	if errors.Is(err, errNoBuffer) {
		view, err = getTensor(o, object)
		if err != nil {
			err = fmt.Errorf("loan of a Python %s: %w", typeNameOf(object), err)
		}
	}
	if err != nil {
		return nil, err
	}
	counted.add(view)
	giveBack := func() {
		counted.remove(view)
		p.returns.addBuffer(view)
	}
	m, offset, l, err := (*pyBuffer)(pointer(view)).memory()
	if err == nil {
		m.Obj, m.Release = o, giveBack
		var loan *buffer.Buffer
		if loan, err = m.Lend(offset, l, flags); err == nil {
			return loan, nil
		}
	}
	giveBack()
	return nil, err
}

// errNoBuffer: the object has no part in the buffer protocol, nor in DLPack.
var errNoBuffer = fmt.Errorf("%w: it lends no memory: give an array, bytes, or another object with the buffer protocol or __dlpack__", buffer.ErrType)

// getBuffer asks for the whole layout, whatever the flags: they are checked afterwards. Only write access
// must be asked for, and a format must not be where the object has none and none is wanted. The GIL is held.
func getBuffer(object uintptr, flags buffer.Flags) (view uintptr, err error) {
	if call(c.CheckBuffer, object) == 0 {
		return 0, errNoBuffer
	}
	view = call(c.RawCalloc, 1, unsafe.Sizeof(pyBuffer{}))
	if view == 0 {
		return 0, fmt.Errorf("loan of a Python %s: %w: no memory for a Py_buffer", typeNameOf(object), buffer.ErrValue)
	}
	if err = request(object, view, buffer.FullRO|flags&buffer.Writable); err == nil {
		return view, nil
	}
	kind := buffer.ErrType
	if flags.Has(buffer.Writable) && request(object, view, buffer.FullRO) == nil {
		call(c.BufferRelease, view)
		kind = buffer.ErrReadOnly
	} else if request(object, view, buffer.Indirect|flags&buffer.Writable) == nil {
		if !flags.Has(buffer.Format) {
			return view, nil
		}
		call(c.BufferRelease, view)
		kind = buffer.ErrFormat
	}
	call(c.RawFree, view)
	return 0, fmt.Errorf("%w: loan of a Python %s: %w", kind, typeNameOf(object), err)
}

func request(object, view uintptr, flags buffer.Flags) error {
	if !ok(call(c.GetBuffer, object, view, uintptr(flags))) {
		return raised()
	}
	return nil
}

// memory says what is lent: the block of bytes that the items cover, and where item 0 lies in it.
func (b *pyBuffer) memory() (m buffer.Memory, offset int, l buffer.Layout, err error) {
	ndim := int(b.ndim)
	if ndim < 0 || ndim > buffer.MaxDims {
		return m, 0, l, fmt.Errorf("%w: %d dimensions", buffer.ErrLayout, ndim)
	}
	if ndim > 0 && b.shape == 0 {
		return m, 0, l, errors.Join(buffer.ErrLayout, errors.New("an exporter without a shape"))
	}
	l = buffer.Layout{
		ItemSize: b.itemSize, Format: goString(b.format),
		Shape: b.ints(b.shape), Strides: b.ints(b.strides), Suboffsets: b.ints(b.suboffsets),
	}
	first, end := span(l, b.len)
	m = buffer.Memory{Base: pointer(b.buf + uintptr(first)), Size: end - first, ReadOnly: b.readOnly != 0}
	if m.Size <= 0 {
		m.Base, m.Size = nil, 0
	}
	return m, -first, l, nil
}

// ints reads an array with an entry for each dimension. It is read only, and copied by who keeps it.
func (b *pyBuffer) ints(address uintptr) []int {
	if address == 0 {
		return nil
	}
	return unsafe.Slice((*int)(pointer(address)), int(b.ndim))
}

// span returns the bytes that the items cover, from item 0. Whether that is so, Lend checks, which
// knows of overflow.
func span(l buffer.Layout, size int) (first, end int) {
	if l.Strides == nil || size == 0 {
		return 0, size
	}
	end = l.ItemSize
	for d, extent := range l.Shape {
		if reach := (extent - 1) * l.Strides[d]; reach < 0 {
			first += reach
		} else {
			end += reach
		}
		if l.Suboffsets != nil && l.Suboffsets[d] >= 0 { // these are pointers
			return first, end - l.ItemSize + int(unsafe.Sizeof(uintptr(0)))
		}
	}
	return first, end
}
