package export

import (
	"fmt"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// Rows returns an exporter of rows that lie apart, as a matrix of two dimensions whose first one
// has suboffsets (the layout of PIL's images in PEP 3118). The rows are lent as they lie, without
// copying, and must have the same length: else the error is buffer.ErrLayout. T is what
// buffer.Get takes in a slice; T with a bool inside is lent read-only.
func Rows[T any](rows [][]T) (buffer.Exporter, error) {
	r := &pointerRows{table: make([]unsafe.Pointer, len(rows))}
	var first []T
	if len(rows) > 0 {
		first = rows[0]
	}
	loan, err := buffer.Get(first, buffer.FullRO)
	if err != nil {
		return nil, fmt.Errorf("rows: %w", err)
	}
	defer loan.Release()
	for i, row := range rows {
		if len(row) != len(first) {
			return nil, fmt.Errorf("rows: %w: row %d has %d items, row 0 has %d", buffer.ErrLayout, i, len(row), len(first))
		}
		r.table[i] = unsafe.Pointer(unsafe.SliceData(row))
	}
	r.describe(loan.Layout())
	r.readOnly = loan.ReadOnly()
	return r, nil
}

type pointerRows struct {
	table    []unsafe.Pointer // where each row begins: the collector sees the rows through it
	layout   buffer.Layout
	readOnly bool
}

// describe puts the dimension of the pointers before those of a row.
func (r *pointerRows) describe(row buffer.Layout) {
	const pointerSize = int(unsafe.Sizeof(r.table[0]))
	r.layout = row
	r.layout.Shape = append([]int{len(r.table)}, row.Shape...)
	r.layout.Strides = append([]int{pointerSize}, row.Strides...)
	r.layout.Suboffsets = make([]int, len(r.layout.Shape))
	for d := 1; d < len(r.layout.Suboffsets); d++ {
		r.layout.Suboffsets[d] = -1
	}
}

// GetBuffer lends the rows: the flags must include buffer.Indirect.
func (r *pointerRows) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	m := buffer.Memory{
		Base:     unsafe.Pointer(unsafe.SliceData(r.table)),
		Size:     len(r.table) * int(unsafe.Sizeof(r.table[0])),
		ReadOnly: r.readOnly,
		Obj:      r,
	}
	return m.Lend(0, r.layout, flags)
}
