package memoryview

import (
	"encoding/hex"
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
)

// Hex returns the items' bytes in C order as hexadecimal digits (memoryview.hex). Between groups of
// bytes stands sep, one ASCII character or "" for none; groups are counted from the right, for a
// negative group from the left, and 0 means no separators.
func (v *View) Hex(sep string, group int) (string, error) {
	if len(sep) > 1 || sep >= "\x80" {
		return "", fmt.Errorf("hex: %w: separator %.20q: give one ASCII character or none", buffer.ErrValue, sep)
	}
	data, err := v.ToBytes(buffer.C)
	if err != nil {
		return "", fmt.Errorf("hex: %w", err)
	}
	if sep == "" || group == 0 {
		return hex.EncodeToString(data), nil
	}
	return string(appendGroups(nil, data, sep[0], group)), nil
}

// appendGroups writes groups of bytes with a separator between them. The first one may be shorter
// than the others when they are counted from the right.
func appendGroups(dst, data []byte, sep byte, group int) []byte {
	size := max(group, -group)
	if size < 0 {
		size = len(data) // the smallest int has no negative
	}
	first := size
	if rest := len(data) % size; group > 0 && rest > 0 {
		first = rest
	}
	for first = min(first, len(data)); ; first = min(size, len(data)) {
		dst = hex.AppendEncode(dst, data[:first])
		if data = data[first:]; len(data) == 0 {
			return dst
		}
		dst = append(dst, sep)
	}
}
