package buffer

import (
	"fmt"
	"slices"
)

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
	dst.handle = false
	dst.block.Store(blk)
	return nil
}

func errInUse() error {
	return fmt.Errorf("%w: the destination is in use: give a zero Buffer", ErrValue)
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
	if err := b.layout().Holds(&l, delta); err != nil {
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

// Holds checks that all items of a derived layout, whose item 0 lies delta bytes from that of l, lie within the span of bytes
// from the lowest that the items of l cover to the highest: ErrLayout where not. The strides of l are given; where derived has
// none, it gets those of C order. Behind pointers (suboffsets) only what an item is can change.
func (l Layout) Holds(derived *Layout, delta int) error {
	if l.Suboffsets != nil {
		return l.behindPointers(derived, delta)
	}
	if derived.Suboffsets != nil {
		return fmt.Errorf("%w: suboffsets for a buffer that has none", ErrLayout)
	}
	if err := derived.check(); err != nil {
		return err
	}
	if derived.Strides = derived.allStrides(nil); derived.empty() {
		return nil
	}
	if l.empty() {
		return fmt.Errorf("%w: items in a buffer that has none", ErrLayout)
	}
	low, high, _ := l.window()
	return derived.inside(low, high, delta)
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
	l := b.layout()
	if err := request(&l, b.readOnly, flags); err != nil {
		return nil, err
	}
	hold := new(Buffer)
	if err := b.share(hold); err != nil {
		return nil, err
	}
	held := hold.block.Load()
	m := Memory{Base: held.base, Size: held.size, ReadOnly: held.readOnly, Obj: obj}
	if held.end != nil || release != nil {
		m.Release = func() {
			_ = hold.Release()
			if release != nil {
				release()
			}
		}
	}
	loan := m.newLoan()
	lent := loan.block.Load()
	lent.parent, lent.mapped = held, held.mapped // whose faults are watched as long as it is held
	loan.part = hold.part
	loan.flags = flags
	return loan, nil
}
