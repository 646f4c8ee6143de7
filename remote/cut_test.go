package remote

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview/buffer"
)

// TestParts holds the parts of a cut to a walk over its items.
func TestParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 40).Draw(t, "size")
		c := chunkedCut{buffer.Cut{Start: rapid.IntRange(0, size-1).Draw(t, "start")}, rapid.IntRange(1, 45).Draw(t, "extent")}
		c.Step = rapid.IntRange(-45, 45).Filter(func(n int) bool { return n != 0 }).Draw(t, "step")
		room := size - c.Start
		if c.Step < 0 {
			room = c.Start + 1
		}
		c.Count = rapid.IntRange(0, (room-1)/max(c.Step, -c.Step)+1).Draw(t, "count")
		k := 0
		for i := range c.parts() {
			p := c.part(i)
			if p.target != (buffer.Cut{Start: k, Count: p.source.Count, Step: 1}) || p.source.Count < 1 || p.source.Step != c.Step {
				t.Fatalf("part %d of %+v is %+v, behind %d items", i, c, p, k)
			}
			for j := range p.source.Count {
				if inside := p.source.Start + j*c.Step; inside < 0 || inside >= c.extent || p.chunk*c.extent+inside != c.Start+k*c.Step {
					t.Fatalf("item %d of part %d of %+v: %+v", j, i, c, p)
				}
				k++
			}
			if i > 0 && c.part(i-1).chunk == p.chunk {
				t.Fatalf("chunk %d of %+v comes twice", p.chunk, c)
			}
		}
		if k != c.Count {
			t.Fatalf("%d items in the parts of %+v", k, c)
		}
	})
}

// TestPartsOfTheLargest counts without overflow, and without a list of what it counts.
func TestPartsOfTheLargest(t *testing.T) {
	const last = math.MaxInt - 1
	for _, c := range []chunkedCut{
		{buffer.Cut{Count: math.MaxInt, Step: 1}, 1},
		{buffer.Cut{Count: math.MaxInt, Step: 1}, 3},
		{buffer.Cut{Count: math.MaxInt, Step: 1}, math.MaxInt32},
		{buffer.Cut{Start: last, Count: math.MaxInt, Step: -1}, 1},
		{buffer.Cut{Start: last, Count: math.MaxInt, Step: -1}, 3},
		{buffer.Cut{Start: last, Count: math.MaxInt, Step: -1}, math.MaxInt32},
		{buffer.Cut{Count: 2, Step: last}, 1},
		{buffer.Cut{Start: last, Count: 2, Step: -last}, 7},
	} {
		first, end := c.part(0), c.part(c.parts()-1)
		if first.target.Start != 0 || first.chunk != c.Start/c.extent || end.target.Start+end.target.Count != c.Count || end.chunk != (c.Start+(c.Count-1)*c.Step)/c.extent {
			t.Errorf("%+v: from %+v to %+v", c, first, end)
		}
	}
}
