package buffer

import (
	"slices"
	"unsafe"
)

// part says which part of a block a buffer covers, and what lies there.
type part struct {
	base   unsafe.Pointer // where offset counts from
	offset int            // bytes from base to item 0: a pointer is formed only when there is one
	nbytes int
	item   *item

	flags    Flags
	readOnly bool
	indirect bool // there are suboffsets
	handle   bool // of the buffer, which is borrowed to be handed out: Release is its lender's. It takes no room here
	ndim     uint8
	inline   [2 * inlineDims]int // shape and strides of most arrays
	more     *[]int              // shape, strides and suboffsets of the others: a slice itself would make all buffers larger
}

const inlineDims = 3

// set stores the layout of a part that nobody else has seen yet. The layout is valid.
func (p *part) set(it *item, l *Layout) {
	n := len(l.Shape)
	p.item, p.ndim, p.indirect = it, uint8(n), l.Suboffsets != nil
	if p.more = nil; n <= inlineDims && !p.indirect {
		copy(p.inline[:], l.Shape)
		copy(p.inline[n:], l.Strides)
	} else {
		more := slices.Concat(l.Shape, l.Strides, l.Suboffsets)
		p.more = &more
	}
	p.nbytes = it.size
	for _, extent := range l.Shape {
		p.nbytes *= extent
	}
}

// setRow is set for n items side by side in one dimension.
func (p *part) setRow(it *item, n int) {
	p.item, p.ndim, p.nbytes = it, 1, n*it.size
	p.inline[0], p.inline[1] = n, it.size
}

// dims returns the part's own slices, which nobody may change.
func (p *part) dims() (shape, strides, suboffsets []int) {
	n := int(p.ndim)
	if p.more == nil {
		return p.inline[:n:n], p.inline[n : 2*n : 2*n], nil
	}
	more := *p.more
	if p.indirect {
		suboffsets = more[2*n:]
	}
	return more[:n:n], more[n : 2*n : 2*n], suboffsets
}

// layout shares the buffer's own slices; Layout copies them.
func (p *part) layout() Layout {
	shape, strides, suboffsets := p.dims()
	return Layout{ItemSize: p.kind().size, Format: p.kind().format, Shape: shape, Strides: strides, Suboffsets: suboffsets}
}

// kind returns what the items are. Those of a zero Buffer are nothing.
func (p *part) kind() *item {
	if p.item == nil {
		return noItem
	}
	return p.item
}
