package memoryview

import (
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// Convert copies the values of all items of src to dst, whatever the two formats are: []float64 from
// items of '>f', a '<h' file from a []int. Both are anything that [buffer.Get] takes, of the same shape;
// or one of them has one dimension with as many items, which go in C order.
//
// Between numbers it does what Go's conversions do, as long as the value fits: floats lose their
// fraction as integers, integers and floats are rounded to the floats of dst, which may become infinite;
// false is 0, true is 1, and all but 0 is true. Other items, and long doubles, are unpacked and packed as
// package format does, records by the position of their fields, whatever the names.
//
// A number that does not fit (300 as 'B', NaN as 'i') is buffer.ErrValue; so are different shapes.
// Formats that cannot be converted, as complex numbers to real ones, are buffer.ErrType. On an error
// nothing is written, unless mapped memory went away on the way (buffer.ErrFault). Overlapping memory is converted as if through a temporary.
func Convert(dst, src any) error {
	to, temporary, err := loanOf(dst, buffer.Full)
	if err != nil {
		return fmt.Errorf("conversion to %T: %w", dst, err)
	}
	if temporary {
		defer to.Done()
	}
	from, temporary, err := loanOf(src, buffer.FullRO)
	if err != nil {
		return fmt.Errorf("conversion from %T: %w", src, err)
	}
	if temporary {
		defer from.Done()
	}
	if err := convertBuffer(to, from); err != nil {
		return fmt.Errorf("conversion of %.80q to %.80q: %w", from.Format(), to.Format(), err)
	}
	return nil
}

func convertBuffer(to, from *buffer.Buffer) (err error) {
	var dst, src kernel.Items
	visitTo, err := to.Enter(&dst)
	if err != nil {
		return err
	}
	defer visitTo.Leave(&err)
	visitFrom, err := from.Enter(&src)
	if err != nil {
		return err
	}
	defer visitFrom.Leave(&err)
	return typed.Convert(&dst, &src, to.Type(), from.Type())
}
