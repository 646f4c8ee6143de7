package buffer

import (
	"fmt"
	"math/bits"
	"slices"
	"unsafe"
)

// Cut says what to keep of one dimension: Count items from Start, Step apart (a Python slice, as
// slice.indices gives it), or with Drop the one item at Start, where a negative one counts from the
// end, and the dimension goes away.
type Cut struct {
	Start, Count, Step int
	Drop               bool
}

// Cut makes dst, a zero Buffer, another loan of the same block: the part that the cuts select, one
// for each leading dimension; dimensions beyond are kept whole, and no cut at all shares the whole
// buffer. The block is given back when b and dst are both released. A cut that reaches outside its
// dimension is ErrBounds, a step of 0 ErrValue.
//
// A cut behind a dimension with suboffsets moves the suboffset, not item 0. Dropping the last of
// the dimensions before a pointer follows it. What would need two pointers followed at one
// dimension is ErrLayout.
func (b *Buffer) Cut(dst *Buffer, cuts ...Cut) error {
	if err := b.share(dst); err != nil {
		return err
	}
	err := dst.cut(cuts)
	if err != nil {
		_ = dst.Release()
		*dst = Buffer{}
	}
	return err
}

// CutBorrowed is [Buffer.Cut] without a hold of its own: dst is valid while b is, its Release gives
// nothing back, and nobody else may use dst while it is cut. It allocates nothing, so that a
// loop can cut again and again into one Buffer: a dst that is borrowed or released is overwritten, one
// that holds a loan is ErrValue. Dst may be b itself, where b is borrowed.
func (b *Buffer) CutBorrowed(dst *Buffer, cuts ...Cut) error {
	if !dst.reusable() {
		return errInUse()
	}
	if b.live() == nil {
		return errReleased("part of a buffer")
	}
	dst.lender, dst.handle = b.holder(), false
	dst.part = b.part
	err := dst.cut(cuts)
	if err != nil {
		*dst = Buffer{}
	}
	return err
}

// SliceBorrowed is CutBorrowed for count items from start of the first dimension.
func (b *Buffer) SliceBorrowed(dst *Buffer, start, count int) error {
	if extent := b.inline[0]; b.more != nil || b.ndim == 0 || uint(start) > uint(extent) || uint(count) > uint(extent-start) ||
		b.live() == nil || !dst.reusable() {
		return b.CutBorrowed(dst, Cut{Start: start, Count: count, Step: 1})
	}
	dst.lender, dst.handle = b.holder(), false
	dst.part = b.part
	dst.keep(start, count)
	return nil
}

// reusable reports whether a buffer has no hold that would be lost.
func (b *Buffer) reusable() bool { return b.lender != nil || b.block.Load() == nil }

// holder is the buffer whose hold on the block b uses.
func (b *Buffer) holder() *Buffer {
	if b.lender != nil {
		return b.lender
	}
	return b
}

// cut selects part of a buffer that nobody else has seen yet and that holds its block.
func (b *Buffer) cut(cuts []Cut) error {
	if len(cuts) == 1 && b.more == nil && b.ndim > 0 && !cuts[0].Drop {
		return b.narrow(&cuts[0])
	}
	if len(cuts) > int(b.ndim) {
		return fmt.Errorf("%w: %d cuts for %d dimensions", ErrType, len(cuts), b.NDim())
	}
	if len(cuts) == 0 {
		return nil
	}
	blk := b.live()
	if !blk.mapped {
		return b.apply(cuts)
	}
	return blk.guard(func() error { return b.apply(cuts) }) // it follows pointers, which may fault
}

// narrow is apply for the case of every day: a slice of the first of few dimensions.
func (b *Buffer) narrow(c *Cut) error {
	if err := checkCut(*c, 0, b.inline[0]); err != nil {
		return err
	}
	b.keep(c.Start, c.Count)
	b.inline[b.ndim] *= c.Step
	return nil
}

// keep leaves count items from start of the first of few dimensions.
func (b *Buffer) keep(start, count int) {
	b.offset += start * b.inline[b.ndim]
	if b.ndim == 1 {
		b.nbytes = b.item.size * count
	} else if b.nbytes > 0 {
		b.nbytes = b.nbytes / b.inline[0] * count
	}
	b.inline[0] = count
}

// share makes dst a holder of b's block with b's layout.
func (b *Buffer) share(dst *Buffer) error {
	if dst.item != nil {
		return errInUse()
	}
	blk := b.live()
	if blk == nil || !blk.enter() {
		return errReleased("part of a buffer")
	}
	dst.part = b.part
	dst.block.Store(blk)
	return nil
}

