package kernel

import (
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/draw"
)

// addresses are what the arrays of these tests lie at. Nothing is read or written.
var addresses [4096]byte

// testShare compares the answers with sets of bytes, and returns the right one.
func testShare(t draw.Source) Outcome {
	a, b := drawItems(t), drawItems(t)
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
	few := t.UpTo(5, "budget")
	if got := Share(&a, &b, &few); got != want && got != Undecided {
		t.Fatalf("with a small budget Share(%+v, %+v) = %v, want %v", a, b, got, want)
	}
	return want
}

func TestShareExactly(t *testing.T) {
	met := map[Outcome]int{}
	draw.Check(t, func(t draw.Source) { met[testShare(t)]++ })
	if met[No] == 0 || met[Yes] == 0 {
		t.Errorf("only one answer was met: %v", met)
	}
}

// testSharesItself compares the answer with a set of bytes.
func testSharesItself(t draw.Source) {
	it := drawItems(t)
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
}

func TestSharesItselfExactly(t *testing.T) { draw.Check(t, testSharesItself) }

// FuzzShare asks whether two small arrays share bytes, and whether items of one do, and compares with sets of bytes.
func FuzzShare(f *testing.F) {
	draw.Fuzz(f, func(t draw.Source) {
		if draw.Bool(t, "one array") {
			testSharesItself(t)
		} else {
			testShare(t)
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

func drawItems(t draw.Source) Items {
	it := Items{Base: unsafe.Pointer(&addresses[2048]), Size: draw.Between(t, 1, 9, "size")}
	it.Base = unsafe.Add(it.Base, draw.Between(t, -40, 40, "offset"))
	for range t.UpTo(3, "dimensions") {
		it.Shape = append(it.Shape, draw.Between(t, 1, 6, "extent"))
		it.Strides = append(it.Strides, draw.Between(t, -60, 60, "stride"))
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
