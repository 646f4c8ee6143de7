package export

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
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

// overlapBudget bounds the search for two items that share a byte. The problem is as hard as
// subset sum, but arrays that people make are decided in a few steps.
const overlapBudget = 100_000

// mayOverlap reports whether two different items share a byte, or whether that could not be found
// out within the budget.
//
// Two items share a byte when their offsets differ by less than an item: when there are d[k], not
// all zero, within -(extent-1) ... extent-1, with |sum of d[k]*stride[k]| < itemsize. The search
// takes the longest strides first and gives up on a branch that the shorter ones cannot bring back
// to zero.
func mayOverlap(l buffer.Layout) bool {
	if l.ItemSize == 0 || slices.Contains(l.Shape, 0) {
		return false
	}
	s := overlapSearch{size: l.ItemSize, budget: overlapBudget}
	for d, extent := range l.Shape {
		if extent > 1 {
			s.axes = append(s.axes, axis{stride: abs(l.Strides[d]), most: extent - 1})
		}
	}
	slices.SortFunc(s.axes, func(a, b axis) int { return b.stride - a.stride })
	reach := 0
	for k := len(s.axes) - 1; k >= 0; k-- {
		s.axes[k].inner = reach
		reach += s.axes[k].stride * s.axes[k].most
	}
	return s.find(0, 0, true)
}

type axis struct {
	stride, most int // bytes; the largest index
	inner        int // bytes that the axes after this one reach
}

type overlapSearch struct {
	axes   []axis
	size   int
	budget int
}

// find chooses the difference along axis k. Sum is that of the axes before; zero says that all their
// differences are zero, so that by symmetry this one need not be negative.
func (s *overlapSearch) find(k, sum int, zero bool) bool {
	if s.budget--; s.budget < 0 {
		return true
	}
	if k == len(s.axes) {
		return !zero && abs(sum) < s.size
	}
	a := s.axes[k]
	low, high := -a.most, a.most
	if zero {
		low = 0
	}
	if a.stride > 0 {
		slack := a.inner + s.size - 1
		low = max(low, ceilDiv(-slack-sum, a.stride))
		high = min(high, floorDiv(slack-sum, a.stride))
	}
	for d := low; d <= high; d++ {
		if s.find(k+1, sum+d*a.stride, zero && d == 0) {
			return true
		}
	}
	return false
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func ceilDiv(a, b int) int { return -floorDiv(-a, b) }
