package shm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Magic is what a segment with a header begins with.
const Magic = "\x93MEMVIEW"

// The header, in the machine's byte order; docs/SHM.md has it for others.
//
//	 0  8  magic
//	 8  1  0 while the segment is made, 1 when it is ready
//	 9  1  version
//	10  1  '<' or '>': the byte order of these numbers, and of formats that are native
//	11  1  dimensions
//	12  4  bytes of the header
//	16  8  bytes of an item
//	24  8  where item 0 lies, a multiple of 64
//	32  8  for each dimension: its extent, and then, for each, its stride
//	       the format, to the end of the header
const (
	stateAt   = 8
	fixedSize = 32
	alignment = 64
	maxHeader = 1 << 20

	version = 1
)

// nativeMark tells the machine's byte order.
var nativeMark = "><"[binary.NativeEndian.Uint16([]byte{1, 0})&1]

// headerOf writes the header of an array in memory of its own, ready, and pads it to where item 0 lies. The layout is contiguous.
func headerOf(l buffer.Layout) ([]byte, error) {
	size := fixedSize + 16*len(l.Shape) + len(l.Format)
	if size > maxHeader {
		return nil, fmt.Errorf("%w: a header of %d bytes: at most %d are written: use fewer fields", buffer.ErrFormat, size, maxHeader)
	}
	h := append([]byte(Magic), 1, version, nativeMark, byte(len(l.Shape)))
	h = binary.NativeEndian.AppendUint32(h, uint32(size))
	h = binary.NativeEndian.AppendUint64(h, uint64(l.ItemSize))
	h = binary.NativeEndian.AppendUint64(h, uint64((size+alignment-1)/alignment*alignment))
	for _, n := range slices.Concat(l.Shape, l.Strides) {
		h = binary.NativeEndian.AppendUint64(h, uint64(int64(n)))
	}
	h = append(h, l.Format...)
	return append(h, make([]byte, -len(h)&(alignment-1))...), nil
}

// ReadHeader reads the header of a segment of that size, which may be hostile: where item 0 lies, in bytes from the segment's
// start, and the layout, all of whose items lie in the segment, behind the header, and none over another.
//
// The errors are ErrBare, ErrNotReady, and ErrHeader with a cause.
func ReadHeader(r io.ReaderAt, size int64) (offset int64, l buffer.Layout, err error) {
	start := make([]byte, fixedSize)
	if n, err := r.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return 0, l, err
	} else if n < fixedSize || !bytes.HasPrefix(start, []byte(Magic)) {
		return 0, l, fmt.Errorf("%w: say what lies in it, by OpenBare, or ask its maker; one that is being made may still get one", ErrBare)
	}
	// The mark is stored last, and nothing changes after it: only what is read behind it counts.
	if state := start[stateAt]; state != 1 {
		if state == 0 {
			return 0, l, ErrNotReady
		}
		return 0, l, badHeader("its mark is %d: 0 is not ready, 1 is ready", state)
	}
	whole, err := readWhole(r, size)
	if err != nil {
		return 0, l, err
	}
	if offset, l, err = parse(whole, size); err != nil {
		return 0, l, err
	}
	return offset, l, fits(l, offset, int64(len(whole)), size)
}

func badHeader(problem string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrHeader, fmt.Errorf(problem, args...))
}

// readWhole reads a header that is ready to its end.
func readWhole(r io.ReaderAt, size int64) ([]byte, error) {
	start := make([]byte, fixedSize)
	if _, err := r.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	order := start[10]
	switch {
	case start[9] != version:
		return nil, badHeader("version %d: version %d is known here: take a newer program", start[9], version)
	case order != '<' && order != '>':
		return nil, badHeader("byte order %q: < or >", order)
	case order != nativeMark:
		return nil, badHeader("byte order %q, of another machine than this: share memory with programs for this one", order)
	}
	n := int64(binary.NativeEndian.Uint32(start[12:]))
	least := int64(fixedSize + 16*int(start[11]))
	switch {
	case start[11] > buffer.MaxDims:
		return nil, badHeader("%d dimensions: at most %d are possible", start[11], buffer.MaxDims)
	case n < least || n > maxHeader:
		return nil, badHeader("a header of %d bytes: %d to %d are possible", n, least, maxHeader)
	case n > size:
		return nil, badHeader("a header of %d bytes in a segment of %d", n, size)
	}
	whole := make([]byte, n)
	if got, err := r.ReadAt(whole, 0); got < len(whole) {
		return nil, badHeader("reading it: %w", err)
	}
	copy(whole, start) // what was checked, though somebody writes to it meanwhile
	return whole, nil
}

// parse reads the numbers and the format, as far as they have a meaning here.
func parse(h []byte, size int64) (offset int64, l buffer.Layout, err error) {
	number := func(at int) (n int) {
		value := int64(binary.NativeEndian.Uint64(h[at:]))
		if n = int(value); int64(n) != value && err == nil {
			err = badHeader("byte %d: %d is more than this program's address space", at, value)
		}
		return n
	}
	ndim := int(h[11])
	l.ItemSize = number(16)
	for i := range ndim {
		l.Shape = append(l.Shape, number(fixedSize+8*i))
	}
	for i := range ndim {
		l.Strides = append(l.Strides, number(fixedSize+8*(ndim+i)))
	}
	l.Format = string(h[fixedSize+16*ndim:])
	at := binary.NativeEndian.Uint64(h[24:])
	switch {
	case err != nil:
	case at%alignment != 0 || at < uint64(len(h)) || at > uint64(max(size, 0)):
		err = badHeader("item 0 at byte %d: it lies behind the header, at a multiple of %d, in a segment of %d bytes", at, alignment, size)
	case !utf8.ValidString(l.Format):
		err = badHeader("a format that is no UTF-8: %.80q", l.Format)
	}
	return int64(at), l, err
}

// fits checks that the format and the size of the items agree, and that all items lie in the segment from a byte on, and apart.
func fits(l buffer.Layout, offset, from, size int64) error {
	t, err := format.Parse(l.Format)
	if err != nil {
		return badHeader("%w", err)
	}
	if t.Size() != l.ItemSize && (t.Kind() != format.Struct || t.Size() > l.ItemSize) {
		return badHeader("%w: items of %d bytes, and format %.80q has %d: is it a program of another word size? give sizes as in <q",
			buffer.ErrLayout, l.ItemSize, l.Format, t.Size())
	}
	if size > math.MaxInt {
		return badHeader("%w: %d bytes are more than this program's address space", buffer.ErrLayout, size)
	}
	if err := inside(l, offset-from, size-from); err != nil {
		return badHeader("%w", err)
	}
	return nil
}

// inside checks that all items lie in n bytes, where item 0 is at an offset, and apart.
func inside(l buffer.Layout, offset, n int64) error {
	segment := buffer.Layout{ItemSize: 1, Shape: []int{int(n)}, Strides: []int{1}}
	if err := segment.Holds(&l, int(offset)); err != nil {
		return err
	}
	const budget = 100_000 // steps of a search that people's arrays need a few of
	if steps := budget; l.ItemSize > 0 && !slices.Contains(l.Shape, 0) &&
		kernel.SharesItself(l.ItemSize, l.Shape, l.Strides, &steps) != kernel.No {
		return fmt.Errorf("%w: items of shape %v with strides %v overlap", buffer.ErrLayout, l.Shape, l.Strides)
	}
	return nil
}
