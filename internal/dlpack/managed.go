package dlpack

import (
	"fmt"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// Open returns the tensor of a Versioned, or else of a Managed, and whether it must not be written: one without a version cannot say so,
// and is not written. Another major version is buffer.ErrType.
func Open(managed unsafe.Pointer, versioned bool) (t *Tensor, readOnly bool, err error) {
	if !versioned {
		return &(*Managed)(managed).Tensor, true, nil
	}
	v := (*Versioned)(managed)
	if v.Major != Major {
		return nil, false, fmt.Errorf("%w: a tensor of DLPack %d.%d: %d is understood", buffer.ErrType, v.Major, v.Minor, Major)
	}
	return &v.Tensor, v.Flags&ReadOnly != 0, nil
}

// Owner is who has the memory of a tensor that is written: what its deleter finds it by, and the deleter.
type Owner struct{ Context, Deleter uintptr }

// Fill makes a Versioned, or else a Managed, in memory that is zero, of items as [Tensor.Write] describes them. Read-only items without a
// version are buffer.ErrReadOnly.
func Fill(managed unsafe.Pointer, versioned bool, flags uint64, owner Owner, item0 uintptr, l buffer.Layout, numbers []int64) error {
	if !versioned {
		if flags&ReadOnly != 0 {
			return fmt.Errorf("%w: only DLPack 1 can say so: give max_version=(1, 0), or copy=True", buffer.ErrReadOnly)
		}
		m := (*Managed)(managed)
		m.Context, m.Deleter = owner.Context, owner.Deleter
		return m.Tensor.Write(item0, l, numbers)
	}
	v := (*Versioned)(managed)
	v.Major, v.Minor, v.Flags, v.Context, v.Deleter = Major, Minor, flags, owner.Context, owner.Deleter
	return v.Tensor.Write(item0, l, numbers)
}
