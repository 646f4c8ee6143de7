package kernel

import (
	"bytes"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// testEqualNumbers compares EqualNumbers with the model: of arrays that are likely to be equal, and after
// one number was changed.
func testEqualNumbers(t draw.Source) {
	defer setAVX2(setAVX2(draw.Bool(t, "assembly")))
	na, nb := drawNumber(t, "a"), drawNumber(t, "b")
	shape := drawLongShape(t)
	a := scatter(t, shape, na.Size+t.UpTo(2, "padding"), true)
	b := scatter(t, shape, nb.Size+t.UpTo(2, "padding"), t.UpTo(3, "shared") == 0)
	na.fill(t, a)
	values := a.values(na)
	i := 0
	b.each(func(item []byte) { // the same numbers, where there are such
		if !nb.write(item, values[i]) {
			nb.write(item, value{exactFloat(1), exactFloat(0)})
		}
		i++
	})
	compareNumbers(t, a, b, na, nb)
	if len(values) > 0 {
		changed := t.UpTo(min(len(values)-1, 200), "changed")
		i = 0
		b.each(func(item []byte) {
			if i == changed {
				nb.draw(t, item[:nb.Size])
			}
			i++
		})
		compareNumbers(t, a, b, na, nb)
	}
}

func (s *scattered) values(n Number) (list []value) {
	s.each(func(item []byte) { list = append(list, n.read(item)) })
	return list
}

func compareNumbers(t draw.Source, a, b *scattered, na, nb Number) {
	want := true
	right := b.values(nb)
	for i, v := range a.values(na) {
		if !v.same(right[i]) {
			want = false
		}
	}
	if EqualNumbers(a.items, b.items, na, nb) != want || EqualNumbers(b.items, a.items, nb, na) != want {
		t.Fatalf("%v with %v: %v == %v is not %v", na, nb, a.values(na), b.values(nb), want)
	}
}

func TestEqualNumbersAgainstModel(t *testing.T) { draw.Check(t, testEqualNumbers) }

// FuzzEqualNumbers compares numbers of any two sorts and layouts, and the answer with a model that reckons with math/big.
func FuzzEqualNumbers(f *testing.F) { draw.Fuzz(f, testEqualNumbers) }

// TestEqualNumbersAllEdges compares every number at which something changes with those that are near it,
// of every kind.
func TestEqualNumbersAllEdges(t *testing.T) {
	for _, na := range allNumbers {
		for _, nb := range allNumbers {
			if !na.Swap && !nb.Swap && na.Kind <= nb.Kind {
				compareEdges(t, na, nb)
			}
		}
	}
}

func compareEdges(t *testing.T, na, nb Number) {
	a, b := fence.Bytes(t, na.Size, fence.After), fence.Bytes(t, nb.Size, fence.After)
	for i := range edges {
		near := edges[max(i-3, 0):min(i+4, len(edges))]
		for _, x := range na.items(edges[i : i+1]) {
			for _, y := range nb.items(near) {
				v, w := na.read(x), nb.read(y)
				copy(a, x)
				copy(b, y)
				if EqualNumbers(line(a, na.Size), line(b, nb.Size), na, nb) != v.same(w) {
					t.Errorf("%v %v == %v %v is not %v", na, v, nb, w, v.same(w))
				}
			}
		}
	}
}

// TestUnequalAnywhere puts one unequal number at every place of runs of some lengths.
func TestUnequalAnywhere(t *testing.T) {
	zero, one := value{exactFloat(0), exactFloat(0)}, value{exactFloat(1), exactFloat(0)}
	pageA, pageB := fence.Bytes(t, fence.Page, fence.After), fence.Bytes(t, fence.Page, fence.After)
	bothWays(t, func(t *testing.T) {
		for _, na := range allNumbers {
			for _, nb := range allNumbers {
				for i, n := range []int{1, 17, 35} {
					side := fence.Sides[i%2]
					a, b := side.Cut(pageA, n*na.Size), side.Cut(pageB, n*nb.Size)
					clear(a)
					clear(b)
					x, y := line(a, na.Size), line(b, nb.Size)
					if !EqualNumbers(x, y, na, nb) {
						t.Fatalf("%d zeros of %v and %v are unequal", n, na, nb)
					}
					for i := range n {
						nb.write(b[i*nb.Size:], one)
						if EqualNumbers(x, y, na, nb) {
							t.Fatalf("%v and %v: number %d of %d is not seen", na, nb, i, n)
						}
						na.write(a[i*na.Size:], one)
						if !EqualNumbers(x, y, na, nb) {
							t.Fatalf("%v and %v: number %d of %d is wrong", na, nb, i, n)
						}
						na.write(a[i*na.Size:], zero)
						nb.write(b[i*nb.Size:], zero)
					}
				}
			}
		}
	})
}

// testEqualBytes compares arrays that are unequal in most cases, then a copy, then a changed one.
func testEqualBytes(t draw.Source) {
	defer setAVX2(setAVX2(draw.Bool(t, "assembly")))
	shape, size := drawLongShape(t), 1+t.UpTo(32, "size")
	a, b := scatter(t, shape, size, true), scatter(t, shape, size, false)
	if want := bytes.Equal(a.packed(), b.packed()); EqualBytes(a.items, b.items) != want {
		t.Fatalf("EqualBytes of different memory is %v", !want)
	}
	Copy(b.items, a.items)
	if !EqualBytes(a.items, b.items) {
		t.Fatal("a copy is unequal")
	}
	if n := a.items.Count(); n > 0 {
		changed, i := t.UpTo(n-1, "changed"), 0
		b.each(func(item []byte) {
			if i == changed {
				item[t.UpTo(size-1, "byte")] ^= 1
			}
			i++
		})
		if EqualBytes(a.items, b.items) {
			t.Fatal("a changed copy is equal")
		}
	}
}

func (s *scattered) packed() (packed []byte) {
	s.each(func(item []byte) { packed = append(packed, item...) })
	return packed
}

func TestEqualBytesAgainstModel(t *testing.T) { draw.Check(t, testEqualBytes) }

// FuzzEqualBytes compares arrays of any two layouts, byte by byte.
func FuzzEqualBytes(f *testing.F) { draw.Fuzz(f, testEqualBytes) }

// What has no bytes may end a Go object: a pointer to it would point into the next one.
func TestPartWithoutBytesLiesNowhere(t *testing.T) {
	mem := make([]byte, 8)
	it := Items{Base: unsafe.Pointer(&mem[0]), Size: 8, Shape: []int{1}, Strides: []int{8}}
	if end := it.Part(8, 0); uintptr(end.Base) == uintptr(it.Base)+8 || end.Count() != 1 {
		t.Errorf("a part without bytes lies at %p, its object ends at %#x", end.Base, uintptr(it.Base)+8)
	}
	if part := it.Part(4, 4); part.Base != unsafe.Pointer(&mem[4]) {
		t.Errorf("a part of bytes 4 to 7 lies at %p, want %p", part.Base, &mem[4])
	}
}
