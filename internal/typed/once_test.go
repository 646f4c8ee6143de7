package typed

import (
	"math"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// TestItemsOfNoBytes counts items of no bytes whose strides lead anywhere, as Python's can: none may be followed.
func TestItemsOfNoBytes(t *testing.T) {
	typ, err := format.Parse("T{}")
	if err != nil {
		t.Fatal(err)
	}
	var place byte
	items := kernel.Items{Base: unsafe.Pointer(&place), Shape: []int{1 << 14, 1, math.MaxInt >> 15}, Strides: []int{math.MaxInt, 3, -1 << 20}}
	for what, c := range map[string]struct {
		value        any
		count, first int
	}{
		"a record": {[]any{}, items.Count(), 0},
		"a number": {7, 0, -1},
	} {
		if n, err := Count(&items, typ, c.value); n != c.count || err != nil {
			t.Errorf("%s: %d, %v", what, n, err)
		}
		if n, err := Index(&items, typ, c.value); n != c.first || err != nil {
			t.Errorf("%s: the first is %d, %v", what, n, err)
		}
	}
	if equal, err := Equal(items, items, typ, typ); !equal || err != nil {
		t.Errorf("unequal to themselves: %v", err)
	}
}
