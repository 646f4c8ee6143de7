package memoryview

import (
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// Equal reports whether the view and the memory of other have the same shape and equal items
// (memoryview's ==). Items of any formats are compared by value, number by number: 1 equals 1.0, NaN
// equals nothing, bytes never equal numbers, records and subarrays are equal when all that is in them
// is, in order, whatever its names. Dimensions after one without items do not count.
//
// A released view equals itself and nothing else; what lends no memory is unequal. An error is one
// of reading the items.
func (v *View) Equal(other any) (bool, error) {
	if v.buf.Released() {
		return any(v) == other, nil
	}
	loan, temporary, err := loanOf(other, buffer.FullRO)
	if err != nil {
		return false, nil
	}
	if temporary {
		defer loan.Done()
	}
	equal, err := equalBuffers(&v.buf, loan)
	if err != nil {
		return false, fmt.Errorf("comparison with %T: %w", other, err)
	}
	return equal, nil
}

func equalBuffers(a, b *buffer.Buffer) (equal bool, err error) {
	var itemsA, itemsB kernel.Items
	visitA, err := a.Enter(&itemsA)
	if err != nil {
		return false, err
	}
	defer visitA.Leave(&err)
	visitB, err := b.Enter(&itemsB)
	if err != nil {
		return false, err
	}
	defer visitB.Leave(&err)
	return typed.Equal(itemsA, itemsB, a.Type(), b.Type())
}
