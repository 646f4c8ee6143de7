package kernel

import (
	"slices"
	"testing"

	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
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

func testCount(t draw.Source) {
	defer setAVX2(setAVX2(draw.Bool(t, "assembly")))
	size := 1 + t.UpTo(32, "size")
	if t.UpTo(2, "word") > 0 {
		size = 1 << t.UpTo(4, "size of word")
	}
	s := scatter(t, drawLongShape(t), size+t.UpTo(2, "padding"), true)
	few := make([]byte, 1+t.UpTo(6, "different bytes"))
	for i := range few {
		few[i] = byte(t.UpTo(255, "byte"))
	}
	i := 0
	s.each(func(item []byte) {
		for k := range item {
			item[k] = few[i%len(few)]
		}
		i++
	})
	m := Match{Pattern: slices.Repeat(few[:1], t.UpTo(size, "pattern")), Except: t.UpTo(1, "except") == 1}
	if t.UpTo(1, "masked") == 1 {
		m.Mask = make([]byte, len(m.Pattern))
		for k := range m.Mask {
			m.Mask[k] = byte(t.UpTo(255, "mask"))
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

func TestCountAgainstModel(t *testing.T) { draw.Check(t, testCount) }

// FuzzCount counts and finds items of any layout, and compares with a loop over them.
func FuzzCount(f *testing.F) { draw.Fuzz(f, testCount) }

// TestOneAnywhere looks for the only match at every place of runs of every length up to some.
func TestOneAnywhere(t *testing.T) {
	page := fence.Bytes(t, fence.Page, fence.After)
	bothWays(t, func(t *testing.T) {
		for _, size := range []int{1, 2, 3, 4, 8, 16} {
			for n := range 140/size + 20 {
				mem := fence.Sides[n%2].Cut(page, n*size)
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
