package buffer

import (
	"fmt"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Sharing answers whether memory is shared.
type Sharing byte

// The answers of [SharesMemory].
const (
	Apart     Sharing = Sharing(kernel.No)        // no byte belongs to both
	Shared    Sharing = Sharing(kernel.Yes)       // some byte does
	Undecided Sharing = Sharing(kernel.Undecided) // that would take too long to find out, or items lie behind pointers
)

func (s Sharing) String() string {
	switch s {
	case Apart:
		return "apart"
	case Shared:
		return "shared"
	case Undecided:
		return "undecided"
	}
	return fmt.Sprintf("Sharing(%d)", byte(s))
}

// sharingBudget are the steps of a search, some milliseconds.
const sharingBudget = 100_000

// SharesMemory tells whether the items of two objects share a byte (numpy.shares_memory): every second
// item and the ones between do not, though they lie in the same memory. Both are anything that [Get] takes.
//
// The answer is exact. The question is as hard as subset sum, so that the search is bounded; arrays that
// people make take a few steps.
func SharesMemory(a, b any) (sharing Sharing, err error) {
	first, err := Get(a, FullRO)
	if err != nil {
		return Undecided, fmt.Errorf("memory shared with %T: %w", a, err)
	}
	defer first.Release()
	second, err := Get(b, FullRO)
	if err != nil {
		return Undecided, fmt.Errorf("memory shared with %T: %w", b, err)
	}
	defer second.Release()
	if first.Len() == 0 || second.Len() == 0 {
		return Apart, nil
	}
	err = first.Access(func(p unsafe.Pointer) error {
		return second.Access(func(q unsafe.Pointer) error {
			budget := sharingBudget
			x, y := first.Items(p), second.Items(q)
			sharing = Sharing(kernel.Share(&x, &y, &budget))
			return nil
		})
	})
	return sharing, err
}
