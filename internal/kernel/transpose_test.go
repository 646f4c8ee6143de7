package kernel

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// side is one of the two matrices of a transposition: count runs of items without gaps, at a stride.
type side struct {
	mem    []byte
	first  int // where item (0, 0) lies in mem
	stride int
}

// newSide cuts a side out of memory that alloc makes, with lead bytes before it and as many after it.
func newSide(alloc func(int) []byte, count, run, gap, lead int, backwards bool) side {
	stride := run + gap
	s := side{alloc(2*lead + (count-1)*stride + run), lead, stride}
	if backwards {
		s.first, s.stride = lead+(count-1)*stride, -stride
	}
	return s
}

// fill writes bytes that repeat only after a long time.
func (s side) fill(seed uint32) {
	for i := range s.mem {
		seed = seed*1664525 + 1013904223
		s.mem[i] = byte(seed >> 24)
	}
}

func (s side) base() unsafe.Pointer { return unsafe.Pointer(&s.mem[s.first]) }

// checkTransposed compares transpose with its definition, in every byte of both sides' memory.
func checkTransposed(t interface{ Fatalf(string, ...any) }, dst, src side, rows, cols, size int) {
	dst.fill(1)
	src.fill(2)
	want, before := slices.Clone(dst.mem), slices.Clone(src.mem)
	for i := range rows {
		for j := range cols {
			to, from := dst.first+j*dst.stride+i*size, src.first+i*src.stride+j*size
			copy(want[to:to+size], src.mem[from:from+size])
		}
	}
	transpose(dst.base(), src.base(), rows, cols, dst.stride, src.stride, size)
	if !bytes.Equal(src.mem, before) {
		t.Fatalf("transpose changed its source")
	}
	if !bytes.Equal(dst.mem, want) {
		at := 0
		for dst.mem[at] == want[at] {
			at++
		}
		t.Fatalf("%d x %d items of %d bytes, strides %d and %d: byte %d from item (0, 0) is %#x, want %#x",
			rows, cols, size, dst.stride, src.stride, at-dst.first, dst.mem[at], want[at])
	}
}

func drawSide(t *rapid.T, label string, count, run int) side {
	gap := rapid.IntRange(0, 70).Draw(t, label+" gap")
	if rapid.Bool().Draw(t, label+" whole lines") {
		gap = -run & 63
	}
	end := draw.Side(draw.Rapid(t))
	return newSide(func(n int) []byte { return fence.Bytes(t, n, end) }, count, run, gap,
		rapid.SampledFrom([]int{0, 0, 1, 16, 60, 64, 130}).Draw(t, label+" lead"), rapid.Bool().Draw(t, label+" backwards"))
}

func TestTransposeAgainstDefinition(t *testing.T) {
	defer setStreamBytes(setStreamBytes(0))
	check := func(sizes *rapid.Generator[int], most int) func(*rapid.T) {
		return func(t *rapid.T) {
			defer setAVX2(setAVX2(rapid.Bool().Draw(t, "assembly")))
			setStreamBytes(rapid.SampledFrom([]int{0, math.MaxInt}).Draw(t, "stream from"))
			size := sizes.Draw(t, "size")
			rows, cols := rapid.IntRange(1, most).Draw(t, "rows"), rapid.IntRange(1, most).Draw(t, "cols")
			dst, src := drawSide(t, "dst", cols, rows*size), drawSide(t, "src", rows, cols*size)
			checkTransposed(t, dst, src, rows, cols, size)
		}
	}
	rapid.Check(t, check(rapid.IntRange(1, 33), 70))
	rapid.Check(t, check(rapid.SampledFrom([]int{1, 2, 4, 8, 16, 64, 100}), 70))
	rapid.Check(t, check(rapid.SampledFrom([]int{1, 2, 4, 8, 16}), 300))
}

// TestTransposeRepeatedSource reads one row again and again, and rows that share bytes.
func TestTransposeRepeatedSource(t *testing.T) {
	for _, size := range []int{1, 2, 3, 4, 8, 16, 24} {
		for _, stride := range []int{0, 1, -1, size} {
			const rows, cols = 40, 50
			for _, end := range fence.Sides {
				alloc := func(n int) []byte { return fence.Bytes(t, n, end) }
				src := newSide(alloc, 1, (rows-1)*max(stride, -stride)+cols*size, 0, 0, false)
				if src.stride = stride; stride < 0 {
					src.first = (rows - 1) * -stride
				}
				dst := newSide(alloc, cols, rows*size, 0, 0, false)
				checkTransposed(t, dst, src, rows, cols, size)
			}
		}
	}
}

func TestTransposeOfNothing(*testing.T) {
	for _, extents := range [][2]int{{0, 0}, {0, 5}, {5, 0}} {
		transpose(nil, nil, extents[0], extents[1], 8, 8, 8) // must not touch the pointers
	}
}

