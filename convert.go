package memoryview

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
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
// nothing is written. Overlapping memory is converted as if through a temporary.
func Convert(dst, src any) error {
	to, temporary, err := loanOf(dst, buffer.Full)
	if err != nil {
		return fmt.Errorf("conversion to %T: %w", dst, err)
	}
	if temporary {
		defer to.Release()
	}
	from, temporary, err := loanOf(src, buffer.FullRO)
	if err != nil {
		return fmt.Errorf("conversion from %T: %w", src, err)
	}
	if temporary {
		defer from.Release()
	}
	err = walkBuffer(to, func(d kernel.Items) error {
		return walkBuffer(from, func(s kernel.Items) error {
			return convert(d, s, to.Type(), from.Type())
		})
	})
	if err != nil {
		return fmt.Errorf("conversion of %.80q to %.80q: %w", from.Format(), to.Format(), err)
	}
	return nil
}

func convert(dst, src kernel.Items, to, from *format.Type) error {
	if err := align(&dst, &src); err != nil || dst.Count() == 0 {
		return err
	}
	numberTo, okTo := numberOf(to)
	numberFrom, okFrom := numberOf(from)
	if !okTo || !okFrom {
		return convertValues(dst, src, to, from)
	}
	if !kernel.Convertible(numberTo, numberFrom) {
		return fmt.Errorf("%w: a complex number has no place there: convert its parts, from a cast to its floats", buffer.ErrType)
	}
	if kernel.Overlap(&dst, &src) {
		src = packed(src)
	}
	if at, ok := kernel.Convert(dst, src, numberTo, numberFrom); !ok {
		return errDoesNotFit(src, from, at)
	}
	return nil
}

// align gives both sides the same shape.
func align(dst, src *kernel.Items) error {
	switch {
	case slices.Equal(dst.Shape, src.Shape):
		return nil
	case len(dst.Shape) == 1 && dst.Suboffsets == nil && dst.Count() == src.Count():
		reshape(dst, src.Shape)
		return nil
	case len(src.Shape) == 1 && src.Suboffsets == nil && dst.Count() == src.Count():
		reshape(src, dst.Shape)
		return nil
	}
	return fmt.Errorf("%w: shape %s to shape %s: give as many items, in the same shape or in one dimension", buffer.ErrValue, tuple(src.Shape), tuple(dst.Shape))
}

// reshape gives items in one dimension another shape.
func reshape(it *kernel.Items, shape []int) {
	strides := make([]int, len(shape))
	kernel.ContiguousStrides(strides, shape, it.Strides[0], false)
	it.Shape, it.Strides = shape, strides
}

// packed is a copy of the items in C order.
func packed(it kernel.Items) kernel.Items {
	data := make([]byte, it.Count()*it.Size)
	kernel.Pack(data, it, false)
	return inOrder(data, it)
}

// inOrder describes bytes that hold items of that shape and size in C order.
func inOrder(data []byte, like kernel.Items) kernel.Items {
	strides := make([]int, len(like.Shape))
	kernel.ContiguousStrides(strides, like.Shape, like.Size, false)
	return kernel.Items{Base: unsafe.Pointer(&data[0]), Size: like.Size, Shape: like.Shape, Strides: strides}
}

func errDoesNotFit(src kernel.Items, from *format.Type, at int) error {
	one := make([]byte, from.Size())
	kernel.PackRange(one, src, at*src.Size)
	value, err := from.Unpack(one)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: item %d, %v, does not fit", buffer.ErrValue, at, value)
}

// convertValues goes by way of Go values, and writes when all of them are packed.
func convertValues(dst, src kernel.Items, to, from *format.Type) error {
	if dst.Size == 0 {
		return nil
	}
	done := make([]byte, dst.Count()*dst.Size)
	kernel.Pack(done, dst, false) // for the padding, which stays as it is
	at, err := 0, error(nil)
	kernel.Each(src, func(p unsafe.Pointer) bool {
		var value any
		if value, err = from.Unpack(unsafe.Slice((*byte)(p), src.Size)); err == nil {
			err = to.Pack(done[at*dst.Size:(at+1)*dst.Size], byPosition(value))
		}
		at++
		return err == nil
	})
	if err != nil {
		return fmt.Errorf("item %d: %w", at-1, err)
	}
	kernel.Unpack(dst, done, false)
	return nil
}

// byPosition takes the names from a record, so that its values go where they stand.
func byPosition(value any) any {
	values, isList := value.([]any)
	if record, ok := value.(format.Record); ok {
		values, isList = record.Values, true
	}
	if !isList {
		return value
	}
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = byPosition(v)
	}
	return list
}