func errInUse() error {
	return fmt.Errorf("%w: the destination is in use: give a zero Buffer", ErrValue)
}

// apply cuts a buffer that nobody else has seen yet and that holds its block.
func (b *Buffer) apply(cuts []Cut) error {
	var store [3 * inlineDims]int
	c, empty := newCutter(b, store[:]), b.nbytes == 0 // without items no pointer may be followed
	for d, extent := range c.old.Shape {
		cut := Cut{Count: extent, Step: 1}
		if d < len(cuts) {
			cut = cuts[d]
		}
		if err := checkCut(cut, d, extent); err != nil {
			return err
		}
		follow, err := c.take(cut, d)
		if err != nil {
			return err
		}
		if follow && !empty {
			b.base = *(*unsafe.Pointer)(unsafe.Add(b.base, c.pointer))
		}
	}
	l, err := c.result(empty)
	if err != nil {
		return err
	}
	b.offset = c.offset
	b.set(b.item, &l)
	return nil
}

func checkCut(c Cut, d, extent int) error {
	switch {
	case c.Drop && c.Start >= -extent && c.Start < extent:
		return nil
	case c.Drop:
		return errIndex(c.Start, d, extent)
	case c.Step == 0:
		return fmt.Errorf("%w: slice step of dimension %d is zero", ErrValue, d)
	case c.Count == 0 && c.Start >= -1 && c.Start <= extent:
		return nil
	case c.Count > 0 && uint(c.Start) < uint(extent):
		if reach, ok := mul(c.Count-1, c.Step); ok && uint(c.Start+reach) < uint(extent) {
			return nil
		}
	}
	return fmt.Errorf("%w: %d items from %d by %d of dimension %d, which has %d items", ErrBounds, c.Count, c.Start, c.Step, d, extent)
}

// cutter builds the new dimensions of a buffer from its old ones, first to last.
type cutter struct {
	old      Layout
	new      Layout // its first kept dimensions are done
	kept     int
	pointers uint64 // a bit for each kept dimension with a pointer to follow, whatever its suboffset
	offset   int    // of item 0, from the base
	pointer  int    // of the last pointer to follow, from the base
}

// newCutter keeps the new dimensions in store where it is large enough.
func newCutter(b *Buffer, store []int) cutter {
	n := int(b.ndim)
	if len(store) < 3*n {
		store = make([]int, 3*n)
	}
	return cutter{
		old:    b.layout(),
		new:    Layout{Shape: store[:n], Strides: store[n : 2*n], Suboffsets: store[2*n : 3*n]},
		offset: b.offset,
	}
}

// take adds what is left of dimension d. Follow says that the dimension is gone and that the pointer
// which the cut has reached leads to the items.
func (c *cutter) take(cut Cut, d int) (follow bool, err error) {
	suboffset := -1
	if c.old.Suboffsets != nil {
		suboffset = c.old.Suboffsets[d]
	}
	if cut.Drop && cut.Start < 0 {
		cut.Start += c.old.Shape[d]
	}
	c.move(cut.Start * c.old.Strides[d])
	if cut.Drop {
		return c.drop(d, suboffset)
	}
	c.new.Shape[c.kept] = cut.Count
	c.new.Strides[c.kept] = c.old.Strides[d] * cut.Step // wraps, as in C, where fewer than two items are kept and it does not matter
	c.new.Suboffsets[c.kept] = suboffset
	if suboffset >= 0 {
		c.pointers |= 1 << c.kept
	}
	c.kept++
	return false, nil
}

// result is the layout of the kept dimensions. Suboffsets go when their pointers were all followed.
// One that became negative would look like none at all.
func (c *cutter) result(empty bool) (Layout, error) {
	l := Layout{Shape: c.new.Shape[:c.kept], Strides: c.new.Strides[:c.kept]}
	if c.pointers == 0 && (c.old.Suboffsets == nil || c.kept < len(c.old.Shape)) {
		return l, nil
	}
	l.Suboffsets = c.new.Suboffsets[:c.kept]
	for d, suboffset := range l.Suboffsets {
		switch {
		case c.pointers&(1<<d) == 0 || suboffset >= 0:
		case empty || slices.Contains(l.Shape, 0):
			l.Suboffsets[d] = 0
		default:
			return l, fmt.Errorf("%w: the items would lie %d bytes before where the pointers of dimension %d lead, which no suboffset can say: copy first", ErrLayout, -suboffset, d)
		}
	}
	return l, nil
}