// TestTransposeStaysInside has both sides end, and begin, where memory does.
func TestTransposeStaysInside(t *testing.T) {
	defer setStreamBytes(setStreamBytes(0))
	for _, size := range []int{1, 2, 3, 4, 5, 7, 8, 12, 16, 24, 33, 80} {
		for _, extents := range [][2]int{{1, 1}, {7, 9}, {8, 3}, {16, 16}, {33, 65}, {64, 64}, {130, 40}, {2048, 65}} {
			if extents[0]*size > 2*crowdedStride {
				continue
			}
			for _, end := range fence.Sides {
				for _, gap := range []int{0, 1, 64} {
					t.Run(fmt.Sprintf("%dx%dx%d, gap %d, %v", extents[0], extents[1], size, gap, end), func(t *testing.T) {
						transposeAtFences(t, end, extents[0], extents[1], size, gap)
					})
				}
			}
		}
	}
}

func transposeAtFences(t *testing.T, end fence.Side, rows, cols, size, gap int) {
	alloc := func(n int) []byte { return fence.Bytes(t, n, end) }
	for _, backwards := range []bool{false, true} {
		dst := newSide(alloc, cols, rows*size, gap, 0, backwards)
		src := newSide(alloc, rows, cols*size, gap, 0, backwards)
		for _, stream := range []int{0, math.MaxInt} {
			setStreamBytes(stream)
			for _, on := range []bool{false, true} {
				was := setAVX2(on)
				checkTransposed(t, dst, src, rows, cols, size)
				setAVX2(was)
			}
		}
	}
}

// TestTransposeLarge reaches the blocks, and the way past the caches at its true size.
func TestTransposeLarge(t *testing.T) {
	for _, c := range []struct{ rows, cols, size, gap, lead int }{
		{3000, 2900, 1, 8, 60},
		{2048, 101, 1, 0, 0},
		{1000, 90, 1, 1048, 7},
		{1030, 70, 2, 2036, 2},
		{1024, 2050, 2, 0, 62},
		{1031, 1027, 4, 20, 4},
		{777, 700, 8, 56, 8},
		{515, 515, 16, 16, 16},
		{2047, 2049, 1, 1, 1},
		{1023, 1025, 4, 4, 3},
		{300, 200, 6, 0, 0},
		{100_000, 3, 2, 0, 0},
		{3, 100_000, 2, 0, 0},
	} {
		t.Run(fmt.Sprintf("%dx%dx%d", c.rows, c.cols, c.size), func(t *testing.T) {
			for _, end := range fence.Sides { // memory behind a fence starts a line too
				alloc := func(n int) []byte { return fence.Bytes(t, n, end) }
				dst := newSide(alloc, c.cols, c.rows*c.size, c.gap, c.lead, false)
				src := newSide(alloc, c.rows, c.cols*c.size, 0, 0, false)
				checkTransposed(t, dst, src, c.rows, c.cols, c.size)
			}
		})
	}
}

func TestTransposeDoesNotAllocate(t *testing.T) {
	defer setStreamBytes(setStreamBytes(0))
	var dst, src [64 * 64]byte
	if n := testing.AllocsPerRun(10, func() {
		transpose(unsafe.Pointer(&dst), unsafe.Pointer(&src), 64, 64, 64, 64, 1)
		transpose(unsafe.Pointer(&dst), unsafe.Pointer(&src), 16, 30, 128, 256, 8)
	}); n != 0 {
		t.Errorf("transpose allocates %v times", n)
	}
}

// FuzzTranspose turns matrices by every way there is, and compares with the definition.
func FuzzTranspose(f *testing.F) {
	f.Add(uint16(64), uint16(64), uint8(4), uint8(0), uint8(0), uint8(0), uint8(0), uint8(15))
	f.Add(uint16(9), uint16(17), uint8(1), uint8(5), uint8(1), uint8(3), uint8(7), uint8(1))
	f.Add(uint16(200), uint16(33), uint8(2), uint8(48), uint8(0), uint8(6), uint8(0), uint8(13))
	f.Fuzz(func(t *testing.T, rows, cols uint16, size, dstGap, srcGap, dstLead, srcLead, switches uint8) {
		r, c, s := int(rows)%300+1, int(cols)%300+1, int(size)%40+1
		stream := math.MaxInt
		if switches&1 != 0 {
			stream = 0
		}
		defer setStreamBytes(setStreamBytes(stream))
		defer setAVX2(setAVX2(switches&2 != 0))
		alloc := func(n int) []byte { return fence.Bytes(t, n, fence.Side(switches>>4&1)) }
		dst := newSide(alloc, c, r*s, int(dstGap), int(dstLead), switches&4 != 0)
		src := newSide(alloc, r, c*s, int(srcGap), int(srcLead), switches&8 != 0)
		checkTransposed(t, dst, src, r, c, s)
	})
}
