package kernel

import (
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// testEqualNumbers compares EqualNumbers with the model: of arrays that are likely to be equal, and after
// one number was changed.
func testEqualNumbers(t interface{ Fatalf(string, ...any) }, d draws) {
	na, nb := drawNumber(d, "a"), drawNumber(d, "b")
	shape := drawLongShape(d)
	a := scatter(d, shape, na.Size+d.upTo(2, "padding"), true)
	b := scatter(d, shape, nb.Size+d.upTo(2, "padding"), d.upTo(3, "shared") == 0)
	na.fill(d, a)
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
		changed := d.upTo(min(len(values)-1, 200), "changed")
		i = 0
		b.each(func(item []byte) {
			if i == changed {
				nb.draw(d, item[:nb.Size])
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

func compareNumbers(t interface{ Fatalf(string, ...any) }, a, b *scattered, na, nb Number) {
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

func TestEqualNumbersAgainstModel(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { testEqualNumbers(t, rapidDraws{t}) })
	})
}

func FuzzEqualNumbers(f *testing.F) {
	f.Add([]byte{3, 9, 2, 4, 5, 1, 2})
	f.Fuzz(func(t *testing.T, data []byte) { testEqualNumbers(t, &byteDraws{data}) })
}

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
	for i := range edges {
		near := edges[max(i-3, 0):min(i+4, len(edges))]
		for _, x := range na.items(edges[i : i+1]) {
			for _, y := range nb.items(near) {
				v, w := na.read(x), nb.read(y)
				if EqualNumbers(line(x, na.Size), line(y, nb.Size), na, nb) != v.same(w) {
					t.Errorf("%v %v == %v %v is not %v", na, v, nb, w, v.same(w))
				}
			}
		}
	}
}

// TestUnequalAnywhere puts one unequal number at every place of runs of some lengths.
func TestUnequalAnywhere(t *testing.T) {
	zero, one := value{exactFloat(0), exactFloat(0)}, value{exactFloat(1), exactFloat(0)}
	bothWays(t, func(t *testing.T) {
		for _, na := range allNumbers {
			for _, nb := range allNumbers {
				for _, n := range []int{1, 17, 35} {
					a, b := make([]byte, n*na.Size), make([]byte, n*nb.Size)
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

func TestEqualBytesOfScattered(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := rapidDraws{rt}
		shape, size := drawLongShape(d), 1+d.upTo(32, "size")
		a, b := scatter(d, shape, size, false), scatter(d, shape, size, false)
		Copy(b.items, a.items)
		if !EqualBytes(a.items, b.items) {
			rt.Fatal("a copy is unequal")
		}
		n := a.items.Count()
		if n == 0 {
			return
		}
		changed := rapid.IntRange(0, n-1).Draw(rt, "changed")
		b.each(func(item []byte) {
			if changed == 0 {
				item[d.upTo(size-1, "byte")] ^= 1
			}
			changed--
		})
		if EqualBytes(a.items, b.items) {
			rt.Fatal("a changed copy is equal")
		}
	})
}

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
