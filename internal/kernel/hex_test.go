package kernel

import (
	"encoding/hex"
	"testing"
)

func TestHexOfEveryByteAndLength(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		src := make([]byte, 300)
		for i := range src {
			src[i] = byte(i * 3)
		}
		for n := 1; n <= len(src); n++ {
			for odd := range 2 {
				src := src[odd:n]
				mem := make([]byte, 2*len(src)+2)
				Hex(mem[1:len(mem)-1], src)
				if got, want := string(mem), "\x00"+hex.EncodeToString(src)+"\x00"; got != want {
					t.Fatalf("hex of %d bytes is %q, want %q", len(src), got, want)
				}
			}
		}
	})
}
