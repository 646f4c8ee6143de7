package memoryview

import (
	"fmt"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Hex returns the items' bytes in C order as hexadecimal digits (memoryview.hex). Between groups of
// bytes stands sep, one ASCII character or "" for none; groups are counted from the right, for a
// negative group from the left, and 0 means no separators.
func (v *View) Hex(sep string, group int) (string, error) {
	if len(sep) > 1 || sep >= "\x80" {
		return "", fmt.Errorf("hex: %w: separator %.20q: give one ASCII character or none", buffer.ErrValue, sep)
	}
	if n := v.buf.Len(); n > kernel.MostBytes || !kernel.Affords(3*n) { // digits and separators
		return "", fmt.Errorf("hex: %w: the digits of %d bytes do not fit into memory: WriteTo and ReadAt go piece by piece", buffer.ErrLayout, n)
	}
	free := 0
	if sep != "" {
		free = kernel.HexSeparators(v.buf.Len(), group)
	}
	digits, err := v.digits(free)
	if err != nil {
		return "", fmt.Errorf("hex: %w", err)
	}
	if free > 0 {
		kernel.HexSpread(digits, free, sep[0], group)
	}
	return unsafe.String(unsafe.SliceData(digits), len(digits)), nil // nobody else has the bytes
}

// digits returns the hexadecimal digits of the items' bytes, after some free space.
func (v *View) digits(free int) ([]byte, error) {
	n := v.buf.Len()
	digits := make([]byte, free+2*n)
	if v.buf.IsContiguous(buffer.C) {
		return digits, v.buf.Access(func(item unsafe.Pointer) error {
			kernel.Hex(digits[free:], unsafe.Slice((*byte)(item), n))
			return nil
		})
	}
	piece := make([]byte, min(n, hexPiece))
	for done := 0; done < n; {
		m, err := v.buf.Read(piece, done)
		if err != nil {
			return nil, err
		}
		kernel.Hex(digits[free+2*done:free+2*(done+m)], piece[:m])
		done += m
	}
	return digits, nil
}

// hexPiece is how many bytes are packed at a time: they stay in the cache.
const hexPiece = 8 << 10
