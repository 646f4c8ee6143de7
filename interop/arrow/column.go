package arrow

import (
	"fmt"
	"os"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

// Column is one column of a record batch in a file. It is an exporter, whose loans are read-only.
type Column struct {
	file         *File
	batch, index int
	layout       buffer.Layout
	offset       int // bytes from the start of the file
	copied       bool
}

// Column returns a column of a record batch, as an exporter. What lies in the file as it is, is lent there, mapped; what does not is copied for each
// loan, as [Column.Copied] tells.
//
// A batch that is not there is buffer.ErrBounds, a name that is not there, or there more than once, arrayfile.ErrName. A column whose
// items cannot be lent is what [Exporter] says: with nulls, buffer.ErrValue. One that lies elsewhere than the file says is
// arrayfile.ErrHeader.
func (f *File) Column(batch int, name string) (*Column, error) {
	if batch < 0 || batch >= f.batches {
		return nil, f.fail(fmt.Errorf("%w: record batch %d of %d", buffer.ErrBounds, batch, f.batches))
	}
	indices := f.Schema().FieldIndices(name)
	if len(indices) != 1 {
		return nil, f.fail(fmt.Errorf("%w: %d of %d columns are called %.40q", arrayfile.ErrName, len(indices), f.Schema().NumFields(), name))
	}
	c := &Column{file: f, batch: batch, index: indices[0]}
	whole, err := f.hold()
	if err != nil {
		return nil, err
	}
	defer whole.Release()
	m, err := c.read()
	if err != nil {
		return nil, f.fail(fmt.Errorf("column %.40q of record batch %d: %w", name, batch, err))
	}
	c.layout = m.layout
	c.offset, c.copied = within(whole, m.place)
	loan, err := c.GetBuffer(buffer.FullRO)
	if err != nil {
		return nil, f.fail(fmt.Errorf("column %.40q of record batch %d: %w: %w", name, batch, arrayfile.ErrHeader, err))
	}
	return c, loan.Release()
}

// View returns a view of a column, as [File.Column] finds it.
func (f *File) View(batch int, name string) (*memoryview.View, error) {
	c, err := f.Column(batch, name)
	if err != nil {
		return nil, err
	}
	return memoryview.FromObject(c)
}

// Copied tells that the items do not lie in the file as they are: they are compressed, or in the byte order of another machine. Each loan
// is a copy then, for which Arrow unpacks the whole record batch.
func (c *Column) Copied() bool { return c.copied }

// GetBuffer lends the items; the flags are checked as buffer.Memory.Lend says. A closed file is os.ErrClosed. Of a mapped column that
// is cut short later, operations meet buffer.ErrFault.
func (c *Column) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	whole, err := c.file.hold()
	if err != nil {
		return nil, err
	}
	defer whole.Release()
	if c.copied {
		m, err := c.read()
		if err != nil {
			return nil, c.file.fail(err)
		}
		return m.place.lend(buffer.Memory{Obj: c, ReadOnly: true}, m.layout, flags)
	}
	var part buffer.Buffer
	if err := whole.Derive(&part, c.offset, c.layout, true); err != nil {
		return nil, err
	}
	defer part.Release()
	return part.Lend(c, flags, nil)
}

// hold is a loan of the whole file, while which Arrow may read it.
func (f *File) hold() (*buffer.Buffer, error) {
	whole, err := hold(f.bytes)
	if err != nil {
		return nil, f.fail(fmt.Errorf("%w: open it again", os.ErrClosed))
	}
	return whole, nil
}

// read finds the items, in the file or unpacked. The memory that they are unpacked to is the collector's.
func (c *Column) read() (m *items, err error) {
	err = guard(func() error {
		batch, err := c.file.reader.RecordBatchAt(c.batch)
		if err != nil {
			return err
		}
		defer batch.Release()
		e, err := Exporter(batch.Column(c.index))
		if err == nil {
			m = e.(*items)
		}
		return err
	})
	return m, err
}

// within says how far from the start of the file items lie, or that they do not lie in it.
func within(whole *buffer.Buffer, p place) (offset int, elsewhere bool) {
	if len(p.bytes) == 0 {
		return 0, false
	}
	first, err := whole.Pointer(0)
	if err != nil {
		return 0, true
	}
	start := uintptr(unsafe.Pointer(unsafe.SliceData(p.bytes)))
	if start < uintptr(first) || start-uintptr(first) >= uintptr(whole.Len()) {
		return 0, true
	}
	return int(start-uintptr(first)) + p.offset, false
}
