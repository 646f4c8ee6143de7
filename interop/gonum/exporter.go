package gonum

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/go-memoryview/memoryview/buffer"
)

// Exporter returns an exporter of a matrix's items, where they lie: rows x columns of format "d" for a *mat.Dense, "Zd" for a
// *mat.CDense, one dimension for a *mat.VecDense; the parts that their Slice methods return, with the strides of the whole. A
// mat.Transpose or mat.TransposeVec of one is lent with its dimensions the other way round. Obj of a loan is what was given.
//
// Matrices that keep only some of their items (symmetric, triangular, banded, diagonal) are buffer.ErrType: mat.DenseCopyOf makes
// a dense one. The exporter is of the memory that the matrix has now: one that is grown or reset later has other memory.
func Exporter(m any) (buffer.Exporter, error) {
	switch m := m.(type) {
	case *mat.Dense:
		raw := m.RawMatrix()
		return newItems(m, raw.Data, []int{raw.Rows, raw.Cols}, []int{raw.Stride, 1})
	case *mat.CDense:
		raw := m.RawCMatrix()
		return newItems(m, raw.Data, []int{raw.Rows, raw.Cols}, []int{raw.Stride, 1})
	case *mat.VecDense:
		raw := m.RawVector()
		return newItems(m, raw.Data, []int{raw.N}, []int{raw.Inc})
	case mat.Transpose:
		return transposed(m, m.Matrix)
	case mat.TransposeVec:
		return transposed(m, m.Vector)
	case mat.ConjTranspose:
		return nil, fmt.Errorf("exporter of a gonum matrix: %w: the items of a %T are computed as they are read: copy it into a mat.CDense", buffer.ErrType, m)
	}
	return nil, fmt.Errorf("exporter of a gonum matrix: %w: a %T does not keep all its items: mat.DenseCopyOf(m) does", buffer.ErrType, m)
}

// transposed is the exporter of what a transposing matrix is made of. A vector becomes a matrix of one row.
func transposed(m, of any) (buffer.Exporter, error) {
	e, err := Exporter(of)
	if err != nil {
		return nil, err
	}
	whole := *e.(*items)
	whole.of = m
	l := &whole.layout
	if len(l.Shape) == 1 {
		l.Shape, l.Strides = []int{1, l.Shape[0]}, []int{l.ItemSize, l.Strides[0]}
	} else {
		slices.Reverse(l.Shape)
		slices.Reverse(l.Strides)
	}
	return &whole, nil
}

// items are those of a matrix.
type items struct {
	of     any // the matrix
	data   any // the slice they lie in
	layout buffer.Layout
}

// newItems takes strides in items.
func newItems[T float64 | complex128](of any, data []T, shape, strides []int) (buffer.Exporter, error) {
	whole, err := buffer.Get(data, buffer.FullRO)
	if err != nil {
		return nil, fmt.Errorf("exporter of a gonum matrix: %w", err)
	}
	defer whole.Release()
	l := whole.Layout()
	l.Shape, l.Strides = shape, strides
	for d := range strides {
		l.Strides[d] *= l.ItemSize
	}
	return &items{of, data, l}, nil
}

// GetBuffer lends the items; the flags are checked as buffer.Memory.Lend says.
func (m *items) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	whole, err := buffer.Get(m.data, buffer.Full)
	if err != nil {
		return nil, err
	}
	defer whole.Release()
	var part buffer.Buffer
	if err := whole.Derive(&part, 0, m.layout, false); err != nil {
		return nil, err
	}
	defer part.Release()
	return part.Lend(m.of, flags, nil)
}
