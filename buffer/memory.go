package buffer

import (
	"fmt"
	"unsafe"
)

// Exporter is an object that lends its memory (Python's bf_getbuffer). It answers with a loan, most
// easily made by [Memory.Lend], or with an error that says which of the flags it cannot serve. Many
// goroutines may ask at once. Package buffertest puts exporters through what they owe.
type Exporter interface {
	GetBuffer(flags Flags) (*Buffer, error)
}

// Memory is what an exporter lends: a block of bytes, its owner, and a way to give it back.
type Memory struct {
	Base     unsafe.Pointer // the first byte; nil only where Size is 0
	Size     int            // bytes
	ReadOnly bool           // nobody may write through a loan
	Mapped   bool           // an access may fault, as in a mapped file that is cut short: such faults become ErrFault
	Obj      any            // the exporter, kept alive by the loan and returned by Buffer.Obj

	// Explain says what it means that a byte of Mapped memory could not be reached, such as where in which file it
	// lies: what it returns is wrapped beside ErrFault. It must not refer to the loan. Nil is for nothing to add.
	Explain func(offset int) error

	// Release is called once, when the last holder of the loan is released or, where one was
	// leaked, some time after the collector noticed: then from a goroutine of the runtime. It must
	// not refer to the loan. Nil means Go memory that the collector may keep and free as usual.
	Release func()
}

// Lend makes a loan of the memory (PyBuffer_FillInfo, for any layout). Item 0 lies at offset, in
// bytes from Base. A layout is accepted only when every item that it can reach lies inside the
// memory, else the error is ErrLayout or ErrFormat; flags are checked as CPython's exporters check
// them: ErrReadOnly, ErrNotContiguous, ErrLayout for suboffsets nobody asked for, or ErrValue for
// Format without ND on what is no row of bytes. With
// suboffsets, the pointers must lie in the memory; that they lead to the items, and are not nil where
// there are any, is the exporter's word.
//
// Release is not called when Lend fails. The layout's slices are copied.
func (m Memory) Lend(offset int, l Layout, flags Flags) (*Buffer, error) {
	if m.Size < 0 || m.Base == nil && m.Size > 0 {
		return nil, fmt.Errorf("%w: memory of %d bytes at %p", ErrValue, m.Size, m.Base)
	}
	it, err := newItem(l.ItemSize, l.Format)
	if err != nil {
		return nil, err
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	var strides [inlineDims]int
	l.Strides = l.allStrides(strides[:])
	if err := l.inside(0, m.Size, offset); err != nil {
		return nil, err
	}
	if err := request(&l, m.ReadOnly, flags); err != nil {
		return nil, err
	}
	b := m.newLoan()
	b.base, b.offset, b.readOnly, b.flags = m.Base, offset, m.ReadOnly, flags
	b.set(it, &l)
	return b, nil
}

// newLoan returns a buffer that holds a block of the memory.
func (m *Memory) newLoan() *Buffer {
	if m.Release != nil || m.Mapped {
		b := new(Buffer)
		b.block.Store(newBlock(m))
		return b
	}
	loan := new(struct { // the block of Go memory has no cleanup, and needs no room of its own
		Buffer
		block
	})
	loan.block = blockOf(m)
	loan.Buffer.block.Store(&loan.block)
	return &loan.Buffer
}

// request checks a consumer's flags in the order in which CPython's exporters do.
func request(l *Layout, readOnly bool, flags Flags) error {
	switch {
	case flags == Read || flags == Write:
		return errAccessFlag()
	case flags.Has(Writable) && readOnly:
		return fmt.Errorf("%w: request Writable: ask without it, or copy", ErrReadOnly)
	case flags.Has(CContiguous) && !l.IsContiguous(C):
		return fmt.Errorf("%w: request CContiguous: ask for Strides, or copy", l.CheckContiguous(C))
	case flags.Has(FContiguous) && !l.IsContiguous(F):
		return fmt.Errorf("%w: request FContiguous: ask for Strides, or copy", l.CheckContiguous(F))
	case flags.Has(AnyContiguous) && !l.IsContiguous(Any):
		return fmt.Errorf("%w: request AnyContiguous: ask for Strides, or copy", l.CheckContiguous(Any))
	case !flags.Has(Indirect) && l.Suboffsets != nil:
		return fmt.Errorf("%w: the items lie behind pointers (suboffsets): request Indirect, or copy", ErrLayout)
	case !flags.Has(Strides) && !l.IsContiguous(C):
		return fmt.Errorf("%w: request %v: ask for Strides, or copy", l.CheckContiguous(C), flags)
	case flags.Has(Format) && !flags.Has(ND) && !l.plainBytes():
		return fmt.Errorf("%w: request Format without ND: without a shape items are bytes, which have no format", ErrValue)
	}
	return nil
}

func errAccessFlag() error {
	return fmt.Errorf("%w: flags Read and Write are for FromMemory and GetContiguous: request Simple or Writable", ErrValue)
}

// plainBytes reports whether the items are a row of bytes, as PyBuffer_FillInfo lends them.
func (l *Layout) plainBytes() bool {
	return len(l.Shape) == 1 && l.ItemSize == 1 && (l.Format == "B" || l.Format == "")
}
