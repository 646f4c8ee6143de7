package arrow

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/arrow/tensor"

	"github.com/go-memoryview/memoryview/buffer"
)

// Exporter returns an exporter of an array's items, where they lie, read-only: of shape (len,), and with another dimension
// for each level of lists of fixed size. The package's documentation says of which types.
//
// Types without items side by side are buffer.ErrType, and arrays with nulls buffer.ErrValue: [Values] lends those. The exporter
// itself does not retain the array, its loans do: an array that is released is buffer.ErrReleased. Obj of a loan is the array.
func Exporter(a arrow.Array) (buffer.Exporter, error) {
	e, err := newItems(a)
	if err != nil {
		return nil, err
	}
	n, err := nulls(a.Data(), 0, a.Len())
	if err == nil && n > 0 {
		err = fmt.Errorf("%w: %d of its items are null: Values lends what lies there, and Validity says which hold", buffer.ErrValue, n)
	}
	if err != nil {
		return nil, fmt.Errorf("exporter of an Arrow array: %w", err)
	}
	return e, nil
}

// Values is [Exporter] for arrays with nulls: what lies under one is undefined, often zero.
func Values(a arrow.Array) (buffer.Exporter, error) { return newItems(a) }

// Validity returns for each item of an array whether it holds a value: a copy, since Arrow keeps it in bits. The items of lists of
// fixed size have a validity of their own: that of their ListValues.
func Validity(a arrow.Array) []bool {
	valid := make([]bool, a.Len())
	for i := range valid {
		valid[i] = a.IsValid(i)
	}
	return valid
}

// TensorExporter returns an exporter of a tensor's items, where they lie, read-only, with its shape and its strides, in rows or columns
// or otherwise. It is as [Exporter] is.
func TensorExporter(t tensor.Interface) (buffer.Exporter, error) {
	l, err := layoutOf(t.DataType())
	if err == nil && t.Data() == nil {
		err = buffer.ErrReleased
	}
	if err == nil {
		l.Shape, l.Strides = ints(t.Shape()), ints(t.Strides())
		var at place
		if at, err = placeOf(t.Data(), t.Data().Offset(), l.ItemSize); err == nil {
			return &items{of: t, data: t.Data(), layout: l, place: at}, nil
		}
	}
	return nil, fmt.Errorf("exporter of an Arrow tensor: %w", err)
}

func ints(numbers []int64) []int {
	narrow := make([]int, len(numbers))
	for i, n := range numbers {
		if narrow[i] = int(n); int64(narrow[i]) != n { // on a machine of 32 bits
			narrow[i] = math.MaxInt
		}
	}
	return narrow
}

// items are those of an array or a tensor.
type items struct {
	of     any
	data   arrow.ArrayData
	layout buffer.Layout
	place  place
}

func newItems(a arrow.Array) (*items, error) {
	data := a.Data()
	l, err := layoutOf(a.DataType())
	if err != nil {
		return nil, fmt.Errorf("exporter of an Arrow array: %w", err)
	}
	l.Shape = slices.Insert(l.Shape, 0, a.Len())
	at, err := placeOf(data, data.Offset(), l.ItemSize)
	if err != nil {
		return nil, fmt.Errorf("exporter of an Arrow array: %w", err)
	}
	return &items{of: a, data: data, layout: l, place: at}, nil
}

// GetBuffer lends the items; the flags are checked as buffer.Memory.Lend says.
func (m *items) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	m.data.Retain()
	if len(m.data.Buffers()) == 0 { // nobody had retained it
		return nil, fmt.Errorf("loan of an Arrow array: %w", buffer.ErrReleased)
	}
	loan, err := m.place.lend(buffer.Memory{Obj: m.of, ReadOnly: true, Release: m.data.Release}, m.layout, flags)
	if err != nil {
		m.data.Release()
	}
	return loan, err
}

// place is where the items of an array begin.
type place struct {
	bytes  []byte // of the whole buffer
	offset int
}

// placeOf finds the item with that index, counted without the array's own offset. Lists of fixed size lie in the array of what
// they are lists of.
func placeOf(data arrow.ArrayData, index, itemSize int) (place, error) {
	if list, child := listOf(data); list != nil {
		inner, ok := times(index, int(list.Len()), child.Offset())
		if !ok {
			return place{}, errTooLarge
		}
		return placeOf(child, inner, itemSize)
	}
	if len(data.Buffers()) < 2 {
		return place{}, fmt.Errorf("%w: an array without its items", buffer.ErrReleased)
	}
	var bytes []byte
	if b := data.Buffers()[1]; b != nil {
		bytes = b.Bytes()
	}
	offset, ok := times(index, itemSize, 0)
	if !ok {
		return place{}, errTooLarge
	}
	return place{bytes, offset}, nil
}

// listOf returns the type of an array of lists of fixed size, and what these are made of, or nil.
func listOf(data arrow.ArrayData) (*arrow.FixedSizeListType, arrow.ArrayData) {
	list, is := storage(data.DataType()).(*arrow.FixedSizeListType)
	if !is || len(data.Children()) != 1 { // it has none once it is released
		return nil, nil
	}
	return list, data.Children()[0]
}

var errTooLarge = fmt.Errorf("%w: larger than the address space", buffer.ErrLayout)

// times returns a*b+c, where none of them is negative and that has room.
func times(a, b, c int) (int, bool) {
	if a < 0 || b < 0 || c < 0 || b > 0 && a > (math.MaxInt-c)/b {
		return 0, false
	}
	return a*b + c, true
}

// lend makes a loan. Where there are no items there may be no memory either.
func (p place) lend(m buffer.Memory, l buffer.Layout, flags buffer.Flags) (*buffer.Buffer, error) {
	if slices.Contains(l.Shape, 0) {
		return m.Lend(0, l, flags)
	}
	m.Base, m.Size = unsafe.Pointer(unsafe.SliceData(p.bytes)), len(p.bytes)
	return m.Lend(p.offset, l, flags)
}

// nulls counts the nulls among n items from one on, those inside of lists of fixed size too.
func nulls(data arrow.ArrayData, from, n int) (count int, err error) {
	first := data.Offset() + from
	if b := data.Buffers(); len(b) > 0 && data.NullN() != 0 {
		if count, err = unset(b[0], first, n); err != nil {
			return 0, err
		}
	}
	list, child := listOf(data)
	if list == nil {
		return count, nil
	}
	inner, ok1 := times(first, int(list.Len()), 0)
	innerN, ok2 := times(n, int(list.Len()), 0)
	if !ok1 || !ok2 {
		return 0, errTooLarge
	}
	more, err := nulls(child, inner, innerN)
	return count + more, err
}

// unset counts the bits that are not set among n from one on. There is no bitmap where all hold.
func unset(bitmap *memory.Buffer, from, n int) (int, error) {
	if bitmap == nil || bitmap.Len() == 0 || n == 0 {
		return 0, nil
	}
	if from < 0 || n < 0 || from > math.MaxInt-n || from+n > bitmap.Len()*8 {
		return 0, fmt.Errorf("%w: the bitmap of nulls has %d bytes for %d items", buffer.ErrLayout, bitmap.Len(), n)
	}
	return n - bitutil.CountSetBits(bitmap.Bytes(), from, n), nil
}
