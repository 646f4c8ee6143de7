package array

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// state is what an access needs, behind one pointer that Release replaces.
//
// The extents are kept once for each number of indices, and are zero for all others: so one
// comparison refuses an index outside, a wrong number of indices, and an array that was released.
// Those for writing are zero in read-only memory too. A state is the error that a failed comparison
// panics with, because panic(s) can be inlined and a call of a function that panics cannot.
type state struct {
	base                      unsafe.Pointer // item 0, or nil without items
	stride0, stride1, stride2 int            // bytes

	read1, write1 int
	read2, write2 [2]int
	read3, write3 [3]int

	evenDims, step int // the last dimensions through which one step leads from each item to the next

	shape, strides []int
	readOnly       bool
	itemType       *format.Type
	hold           *buffer.Buffer // keeps the memory; nil once released
}

// released replaces the state of a released array.
var released = new(state)

// newState takes a hold of its own on a view's memory.
func newState(v *memoryview.View) (*state, error) {
	if v == nil {
		return nil, fmt.Errorf("%w: nil *View", buffer.ErrType)
	}
	hold := new(buffer.Buffer)
	if err := v.Buffer().Cut(hold); err != nil {
		return nil, err
	}
	if hold.Indirect() {
		_ = hold.Release()
		return nil, fmt.Errorf("%w: the items lie behind pointers (suboffsets): take a sub-view of a row, or a contiguous copy", buffer.ErrLayout)
	}
	l := hold.Layout()
	s := &state{shape: l.Shape, strides: l.Strides, readOnly: hold.ReadOnly(), itemType: hold.Type(), hold: hold}
	err := hold.Access(func(item unsafe.Pointer) error {
		s.base = item
		return nil
	})
	return s, err
}

// index fills in the fields that the fixed numbers of indices use.
func (s *state) index() {
	strides := [3]*int{&s.stride0, &s.stride1, &s.stride2}
	for d := range min(len(s.strides), 3) {
		*strides[d] = s.strides[d]
	}
	switch len(s.shape) {
	case 1:
		s.read1 = s.shape[0]
	case 2:
		s.read2 = [2]int(s.shape)
	case 3:
		s.read3 = [3]int(s.shape)
	}
	if !s.readOnly {
		s.write1, s.write2, s.write3 = s.read1, s.read2, s.read3
	}
	s.step = s.rowStride()
	for d := len(s.shape) - 1; d >= 0 && s.strides[d] == s.step*s.evenItems(); d-- {
		s.evenDims++
	}
}

// evenItems is how many items there are in the even dimensions.
func (s *state) evenItems() int {
	n := 1
	for _, extent := range s.shape[len(s.shape)-s.evenDims:] {
		n *= extent
	}
	return n
}

// run returns the items from position first on that lie a step apart: where they begin and how many
// there are, none after the last. First is where a run begins. A released state panics.
func (s *state) run(first int) (p unsafe.Pointer, n int) {
	if s.hold == nil {
		panic(s)
	}
	if first == s.count() {
		return nil, 0
	}
	offset, n := 0, s.evenItems()
	for d, rest := len(s.shape)-s.evenDims-1, first/n; d >= 0; d-- {
		offset += rest % s.shape[d] * s.strides[d]
		rest /= s.shape[d]
	}
	return unsafe.Add(s.base, offset), n
}

// Error says what a panic with this state was about.
func (s *state) Error() string {
	if s.hold == nil {
		return fmt.Sprintf("array: %v: access after Release", buffer.ErrReleased)
	}
	return fmt.Sprintf("array: %v: access to shape %v: give one index for each dimension, each from 0 to below its extent", buffer.ErrBounds, s.shape)
}

// Is matches buffer.ErrReleased and buffer.ErrBounds.
func (s *state) Is(target error) bool {
	return target == buffer.ErrReleased && s.hold == nil || target == buffer.ErrBounds && s.hold != nil
}

// written is the state as the error of a refused write.
type written state

// Error says what a panic with this state was about.
func (w *written) Error() string {
	if w.Is(buffer.ErrReadOnly) {
		return fmt.Sprintf("array: %v: set an item: use a copy, or a view of writable memory", buffer.ErrReadOnly)
	}
	return (*state)(w).Error()
}

// Is matches buffer.ErrReadOnly, and else what the state matches.
func (w *written) Is(target error) bool {
	if w.readOnly {
		return target == buffer.ErrReadOnly
	}
	return (*state)(w).Is(target)
}

// count is the number of items.
func (s *state) count() int {
	n := 1
	for _, extent := range s.shape {
		n *= extent
	}
	return n
}

// offset returns where an item lies, in bytes from item 0.
func (s *state) offset(index []int) int {
	if len(index) != len(s.shape) || s.hold == nil {
		panic(s)
	}
	offset := 0
	for d, i := range index {
		if uint(i) >= uint(s.shape[d]) {
			panic(s)
		}
		offset += i * s.strides[d]
	}
	return offset
}

// rows calls f with the offset of each row of the last dimension, in bytes, and the position of its
// first item in C order, until f returns false.
func (s *state) rows(f func(first, offset int) bool) {
	index, n := make([]int, max(len(s.shape)-1, 0)), s.rowLen()
	if n == 0 {
		return
	}
	for first := 0; first < s.count(); first += n {
		offset := 0
		for d, i := range index {
			offset += i * s.strides[d]
		}
		if !f(first, offset) {
			return
		}
		kernel.Advance(index, s.shape[:len(index)], false)
	}
}

// rowLen is the extent of the last dimension; one item is a row of one.
func (s *state) rowLen() int {
	if len(s.shape) == 0 {
		return 1
	}
	return s.shape[len(s.shape)-1]
}

// rowStride is the stride of the last dimension.
func (s *state) rowStride() int {
	if len(s.strides) == 0 {
		return 0
	}
	return s.strides[len(s.strides)-1]
}

// waiting counts the mapped memory whose release waits for the collector, and mostWaiting is where
// it is called: systems allow some ten thousand mappings, and a large heap is collected seldom.
var waiting atomic.Int64

const mostWaiting = 1024

// release gives the hold back. Mapped memory must outlast an access that another goroutine is
// inside: nothing counts those, so it waits until the collector has seen that nobody has the state.
func (s *state) release() error {
	if s.hold == nil {
		return nil
	}
	if !s.hold.Mapped() {
		return s.hold.Release()
	}
	runtime.AddCleanup(s, func(hold *buffer.Buffer) {
		waiting.Add(-1)
		_ = hold.Release()
	}, s.hold)
	if waiting.Add(1) >= mostWaiting {
		runtime.GC()
	}
	return nil
}
