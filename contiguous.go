package memoryview

import (
	"fmt"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// GetContiguous returns a view of the object's memory in one run (PyMemoryView_GetContiguous).
// Where the memory is contiguous in that order, it is the original memory, for both accesses; where
// it is not, buffer.Read gets a read-only copy, whose Base is the new []byte, in C order for
// buffer.Any, and buffer.Write is refused with buffer.ErrNotContiguous, since writes to a copy
// would be lost. buffer.Write on read-only memory is buffer.ErrReadOnly.
func GetContiguous(obj any, access buffer.Flags, order buffer.Order) (*View, error) {
	if err := checkAccess(access); err != nil {
		return nil, err
	}
	if !order.Valid() {
		return nil, fmt.Errorf("%w: order %q: use buffer.C, buffer.F or buffer.Any", buffer.ErrValue, rune(order))
	}
	v, err := FromObject(obj)
	if err != nil {
		return nil, err
	}
	if access == buffer.Write && v.buf.ReadOnly() {
		_ = v.Release()
		return nil, fmt.Errorf("contiguous view of %T: %w: ask for buffer.Read", obj, buffer.ErrReadOnly)
	}
	if v.buf.IsContiguous(order) {
		return v, nil
	}
	defer v.Release()
	if access == buffer.Write {
		return nil, fmt.Errorf("contiguous view of %T: %w: a copy would lose what is written: ask for buffer.Read", obj, buffer.ErrNotContiguous)
	}
	return v.contiguousCopy(order)
}

// contiguousCopy returns a read-only view of a copy, contiguous in that order.
func (v *View) contiguousCopy(order buffer.Order) (*View, error) {
	if order == buffer.Any {
		order = buffer.C
	}
	data, err := v.ToBytes(order)
	if err != nil {
		return nil, err
	}
	l := v.buf.Layout()
	l.Suboffsets = nil
	if l.Strides, err = buffer.ContiguousStrides(l.Shape, l.ItemSize, order); err != nil {
		return nil, err
	}
	m := buffer.Memory{Base: unsafe.Pointer(unsafe.SliceData(data)), Size: len(data), ReadOnly: true, Obj: data}
	b, err := m.Lend(0, l, buffer.FullRO)
	if err != nil {
		return nil, err
	}
	return takeOver(b)
}
