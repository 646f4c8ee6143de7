package buffer

import (
	"fmt"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/kernel"
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
	if b.isNarrow(cuts) {
		return b.cutNarrow(dst, &cuts[0])
	}
	if err := b.share(dst); err != nil {
		return err
	}
	err := dst.cut(dst.block.Load(), cuts)
	if err != nil {
		_ = dst.Release()
		*dst = Buffer{}
	}
	return err
}

// CutBorrowed is [Buffer.Cut] without a hold of its own: dst is valid while b is, its Release gives
// nothing back, and nobody else may use dst while it is cut. Up to three dimensions it allocates nothing, so
// that a loop can cut again and again into one Buffer: a dst that is borrowed or released is overwritten, one
// that holds a loan is ErrValue. Dst may be b itself, where b is borrowed. On an error dst is as it was.
func (b *Buffer) CutBorrowed(dst *Buffer, cuts ...Cut) error {
	if !dst.reusable() {
		return errInUse()
	}
	blk := b.live()
	if blk == nil {
		return errReleased("part of a buffer")
	}
	lender := b.holder()
	if b.isNarrow(cuts) {
		if err := b.narrow(&dst.part, &cuts[0]); err != nil {
			return err
		}
		dst.lender = lender
		return nil
	}
	p := b.part
	if err := p.cut(blk, cuts); err != nil {
		return err
	}
	p.handle = false
	dst.lender, dst.part = lender, p
	return nil
}

// SliceBorrowed is CutBorrowed for count items from start of the first dimension.
func (b *Buffer) SliceBorrowed(dst *Buffer, start, count int) error {
	if extent := b.inline[0]; b.more != nil || b.ndim == 0 || uint(start) > uint(extent) || uint(count) > uint(extent-start) ||
		b.live() == nil || !dst.reusable() {
		return b.CutBorrowed(dst, Cut{Start: start, Count: count, Step: 1})
	}
	lender := b.holder()
	offset, nbytes := b.piece(start, count)
	dst.part = b.part
	dst.lender = lender
	dst.handle, dst.offset, dst.nbytes, dst.inline[0] = false, offset, nbytes, count
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

// cut keeps what the cuts select of a part that nobody else has seen yet. On an error the part is of no use.
func (p *part) cut(blk *block, cuts []Cut) (err error) {
	if len(cuts) == 0 {
		return nil
	}
	if !blk.enter() {
		return errReleased("part of a buffer")
	}
	visit := blk.visit() // it follows pointers, which may fault
	defer visit.Leave(&err)
	return p.apply(cuts)
}

// isNarrow tells the case of every day: a slice of the first of few dimensions.
func (p *part) isNarrow(cuts []Cut) bool {
	return len(cuts) == 1 && p.more == nil && p.ndim > 0 && !cuts[0].Drop
}

// cutNarrow is Cut for that case.
func (b *Buffer) cutNarrow(dst *Buffer, c *Cut) error {
	if dst.item != nil {
		return errInUse()
	}
	blk := b.live()
	if blk == nil || !blk.enter() {
		return errReleased("part of a buffer")
	}
	if err := b.narrow(&dst.part, c); err != nil {
		blk.leave()
		return err
	}
	dst.block.Store(blk)
	return nil
}

// narrow writes to dst, which may be p, what is left of it. On an error dst is as it was.
func (p *part) narrow(dst *part, c *Cut) error {
	if err := checkCut(*c, 0, p.inline[0]); err != nil {
		return err
	}
	offset, nbytes := p.piece(c.Start, c.Count) // read before it is written: what was just written is slow to read
	stride := p.inline[p.ndim] * c.Step
	*dst = *p
	dst.handle, dst.offset, dst.nbytes = false, offset, nbytes
	dst.inline[0], dst.inline[dst.ndim] = c.Count, stride
	return nil
}

// piece is where count items from start of the first of few dimensions begin, and how many bytes they have.
func (p *part) piece(start, count int) (offset, nbytes int) {
	offset, nbytes = p.offset+start*p.inline[p.ndim], p.nbytes
	if p.ndim == 1 {
		nbytes = p.item.size * count
	} else if nbytes > 0 {
		nbytes = nbytes / p.inline[0] * count
	}
	return offset, nbytes
}

// apply is cut in all its generality.
func (p *part) apply(cuts []Cut) error {
	var room [3 * inlineDims]int
	base, offset, l, err := CutLayout(p.base, p.offset, p.layout(), cuts, room[:])
	if err != nil {
		return err
	}
	p.base, p.offset = base, offset
	p.set(p.item, &l)
	return nil
}

// CutLayout is [Buffer.Cut] for memory that is no Buffer, and that the caller holds: item 0 of l, whose strides are given,
// lies offset bytes from base. It returns where item 0 of what the cuts select lies, and the layout of it, whose numbers
// are in room where that is large enough: three for each dimension of l. Memory is read only to follow pointers.
func CutLayout(base unsafe.Pointer, offset int, l Layout, cuts []Cut, room []int) (unsafe.Pointer, int, Layout, error) {
	if len(cuts) > len(l.Shape) {
		return nil, 0, Layout{}, fmt.Errorf("%w: %d cuts for %d dimensions", ErrType, len(cuts), len(l.Shape))
	}
	c, empty := newCutter(offset, &l, room), l.empty() // without items no pointer may be followed
	for d, extent := range l.Shape {
		cut := Cut{Count: extent, Step: 1}
		if d < len(cuts) {
			cut = cuts[d]
		}
		if err := checkCut(cut, d, extent); err != nil {
			return nil, 0, Layout{}, err
		}
		follow, err := c.take(cut, d)
		if err != nil {
			return nil, 0, Layout{}, err
		}
		if follow && !empty {
			base = kernel.Follow(unsafe.Add(base, c.pointer), 0)
		}
	}
	part, err := c.result(empty)
	return base, c.offset, part, err
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

// newCutter keeps the new dimensions in room where it is large enough.
func newCutter(offset int, l *Layout, room []int) cutter {
	n := len(l.Shape)
	if len(room) < 3*n {
		room = make([]int, 3*n)
	}
	return cutter{
		old:    *l,
		new:    Layout{Shape: room[:n], Strides: room[n : 2*n], Suboffsets: room[2*n : 3*n]},
		offset: offset,
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
	l := Layout{ItemSize: c.old.ItemSize, Format: c.old.Format, Shape: c.new.Shape[:c.kept], Strides: c.new.Strides[:c.kept]}
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