// move shifts all items that follow by some bytes: behind a pointer, that is the suboffset's task.
func (c *cutter) move(delta int) {
	if c.pointers == 0 {
		c.offset += delta
		return
	}
	c.new.Suboffsets[bits.Len64(c.pointers)-1] += delta
}

// drop ends a dimension of which one item is left, at the place that move has reached.
func (c *cutter) drop(d, suboffset int) (follow bool, err error) {
	switch last := c.kept - 1; {
	case suboffset < 0:
		return false, nil
	case last < 0:
		c.pointer, c.offset = c.offset, suboffset
		return true, nil
	case c.pointers&(1<<last) == 0:
		c.new.Suboffsets[last] = suboffset
		c.pointers |= 1 << last
		return false, nil
	default:
		return false, fmt.Errorf("%w: an index at dimension %d would follow two pointers at dimension %d: copy first, or index the leading dimensions", ErrLayout, d, last)
	}
}

// Derive makes dst, a zero Buffer, another loan of the same block with a layout of its own: item 0
// lies delta bytes from b's item 0. All items must lie within the span of bytes from the lowest that
// b reaches to the highest, else the error is ErrLayout. ReadOnly makes a read-only loan; a read-only buffer stays so. Where b has
// suboffsets, only what an item is can change: shape, strides and suboffsets stay.
func (b *Buffer) Derive(dst *Buffer, delta int, l Layout, readOnly bool) error {
	if b.Released() {
		return errReleased("part of a buffer")
	}
	it := b.item
	if l.ItemSize != it.size || l.Format != it.format {
		var err error
		if it, err = newItem(l.ItemSize, l.Format); err != nil {
			return err
		}
	}
	if err := b.within(&l, delta); err != nil {
		return err
	}
	if err := b.share(dst); err != nil {
		return err
	}
	dst.readOnly = b.readOnly || readOnly
	dst.set(it, &l)
	dst.move(delta)
	return nil
}

// move shifts all items of a buffer under construction by some bytes.
func (b *Buffer) move(delta int) {
	_, _, suboffsets := b.dims()
	for d := len(suboffsets) - 1; d >= 0; d-- {
		if suboffsets[d] >= 0 {
			suboffsets[d] += delta
			return
		}
	}
	b.offset += delta
}

// within checks a derived layout against what b reaches.
func (b *Buffer) within(l *Layout, delta int) error {
	own := b.layout()
	if b.indirect {
		return own.behindPointers(l, delta)
	}
	if l.Suboffsets != nil {
		return fmt.Errorf("%w: suboffsets for a buffer that has none", ErrLayout)
	}
	if err := l.check(); err != nil {
		return err
	}
	if l.Strides = l.allStrides(nil); l.empty() {
		return nil
	}
	if own.empty() {
		return fmt.Errorf("%w: items in a buffer that has none", ErrLayout)
	}
	low, high, _ := own.window()
	return l.inside(low, high, delta)
}

func (l Layout) behindPointers(derived *Layout, delta int) error {
	if !slices.Equal(l.Shape, derived.Shape) || !slices.Equal(l.Strides, derived.Strides) || !slices.Equal(l.Suboffsets, derived.Suboffsets) {
		return fmt.Errorf("%w: the items lie behind pointers (suboffsets), so only their format can change: copy first", ErrLayout)
	}
	if delta < 0 || delta > l.ItemSize || derived.ItemSize > l.ItemSize-delta {
		return fmt.Errorf("%w: %d bytes at byte %d of an item of %d bytes", ErrLayout, derived.ItemSize, delta, l.ItemSize)
	}
	return nil
}

// Lend passes on what was borrowed: a new loan of b's items with its own obj and flags, which are
// checked as [Memory.Lend] checks them. b's block is held until the new loan ends; then release is
// called once, if it is not nil. It is what an exporter over another exporter's memory needs.
func (b *Buffer) Lend(obj any, flags Flags, release func()) (*Buffer, error) {
	if b.Released() {
		return nil, errReleased("loan of a buffer")
	}
	if err := request(b.layout(), b.readOnly, flags); err != nil {
		return nil, err
	}
	hold := new(Buffer)
	if err := b.share(hold); err != nil {
		return nil, err
	}
	held := hold.live()
	m := Memory{Base: held.base, Size: held.size, ReadOnly: held.readOnly, Mapped: held.mapped, Obj: obj}
	if held.end != nil || release != nil {
		m.Release = func() {
			_ = hold.Release()
			if release != nil {
				release()
			}
		}
	}
	loan, blk := new(Buffer), newBlock(&m)
	blk.parent = held
	loan.part = hold.part
	loan.flags = flags
	loan.block.Store(blk)
	return loan, nil
}
