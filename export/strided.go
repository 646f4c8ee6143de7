package export

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Strided returns an exporter of memory in any layout: item 0 lies at offset, in bytes from the start
// of mem; strides may be negative, zero or odd. Obj of its loans is the exporter.
//
// A layout that reaches outside mem, or that has suboffsets, is buffer.ErrLayout. So is a writable
// layout whose items overlap, since a write to one item would change another: lend it read-only.
func Strided(mem []byte, offset int, l buffer.Layout, readOnly bool) (buffer.Exporter, error) {
	if l.Suboffsets != nil {
		return nil, fmt.Errorf("strided exporter: %w: suboffsets lead out of the memory: use Rows", buffer.ErrLayout)
	}
	s := &strided{mem: mem, offset: offset, readOnly: readOnly}
	s.layout = buffer.Layout{ItemSize: l.ItemSize, Format: l.Format, Shape: slices.Clone(l.Shape), Strides: slices.Clone(l.Strides)}
	loan, err := s.GetBuffer(buffer.FullRO)
	if err != nil {
		return nil, fmt.Errorf("strided exporter: %w", err)
	}
	defer loan.Release()
	s.layout = loan.Layout()
	if !readOnly && mayOverlap(s.layout) {
		return nil, fmt.Errorf("strided exporter: %w: items of shape %v with strides %v overlap: make it read-only", buffer.ErrLayout, s.layout.Shape, s.layout.Strides)
	}
	return s, nil
}

type strided struct {
	mem      []byte
	offset   int
	layout   buffer.Layout
	readOnly bool
}

// GetBuffer lends the memory; the flags are checked as buffer.Memory.Lend says.
func (s *strided) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	m := buffer.Memory{Base: unsafe.Pointer(unsafe.SliceData(s.mem)), Size: len(s.mem), ReadOnly: s.readOnly, Obj: s}
	return m.Lend(s.offset, s.layout, flags)
}

// overlapBudget bounds the search for two items that share a byte, which is as hard as subset sum; arrays
// that people make are decided in a few steps.
const overlapBudget = 100_000

// mayOverlap reports whether two different items share a byte, or whether that could not be found
// out within the budget.
func mayOverlap(l buffer.Layout) bool {
	if l.ItemSize == 0 || slices.Contains(l.Shape, 0) {
		return false
	}
	budget := overlapBudget
	return kernel.SharesItself(l.ItemSize, l.Shape, l.Strides, &budget) != kernel.No
}
