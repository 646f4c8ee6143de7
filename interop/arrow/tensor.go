package arrow

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/tensor"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

// Tensor returns the items of a view as a tensor of Arrow's, in the view's memory, with names for its dimensions or without. It
// has a hold on the memory as an [Array] has.
//
// Its strides are the view's. Those that are negative, or no multiples of the item size, are buffer.ErrNotContiguous, as Arrow counts upwards in whole
// items; what Arrow has no tensors of (float16, complex numbers, bools, bytes, another byte order) is buffer.ErrType. Of a file that
// is cut short holds what [Array] says.
func Tensor(v *memoryview.View, names ...string) (tensor.Interface, error) {
	loan, err := hold(v)
	if err != nil {
		return nil, fmt.Errorf("tensor of Arrow's over a view: %w", err)
	}
	t, err := tensorOf(loan, names)
	if err != nil {
		_ = loan.Release()
		return nil, fmt.Errorf("tensor of Arrow's over a view: %w", err)
	}
	return t, nil
}

// tensorOf takes over the loan, unless it fails.
func tensorOf(loan *buffer.Buffer, names []string) (tensor.Interface, error) {
	l := loan.Layout()
	if names != nil && len(names) != len(l.Shape) {
		return nil, fmt.Errorf("%w: %d names for %d dimensions", buffer.ErrValue, len(names), len(l.Shape))
	}
	dt, err := typeOf(loan.Type())
	if err != nil {
		return nil, err
	}
	if dt.ID() == arrow.FLOAT16 || dt.ID() == arrow.FIXED_SIZE_BINARY {
		return nil, fmt.Errorf("%w: items of format %.40q: Arrow has no such tensors: an Array may have them, or copy by memoryview.Convert", buffer.ErrType, l.Format)
	}
	shape, strides, last := make([]int64, len(l.Shape)), make([]int64, len(l.Shape)), 0
	for d, stride := range l.Strides {
		if l.Shape[d] <= 1 { // no step is ever made
			stride = l.ItemSize
		}
		if stride < 0 || stride%l.ItemSize != 0 {
			return nil, fmt.Errorf("%w: stride %d of dimension %d: Arrow counts upwards in whole items, of %d bytes: copy by memoryview.GetContiguous",
				buffer.ErrNotContiguous, stride, d, l.ItemSize)
		}
		shape[d], strides[d] = int64(l.Shape[d]), int64(stride)
		last += (l.Shape[d] - 1) * stride
	}
	n := last/l.ItemSize + 1
	if loan.Len() == 0 {
		n = 0
	}
	data, err := dataOf(loan, n)
	if err != nil {
		return nil, err
	}
	defer data.Release()
	return tensor.New(data, shape, strides, names), nil
}
