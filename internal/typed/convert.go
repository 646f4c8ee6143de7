package typed

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Convert copies the values of src's items to dst's. On an error nothing is written.
func Convert(dst, src *kernel.Items, to, from *format.Type) error {
	if err := align(dst, src); err != nil || dst.Count() == 0 {
		return err
	}
	numberTo, okTo := NumberOf(to)
	numberFrom, okFrom := NumberOf(from)
	if !okTo || !okFrom {
		return convertValues(*dst, *src, to, from)
	}
	if !kernel.Convertible(numberTo, numberFrom) {
		return fmt.Errorf("%w: a complex number has no place there: convert its parts, from a cast to its floats", format.ErrType)
	}
	if kernel.Overlap(dst, src) {
		if err := checkTemporary(*src); err != nil {
			return err
		}
		*src = packed(*src)
	}
	if at, ok := kernel.Convert(*dst, *src, numberTo, numberFrom); !ok {
		return errDoesNotFit(*src, from, at)
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
	return fmt.Errorf("%w: shape %v to shape %v: give as many items, in the same shape or in one dimension", format.ErrValue, src.Shape, dst.Shape)
}

// reshape gives items in one dimension another shape.
func reshape(it *kernel.Items, shape []int) {
	strides := make([]int, len(shape))
	kernel.ContiguousStrides(strides, shape, it.Strides[0], false)
	it.Shape, it.Strides = shape, strides
}

// checkTemporary refuses what no memory can hold a copy of.
func checkTemporary(it kernel.Items) error {
	if n := it.Count(); n > kernel.MostBytes/it.Size || !kernel.Affords(n*it.Size) {
		return fmt.Errorf("%w: %d items of %d bytes want a temporary that does not fit into memory: convert parts", format.ErrValue, n, it.Size)
	}
	return nil
}

// packed is a copy of the items in C order.
func packed(it kernel.Items) kernel.Items {
	data := make([]byte, it.Count()*it.Size)
	kernel.Pack(data, it, false)
	strides := make([]int, len(it.Shape))
	kernel.ContiguousStrides(strides, it.Shape, it.Size, false)
	return kernel.Items{Base: unsafe.Pointer(&data[0]), Size: it.Size, Shape: it.Shape, Strides: strides}
}

func errDoesNotFit(src kernel.Items, from *format.Type, at int) error {
	one := make([]byte, from.Size())
	kernel.PackRange(one, src, at*src.Size)
	value, err := from.Unpack(one)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: item %d, %v, does not fit", format.ErrValue, at, value)
}

// convertValues goes by way of Go values, and writes when all of them are packed.
func convertValues(dst, src kernel.Items, to, from *format.Type) error {
	if dst.Size == 0 {
		return nil
	}
	if err := checkTemporary(dst); err != nil {
		return err
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
