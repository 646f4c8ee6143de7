package buffer

import (
	"fmt"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// MaxDims is the highest number of dimensions (PyBUF_MAX_NDIM).
const MaxDims = kernel.MaxDims

// Layout says what the items are and how they lie, with no memory behind it.
//
// Item (i, j, ...) lies at the offset of item 0 plus i*Strides[0] + j*Strides[1] + ... bytes. After
// a dimension with a suboffset >= 0, the pointer found there is followed and the suboffset added
// (PEP 3118).
type Layout struct {
	ItemSize   int    // bytes an item
	Format     string // what an item is (struct module and PEP 3118); "" means "B", unsigned bytes
	Shape      []int  // items along each dimension; empty for a scalar
	Strides    []int  // bytes from one item to the next along each dimension, may be negative; nil means C order
	Suboffsets []int  // nil, or one for each dimension; negative where there is no pointer to follow
}

// NDim returns the number of dimensions.
func (l Layout) NDim() int { return len(l.Shape) }

// IsContiguous reports whether the items lie without gaps in the given order
// (PyBuffer_IsContiguous): never with suboffsets, always without items; dimensions of extent 1 do
// not count, whatever their strides.
func (l Layout) IsContiguous(order Order) bool {
	if len(l.Suboffsets) > 0 || !order.Valid() || l.Strides != nil && len(l.Strides) != len(l.Shape) {
		return false
	}
	if l.empty() {
		return true
	}
	if l.Strides == nil {
		return order != F || l.manyExtents() <= 1
	}
	return order != F && l.steps(C) || order != C && l.steps(F)
}

func (l Layout) empty() bool {
	for _, extent := range l.Shape {
		if extent == 0 {
			return true
		}
	}
	return l.ItemSize == 0
}

func (l Layout) manyExtents() (n int) {
	for _, extent := range l.Shape {
		if extent > 1 {
			n++
		}
	}
	return n
}

// steps reports whether each stride is what the order asks for.
func (l Layout) steps(order Order) bool {
	step := l.ItemSize
	for k := range l.Shape {
		d := k
		if order == C {
			d = len(l.Shape) - 1 - k
		}
		if l.Shape[d] > 1 && l.Strides[d] != step {
			return false
		}
		step *= l.Shape[d]
	}
	return true
}

// ContiguousStrides returns the strides, in bytes, of a contiguous array of that shape
// (PyBuffer_FillContiguousStrides). Any means C. Negative extents and arrays beyond the address
// space are ErrLayout.
func ContiguousStrides(shape []int, itemSize int, order Order) ([]int, error) {
	if err := order.check(); err != nil {
		return nil, err
	}
	if _, err := byteLen(shape, itemSize); err != nil {
		return nil, err
	}
	strides := make([]int, len(shape))
	kernel.ContiguousStrides(strides, shape, itemSize, order == F)
	return strides, nil
}

// byteLen returns product(shape) * itemSize. Every partial product must fit, also beside a zero
// extent, since strides are made of them; and so must the number of items that have no bytes.
func byteLen(shape []int, itemSize int) (int, error) {
	if len(shape) > MaxDims {
		return 0, fmt.Errorf("%w: %d dimensions: at most %d are possible", ErrLayout, len(shape), MaxDims)
	}
	if itemSize < 0 {
		return 0, fmt.Errorf("%w: item size %d is negative", ErrLayout, itemSize)
	}
	total, product, ok := itemSize, max(itemSize, 1), true
	for d, extent := range shape {
		if extent < 0 {
			return 0, fmt.Errorf("%w: extent %d of dimension %d is negative", ErrLayout, extent, d)
		}
		total *= extent
		if product, ok = mul(product, max(extent, 1)); !ok {
			return 0, fmt.Errorf("%w: shape %v with items of %d bytes is larger than the address space", ErrLayout, slices.Clone(shape), itemSize)
		}
	}
	return total, nil
}

// check checks the layout for itself.
func (l *Layout) check() error {
	if _, err := byteLen(l.Shape, l.ItemSize); err != nil {
		return err
	}
	if len(l.Suboffsets) == 0 {
		l.Suboffsets = nil
	}
	if l.Suboffsets != nil && len(l.Suboffsets) != len(l.Shape) {
		return fmt.Errorf("%w: %d suboffsets for %d dimensions", ErrLayout, len(l.Suboffsets), len(l.Shape))
	}
	if l.Strides != nil && len(l.Strides) != len(l.Shape) {
		return fmt.Errorf("%w: %d strides for %d dimensions", ErrLayout, len(l.Strides), len(l.Shape))
	}
	return nil
}

// allStrides returns the strides, or those of C order where there are none: in store where it is large enough.
func (l *Layout) allStrides(store []int) []int {
	if l.Strides != nil {
		return l.Strides
	}
	if len(l.Shape) > len(store) {
		store = make([]int, len(l.Shape))
	}
	store = store[:len(l.Shape)]
	kernel.ContiguousStrides(store, l.Shape, l.ItemSize, false)
	return store
}

// inside checks that every item lies within [low, high) when item 0 lies at offset.
func (l *Layout) inside(low, high, offset int) error {
	if offset < low || offset > high {
		return fmt.Errorf("%w: item 0 at byte %d lies outside the memory of %d bytes", ErrLayout, offset-low, high-low)
	}
	if l.empty() {
		return nil
	}
	first, end, ok := l.window()
	if ok {
		first, ok = add(offset, first)
	}
	if ok {
		end, ok = add(offset, end)
	}
	if !ok || first < low || end > high {
		return fmt.Errorf("%w: shape %v, strides %v, items of %d bytes from byte %d reach outside the memory of %d bytes",
			ErrLayout, slices.Clone(l.Shape), slices.Clone(l.Strides), l.ItemSize, offset-low, high-low) // clones, so that the layout need not be on the heap
	}
	return nil
}

// window returns the bytes that the items cover, from item 0: [first, end). With suboffsets, the
// items are the pointers of the first indirect dimension.
func (l *Layout) window() (first, end int, ok bool) {
	end = l.ItemSize
	direct := len(l.Shape)
	if d := l.firstIndirect(); d >= 0 {
		direct, end = d+1, pointerSize
	}
	for d := range direct {
		reach, fits := mul(l.Shape[d]-1, l.Strides[d])
		if fits && reach < 0 {
			first, fits = add(first, reach)
		} else if fits {
			end, fits = add(end, reach)
		}
		if !fits {
			return 0, 0, false
		}
	}
	return first, end, true
}

const pointerSize = int(unsafe.Sizeof(uintptr(0)))

// firstIndirect returns the first dimension with a pointer to follow, or -1.
func (l *Layout) firstIndirect() int {
	for d, s := range l.Suboffsets {
		if s >= 0 {
			return d
		}
	}
	return -1
}

// mul multiplies where a fits an int and says so where it does not. a must not be negative.
func mul(a, b int) (int, bool) {
	negative := b < 0
	u := uint(b)
	if negative {
		u = -u
	}
	high, low := bits.Mul(uint(a), u)
	if high != 0 || low > uint(maxInt) {
		return 0, false
	}
	if negative {
		return -int(low), true
	}
	return int(low), true
}

func add(a, b int) (int, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}

const maxInt = int(^uint(0) >> 1)
