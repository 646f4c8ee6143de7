package memoryview

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// CopyFrom assigns to all items of the view, as v[...] = src does in Python; on a view from
// [View.Slice], [View.Sub] or [View.Select] it assigns to that part.
//
// Src is anything that lends its memory with the same shape, item size and format (a leading '@'
// does not count); or an array without dimensions, such as a *float64, whose item goes everywhere;
// or any other value, which is packed as [View.Set] does and goes everywhere. Overlapping memory is
// copied as if through a temporary. Other structures are buffer.ErrValue, read-only memory is
// buffer.ErrReadOnly; on an error nothing is written, unless mapped memory went away on the way
// (buffer.ErrFault).
func (v *View) CopyFrom(src any) error {
	if err := v.check("assignment"); err != nil {
		return err
	}
	if v.buf.ReadOnly() {
		return fmt.Errorf("assignment: %w: assign to a copy, or to a view of writable memory", buffer.ErrReadOnly)
	}
	loan, temporary, err := loanOf(src, buffer.FullRO)
	if errors.Is(err, buffer.ErrType) {
		return v.fill(src, err)
	}
	if err != nil {
		return fmt.Errorf("assignment from %T: %w", src, err)
	}
	if temporary {
		defer loan.Done()
	}
	if err := v.copyFrom(loan); err != nil {
		return fmt.Errorf("assignment from %T: %w", src, err)
	}
	return nil
}

func (v *View) copyFrom(src *buffer.Buffer) error {
	if src.NDim() > 0 || v.buf.NDim() == 0 {
		return v.buf.CopyFrom(src)
	}
	l := v.buf.Layout()
	l.Format, l.ItemSize, l.Suboffsets = src.Format(), src.ItemSize(), nil
	clear(l.Strides)
	everywhere := new(buffer.Buffer)
	if err := src.Derive(everywhere, 0, l, true); err != nil {
		return err
	}
	defer everywhere.Release()
	return v.buf.CopyFrom(everywhere)
}

// fill stores one value in every item. Where the value is no item either, both reasons are told.
func (v *View) fill(value any, noExporter error) error {
	if n := v.buf.ItemSize(); !kernel.Affords(n) { // where there are no items, they can be of any size
		return fmt.Errorf("assignment of %T: %w: an item of %d bytes does not fit into memory", value, buffer.ErrLayout, n)
	}
	typ, item := v.buf.Type(), make([]byte, v.buf.ItemSize())
	if err := typ.Pack(item, value); err != nil {
		return fmt.Errorf("assignment of %T: %w (and %v)", value, err, noExporter)
	}
	return v.pack(value, typ, item)
}

// pack stores a value, which is packed in item, in every item.
func (v *View) pack(value any, typ *format.Type, item []byte) (err error) {
	var items kernel.Items
	visit, err := v.buf.Enter(&items)
	if err != nil {
		return err
	}
	defer visit.Leave(&err)
	if typed.IsLeaf(typ) {
		items.Size = typ.Size()
		if items.Size > 0 && items.Count() > 0 {
			kernel.Copy(items, everywhere(item[:items.Size], items.Shape))
		}
		return nil
	}
	kernel.Each(items, func(p unsafe.Pointer) bool {
		err = typ.Pack(unsafe.Slice((*byte)(p), items.Size), value) // leaves the padding as it is
		return err == nil
	})
	return err
}

// everywhere describes one item as an array of any shape.
func everywhere(item []byte, shape []int) kernel.Items {
	return kernel.Items{Base: unsafe.Pointer(&item[0]), Size: len(item), Shape: shape, Strides: make([]int, len(shape))}
}
