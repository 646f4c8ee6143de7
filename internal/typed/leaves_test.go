package typed

import (
	"testing"

	"github.com/go-memoryview/memoryview/format"
)

// TestLeavesAreThoseOfTheType compares the two walks.
func TestLeavesAreThoseOfTheType(t *testing.T) {
	for _, text := range []string{"i", "3s", "ih", "T{i:a:T{b:b:(2,3)h:c:}:d:}", "(2)T{b:a:xi:b:}", "(0)i", "T{}", "(3)T{}", "(2)T{T{}b}x"} {
		typ, err := format.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		walk := leavesOf(typ)
		for offset, leaf := range typ.Leaves() {
			if gotOffset, got := walk.next(); got != leaf || gotOffset != offset {
				t.Errorf("%s: leaf %v at %d, want %v at %d", text, got, gotOffset, leaf, offset)
			}
		}
		if _, more := walk.next(); more != nil {
			t.Errorf("%s: one leaf too many, %v", text, more)
		}
	}
}
