package kernel

import (
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// TestShareExactly compares the answers with sets of bytes.
func TestShareExactly(t *testing.T) {
	var memory [4096]byte
	met := map[Outcome]int{}
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawItems(t, &memory), drawItems(t, &memory)
		covered := map[uintptr]bool{}
		for p := range bytesOf(&a) {
			covered[p] = true
		}
		want := No
		for p := range bytesOf(&b) {
			if covered[p] {
				want = Yes
			}
		}
		budget := 1 << 30
		if got := Share(&a, &b, &budget); got != want {
			t.Fatalf("Share(%+v, %+v) = %v, want %v", a, b, got, want)
		}
		met[want]++
		few := rapid.IntRange(0, 5).Draw(t, "budget")
		if got := Share(&a, &b, &few); got != want && got != Undecided {
			t.Fatalf("with a small budget Share(%+v, %+v) = %v, want %v", a, b, got, want)
		}
	})
	if met[No] == 0 || met[Yes] == 0 {
		t.Errorf("only one answer was met: %v", met)
	}
}

func TestSharesItselfExactly(t *testing.T) {
	var memory [4096]byte
	rapid.Check(t, func(t *rapid.T) {
		it := drawItems(t, &memory)
		met, want := map[uintptr]bool{}, No
		for p := range bytesOf(&it) {
			if met[p] {
				want = Yes
			}
			met[p] = true
		}
		budget := 1 << 30
		if got := SharesItself(it.Size, it.Shape, it.Strides, &budget); got != want {
			t.Fatalf("SharesItself(%+v) = %v, want %v", it, got, want)
		}
	})
}

// TestShareEnds has strides that make the search as long as it can be.
func TestShareEnds(t *testing.T) {
	var memory [500_000]byte
	a := Items{Base: unsafe.Pointer(&memory), Size: 1}
	for _, stride := range []int{1_000_003, 1_000_033, 1_000_037, 1_000_039, 1_000_081, 1_000_099, 1_000_117, 1_000_121} {
		a.Shape, a.Strides = append(a.Shape, 100), append(a.Strides, stride)
	}
	b := a
	b.Base = unsafe.Add(a.Base, 499_999)
	budget := 100_000
	if got := Share(&a, &b, &budget); got == No || budget > 100_000 || budget < -1 {
		t.Errorf("%v, with %d steps left", got, budget)
	}
}

func drawItems(t *rapid.T, memory *[4096]byte) Items {
	it := Items{Base: unsafe.Pointer(&memory[2048]), Size: rapid.IntRange(1, 9).Draw(t, "size")}
	it.Base = unsafe.Add(it.Base, rapid.IntRange(-40, 40).Draw(t, "offset"))
	for range rapid.IntRange(0, 3).Draw(t, "dimensions") {
		it.Shape = append(it.Shape, rapid.IntRange(1, 6).Draw(t, "extent"))
		it.Strides = append(it.Strides, rapid.IntRange(-60, 60).Draw(t, "stride"))
	}
	return it
}

// bytesOf yields where the bytes of every item lie, item by item.
func bytesOf(it *Items) func(yield func(uintptr) bool) {
	return func(yield func(uintptr) bool) {
		index := make([]int, len(it.Shape))
		for range it.Count() {
			for i := range it.Size {
				if !yield(uintptr(it.At(index)) + uintptr(i)) {
					return
				}
			}
			Advance(index, it.Shape, false)
		}
	}
}
