package arrow

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

// Array returns the items of a view as an array of Arrow's, in the view's memory, without nulls: of numbers, or of fixed size binaries
// for the formats s; every dimension but the first is a list of fixed size. The array has a hold of its own on the memory, which its last Release gives
// back: the view may be released before.
//
// A view whose items do not lie in C order without gaps is buffer.ErrNotContiguous: [Tensor] takes it, or memoryview.GetContiguous copies
// it. Items that Arrow has no type for are buffer.ErrType, bools among them, which Arrow keeps in bits. A view without dimensions, or with
// no items along one but the first, is buffer.ErrValue.
//
// Arrow computes with arrays as with Go's memory: a mapped file that is cut short meanwhile ends the process, unless
// that happens inside an array.Guard of this module.
func Array(v *memoryview.View) (arrow.Array, error) {
	loan, err := hold(v)
	if err != nil {
		return nil, fmt.Errorf("array of Arrow's over a view: %w", err)
	}
	data, err := arrayData(loan)
	if err != nil {
		_ = loan.Release()
		return nil, fmt.Errorf("array of Arrow's over a view: %w", err)
	}
	defer data.Release()
	return array.MakeFromData(data), nil
}

// hold is another loan of what a view has.
func hold(v *memoryview.View) (*buffer.Buffer, error) {
	loan := new(buffer.Buffer)
	if err := v.Buffer().Cut(loan); err != nil {
		return nil, err
	}
	if loan.Indirect() {
		_ = loan.Release()
		return nil, fmt.Errorf("%w: the items lie behind pointers (suboffsets): copy by memoryview.GetContiguous", buffer.ErrLayout)
	}
	return loan, nil
}

// arrayData takes over the loan, unless it fails.
func arrayData(loan *buffer.Buffer) (arrow.ArrayData, error) {
	if !loan.IsContiguous(buffer.C) {
		return nil, fmt.Errorf("%w in C order: strides %v: a Tensor may have them, or copy by memoryview.GetContiguous", buffer.ErrNotContiguous, loan.Layout().Strides)
	}
	if loan.NDim() == 0 {
		return nil, fmt.Errorf("%w: one item without dimensions: cast it to the shape (1,)", buffer.ErrValue)
	}
	n := loan.Extent(0)
	for d := 1; d < loan.NDim(); d++ {
		extent := loan.Extent(d)
		if extent == 0 || extent > math.MaxInt32 {
			return nil, fmt.Errorf("%w: extent %d of dimension %d: Arrow's lists of fixed size have 1 to %d items", buffer.ErrValue, extent, d, math.MaxInt32)
		}
		n *= extent
	}
	data, err := dataOf(loan, n)
	for d := loan.NDim() - 1; d > 0 && err == nil; d-- {
		extent := loan.Extent(d)
		n /= extent
		list := array.NewData(arrow.FixedSizeListOfNonNullable(int32(extent), data.DataType()), n, []*memory.Buffer{nil}, []arrow.ArrayData{data}, 0, 0)
		data.Release()
		data = list
	}
	return data, err
}

// dataOf is an array of n items side by side, from the first item of a loan on, which it takes over unless it fails.
func dataOf(loan *buffer.Buffer, n int) (arrow.ArrayData, error) {
	dt, err := typeOf(loan.Type())
	if err != nil {
		return nil, err
	}
	size := loan.Type().Size()
	if loan.ItemSize() != size {
		return nil, fmt.Errorf("%w: items of %d bytes, of which their format describes %d: copy by memoryview.Convert", buffer.ErrLayout, loan.ItemSize(), size)
	}
	var bytes []byte
	if n > 0 {
		first, err := loan.Pointer(make([]int, loan.NDim())...)
		if err != nil {
			return nil, err
		}
		if dt.ID() != arrow.FIXED_SIZE_BINARY && uintptr(first)%uintptr(size) != 0 {
			return nil, fmt.Errorf("%w: the items are not aligned to %d bytes: copy by memoryview.Convert", buffer.ErrLayout, size)
		}
		bytes = unsafe.Slice((*byte)(first), n*size)
	}
	items := memory.NewBufferWithAllocator(bytes, returns{loan})
	defer items.Release()
	return array.NewData(dt, n, []*memory.Buffer{nil, items}, nil, 0, 0), nil
}

// returns is the allocator that Arrow gives memory back to: it ends the loan.
type returns struct{ loan *buffer.Buffer }

func (r returns) Free([]byte) { _ = r.loan.Release() }

func (returns) Allocate(int) []byte           { panic("arrow: memory that is lent does not grow") }
func (returns) Reallocate(int, []byte) []byte { panic("arrow: memory that is lent does not grow") }
