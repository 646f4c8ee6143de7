package kernel

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/go-memoryview/memoryview/internal/fence"
)

func TestHexOfEveryByteAndLength(t *testing.T) {
	page, text := fence.Bytes(t, fence.Page, fence.After), fence.Bytes(t, fence.Page, fence.After)
	bothWays(t, func(t *testing.T) {
		for n := range 300 {
			for _, side := range fence.Sides {
				for odd := range 2 { // bytes between the fence and the digits
					src := side.Cut(page, n)
					for i := range src {
						src[i] = byte(n + i*3)
					}
					clear(text)
					room := side.Cut(text, 2*n+2*odd)
					Hex(room[odd:][:2*n], src)
					want := "\x00"[:odd] + hex.EncodeToString(src) + "\x00"[:odd]
					if rest := len(bytes.Trim(text, "\x00")); string(room) != want || rest != 2*n {
						t.Fatalf("hex of %d bytes is %q, want %q: %d bytes are written", n, room, want, rest)
					}
				}
			}
		}
	})
}
