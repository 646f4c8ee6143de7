package kernel

import (
	"testing"

	"github.com/go-memoryview/memoryview/internal/fence"
)

// TestNumbersAtFences works on ones that lie next to memory that cannot be read: before the first of them, or
// behind the last.
func TestNumbersAtFences(t *testing.T) {
	dst, src := fence.Bytes(t, fence.Page, fence.After), fence.Bytes(t, fence.Page, fence.After)
	bothWays(t, func(t *testing.T) {
		for _, from := range allNumbers {
			for _, to := range allNumbers {
				for _, n := range []int{1, 15, 16, 33, 101} {
					for _, side := range fence.Sides {
						onesAtFence(t, to, from, side.Cut(dst, n*to.Size), side.Cut(src, n*from.Size))
					}
				}
			}
		}
	})
}

func onesAtFence(t *testing.T, to, from Number, dst, src []byte) {
	one := value{exactFloat(1), exactFloat(0)}
	n := len(src) / from.Size
	for i := range n {
		from.write(src[i*from.Size:], one)
	}
	clear(dst)
	if Convertible(to, from) {
		Convert(line(dst, to.Size), line(src, from.Size), to, from)
	}
	item := make([]byte, to.Size)
	to.write(item, one)
	for i := range n {
		if Convertible(to, from) && string(dst[i*to.Size:][:to.Size]) != string(item) {
			t.Fatalf("%v to %v: number %d of %d is %v", from, to, i, n, to.read(dst[i*to.Size:]))
		}
		to.write(dst[i*to.Size:], one)
	}
	if !EqualNumbers(line(dst, to.Size), line(src, from.Size), to, from) {
		t.Fatalf("%d ones of %v and %v are unequal", n, to, from)
	}
	items := line(dst, to.Size)
	for _, mask := range [][]byte{nil, item} {
		if got := Count(&items, &Match{Pattern: item, Mask: mask}); got != n {
			t.Fatalf("%d of %d ones of %v, masked by %x", got, n, to, mask)
		}
	}
	if got := Index(&items, &Match{Pattern: item, Except: true}); got != -1 {
		t.Fatalf("number %d of %d ones of %v is none", got, n, to)
	}
}
