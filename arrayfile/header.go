package arrayfile

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// npyAlign is what the data of an npy file is aligned to, in bytes, as NumPy does it.
const npyAlign = 64

// NPYHeader returns an npy file up to its data, in the lowest version that can hold it: 2 for headers
// of 64 KiB and more, 3 for names that are not Latin-1. The items follow it in the order, C or Fortran, that the layout
// has. The layout and the errors are those of [Create].
func NPYHeader(l buffer.Layout) ([]byte, error) {
	text, err := headerText(l)
	if err != nil {
		return nil, err
	}
	version, prefix := byte(1), 10
	body, isLatin1 := latin1(text)
	if !isLatin1 {
		version, prefix, body = 3, 12, []byte(text)
	}
	if version == 1 && aligned(prefix+len(body)+1)-prefix > math.MaxUint16 {
		version, prefix = 2, 12
	}
	size := aligned(prefix+len(body)+1) - prefix
	if size > maxHeader {
		return nil, fmt.Errorf("%w: a header of %d bytes: at most %d are written: use fewer fields", buffer.ErrFormat, size, maxHeader)
	}
	header := append([]byte(npyMagic), version, 0)
	if version == 1 {
		header = binary.LittleEndian.AppendUint16(header, uint16(size))
	} else {
		header = binary.LittleEndian.AppendUint32(header, uint32(size))
	}
	header = append(header, body...)
	for len(header) < prefix+size-1 {
		header = append(header, ' ')
	}
	return append(header, '\n'), nil
}

func aligned(n int) int { return (n + npyAlign - 1) / npyAlign * npyAlign }

// latin1 encodes a text, where its characters allow it.
func latin1(text string) (b []byte, ok bool) {
	for _, r := range text {
		if r > math.MaxUint8 {
			return nil, false
		}
		b = append(b, byte(r))
	}
	return b, true
}

// headerText is the dict of a header.
func headerText(l buffer.Layout) (string, error) {
	if l.Format == "" {
		l.Format = "B"
	}
	t, err := format.Parse(l.Format)
	if err != nil {
		return "", err
	}
	if l.ItemSize == 0 {
		l.ItemSize = t.Size()
	}
	if l.ItemSize < t.Size() {
		return "", fmt.Errorf("%w: items of %d bytes, where format %.80q has %d", buffer.ErrLayout, l.ItemSize, l.Format, t.Size())
	}
	if len(l.Shape) > buffer.MaxDims {
		return "", fmt.Errorf("%w: %d dimensions: at most %d are possible", buffer.ErrLayout, len(l.Shape), buffer.MaxDims)
	}
	if _, err := buffer.ContiguousStrides(l.Shape, l.ItemSize, buffer.C); err != nil {
		return "", err
	}
	fortran := "False"
	switch {
	case l.IsContiguous(buffer.C):
	case l.IsContiguous(buffer.F):
		fortran = "True"
	default:
		return "", fmt.Errorf("%w: shape %v with strides %v: npy holds items in C or Fortran order: leave the strides out for C",
			buffer.ErrNotContiguous, l.Shape, l.Strides)
	}
	descr, err := describe(t, l.ItemSize)
	if err != nil {
		return "", fmt.Errorf("format %.80q: %w", l.Format, err)
	}
	return fmt.Sprintf("{'descr': %s, 'fortran_order': %s, 'shape': %s, }", descr, fortran, pythonTuple(l.Shape)), nil
}

// pythonTuple writes a shape as Python does.
func pythonTuple(shape []int) string {
	var s strings.Builder
	s.WriteByte('(')
	for i, extent := range shape {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.WriteString(strconv.Itoa(extent))
		if i < len(shape)-1 || i == 0 {
			s.WriteByte(',')
		}
	}
	s.WriteByte(')')
	return s.String()
}
