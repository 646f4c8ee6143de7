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
	if err := checkCopy(v.buf.Len()); err != nil {
		return "", fmt.Errorf("hex: %w", err)
	}
	digits, err := v.digits(separators(v.buf.Len(), sep, group))
	if err != nil {
		return "", fmt.Errorf("hex: %w", err)
	}
	if free := len(digits) - 2*v.buf.Len(); free > 0 {
		spread(digits, free, sep[0], group)
	}
	return unsafe.String(unsafe.SliceData(digits), len(digits)), nil // nobody else has the bytes
}

// separators counts them.
func separators(n int, sep string, group int) int {
	if sep == "" || group == 0 || n == 0 {
		return 0
	}
	return (n - 1) / groupSize(n, group)
}

// groupSize is how many bytes stand between two separators, at most all.
func groupSize(n, group int) int {
	if group < 0 {
		group = -group
	}
	if group < 0 || group > n {
		return n // the smallest int has no negative
	}
	return group
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

// spread moves the digits, which begin at from, to the front, with a separator between groups. The
// first group may be shorter than the others when they are counted from the right.
func spread(digits []byte, from int, sep byte, group int) {
	n := (len(digits) - from) / 2
	size := groupSize(n, group)
	next := size
	if rest := n % size; group > 0 && rest > 0 {
		next = rest
	}
	for to := 0; ; next = size {
		end := min(from+2*next, len(digits))
		to += copy(digits[to:], digits[from:end])
		if from = end; from == len(digits) {
			return
		}
		digits[to] = sep
		to++
	}
}
