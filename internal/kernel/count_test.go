package kernel

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// matchesSlowly is what Match says.
func (m *Match) matchesSlowly(item []byte) bool {
	same := true
	for i, b := range m.Pattern {
		mask := byte(0xff)
		if m.Mask != nil {
			mask = m.Mask[i]
		}
		same = same && item[i]&mask == b
	}
	return same != m.Except
}

func testCount(t interface{ Fatalf(string, ...any) }, d draws) {
	size := 1 + d.upTo(32, "size")
	if d.upTo(2, "word") > 0 {
		size = 1 << d.upTo(4, "size of word")
	}
	s := scatter(d, drawLongShape(d), size+d.upTo(2, "padding"), true)
	few := make([]byte, 1+d.upTo(6, "different bytes"))
	for i := range few {
		few[i] = byte(d.upTo(255, "byte"))
	}
	i := 0
	s.each(func(item []byte) {
		for k := range item {
			item[k] = few[i%len(few)]
		}
		i++
	})
	m := Match{Pattern: slices.Repeat(few[:1], d.upTo(size, "pattern")), Except: d.upTo(1, "except") == 1}
	if d.upTo(1, "masked") == 1 {
		m.Mask = make([]byte, len(m.Pattern))
		for k := range m.Mask {
			m.Mask[k] = byte(d.upTo(255, "mask"))
			m.Pattern[k] &= m.Mask[k]
		}
	}
	count, index := 0, -1
	i = 0
	s.each(func(item []byte) {
		if m.matchesSlowly(item) {
			count++
			if index < 0 {
				index = i
			}
		}
		i++
	})
	if got := Count(&s.items, &m); got != count {
		t.Fatalf("%v of %d bytes: Count of %+v is %d, want %d", s.items.Shape, s.items.Size, m, got, count)
	}
	if got := Index(&s.items, &m); got != index {
		t.Fatalf("%v of %d bytes: Index of %+v is %d, want %d", s.items.Shape, s.items.Size, m, got, index)
	}
}

func TestCountAgainstModel(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { testCount(t, rapidDraws{t}) })
	})
}

func FuzzCount(f *testing.F) {
	f.Add([]byte{3, 9, 2, 4, 5, 1, 2})
	f.Fuzz(func(t *testing.T, data []byte) { testCount(t, &byteDraws{data}) })
}

// TestOneAnywhere looks for the only match at every place of runs of every length up to some.
func TestOneAnywhere(t *testing.T) {
	bothWays(t, func(t *testing.T) {
		for _, size := range []int{1, 2, 3, 4, 8, 16} {
			for n := range 140/size + 20 {
				mem := make([]byte, n*size)
				m := Match{Pattern: make([]byte, size)}
				m.Pattern[size-1] = 1
				zero := Match{Pattern: make([]byte, size), Except: true}
				for i := -1; i < n; i++ {
					count := 0
					if i >= 0 {
						mem[(i+1)*size-1] = 1
						count = 1
					}
					items := line(mem, size)
					for _, m := range []Match{m, zero} {
						if got := Index(&items, &m); got != i {
							t.Errorf("%d items of %d bytes: %+v is found at %d, not %d", n, size, m, got, i)
						}
						if got := Count(&items, &m); got != count {
							t.Errorf("%d items of %d bytes: %+v is found %d times", n, size, m, got)
						}
					}
					clear(mem)
				}
			}
		}
	})
}
