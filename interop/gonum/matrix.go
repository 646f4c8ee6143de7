package gonum

import (
	"fmt"
	"unsafe"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/cblas128"
	"gonum.org/v1/gonum/mat"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// Dense returns a matrix over the items of a view of two dimensions, in their memory: float64s as this machine stores them,
// those of a row side by side. Rows may have gaps between them.
//
// Items that are no float64 are buffer.ErrType, and rows that lie otherwise buffer.ErrNotContiguous: columns whose items lie side
// by side are a matrix that is transposed, which [Matrix] returns. What only a copy would serve, memoryview.Convert copies
// into the [Exporter] of a new matrix. A read-only view is buffer.ErrReadOnly, since gonum would write: Matrix is for reading. A
// view without items is buffer.ErrValue, as gonum has no such matrices. The package's documentation says how long the matrix may be used.
func Dense(v *memoryview.View) (*mat.Dense, error) {
	g, err := gridOf[float64](v, 2, buffer.Writable)
	if err == nil && !g.rows() {
		err = g.refuse()
	}
	if err != nil {
		return nil, fmt.Errorf("mat.Dense over a view: %w", err)
	}
	return dense(g), nil
}

// Matrix is [Dense] for reading, also of read-only memory, as that of a file that is mapped. It returns a *mat.Dense, or,
// where the columns lie side by side, the mat.Transpose of one; gonum's functions take both as fast. A write by way of
// the Dense is fatal where the view is read-only.
func Matrix(v *memoryview.View) (mat.Matrix, error) {
	g, err := gridOf[float64](v, 2, 0)
	switch {
	case err == nil && g.rows():
		return dense(g), nil
	case err == nil && g.turned().rows():
		return mat.Transpose{Matrix: dense(g.turned())}, nil
	case err == nil:
		err = g.refuse()
	}
	return nil, fmt.Errorf("mat.Matrix over a view: %w", err)
}

// Complex is [Dense] for complex128s.
func Complex(v *memoryview.View) (*mat.CDense, error) {
	g, err := gridOf[complex128](v, 2, buffer.Writable)
	if err == nil && !g.rows() {
		err = g.refuse()
	}
	if err != nil {
		return nil, fmt.Errorf("mat.CDense over a view: %w", err)
	}
	m := new(mat.CDense)
	m.SetRawCMatrix(cblas128.General{Rows: g.shape[0], Cols: g.shape[1], Stride: g.stride(), Data: g.data()})
	return m, nil
}

// Vector returns a vector over the items of a view of one dimension, under the rules of [Dense]. The items may have gaps between them; their
// addresses must rise.
func Vector(v *memoryview.View) (*mat.VecDense, error) {
	g, err := gridOf[float64](v, 1, buffer.Writable)
	step := g.steps[0]
	if err == nil && g.shape[0] > 1 && (step <= 0 || step%g.size != 0) {
		err = fmt.Errorf("%w: gonum counts upwards in whole items, and the stride is %d bytes: copy by memoryview.Convert into the Exporter of a mat.NewVecDense",
			buffer.ErrNotContiguous, step)
	}
	if err != nil {
		return nil, fmt.Errorf("mat.VecDense over a view: %w", err)
	}
	inc := 1
	if g.shape[0] > 1 {
		inc = step / g.size
	}
	m := new(mat.VecDense)
	m.SetRawVector(blas64.Vector{N: g.shape[0], Inc: inc, Data: unsafe.Slice(g.first, (g.shape[0]-1)*inc+1)})
	return m, nil
}

// grid is where the items of a view lie, in one or two dimensions.
type grid[T any] struct {
	first *T
	size  int // bytes of an item
	shape [2]int
	steps [2]int // bytes
}

// gridOf checks what the items are.
func gridOf[T any](v *memoryview.View, ndim int, flags buffer.Flags) (g grid[T], err error) {
	loan, err := v.GetBuffer(buffer.Strides | buffer.Format | flags)
	if err != nil {
		return g, err
	}
	defer loan.Release()
	g.size = int(unsafe.Sizeof(*g.first))
	mine, err := format.For[T]()
	if err != nil {
		return g, err
	}
	switch {
	case loan.NDim() != ndim:
		return g, fmt.Errorf("%w: %d dimensions, and not %d: select or cast", buffer.ErrValue, loan.NDim(), ndim)
	case !loan.Type().Equal(mine) || loan.ItemSize() != g.size:
		return g, fmt.Errorf("%w: items of format %.40q, and not %q as this machine stores it: copy by memoryview.Convert", buffer.ErrType, loan.Format(), mine)
	case loan.Len() == 0:
		return g, fmt.Errorf("%w: shape %v: gonum has no matrices without items", buffer.ErrValue, loan.Layout().Shape)
	}
	p, err := loan.Pointer(make([]int, ndim)...)
	if err != nil {
		return g, err
	}
	if uintptr(p)%unsafe.Alignof(*g.first) != 0 {
		return g, fmt.Errorf("%w: the items are not aligned to %d bytes: copy by memoryview.Convert", buffer.ErrLayout, unsafe.Alignof(*g.first))
	}
	g.first = (*T)(p)
	for d := range ndim {
		g.shape[d], g.steps[d] = loan.Extent(d), loan.Stride(d)
	}
	return g, nil
}

// rows reports whether the items of each row lie side by side, and each row behind the one before, in whole items.
func (g grid[T]) rows() bool {
	across := g.shape[1] == 1 || g.steps[1] == g.size
	down := g.shape[0] == 1 || g.steps[0]%g.size == 0 && g.steps[0] >= g.shape[1]*g.size
	return across && down
}

// turned is the grid transposed.
func (g grid[T]) turned() grid[T] {
	g.shape[0], g.shape[1] = g.shape[1], g.shape[0]
	g.steps[0], g.steps[1] = g.steps[1], g.steps[0]
	return g
}

// refuse is the error where not all rows lie as gonum has them.
func (g grid[T]) refuse() error {
	if g.turned().rows() {
		return fmt.Errorf("%w in rows: strides %v: it is a transposed matrix, which Matrix returns; or transpose the view", buffer.ErrNotContiguous, g.steps)
	}
	return fmt.Errorf("%w in rows or columns: strides %v, items of %d bytes: copy by memoryview.Convert into the Exporter of a new matrix",
		buffer.ErrNotContiguous, g.steps, g.size)
}

// stride returns the items from row to row.
func (g grid[T]) stride() int {
	if g.shape[0] == 1 {
		return g.shape[1]
	}
	return g.steps[0] / g.size
}

// data is the memory from the first item to the last.
func (g grid[T]) data() []T {
	return unsafe.Slice(g.first, (g.shape[0]-1)*g.stride()+g.shape[1])
}

// dense is the matrix over a grid of rows.
func dense(g grid[float64]) *mat.Dense {
	m := new(mat.Dense)
	m.SetRawMatrix(blas64.General{Rows: g.shape[0], Cols: g.shape[1], Stride: g.stride(), Data: g.data()})
	return m
}
