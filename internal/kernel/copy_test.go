package kernel

import (
	"bytes"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// grounds are those of the two sides of a copy.
type grounds struct{ to, from ground }

func newGrounds(t testing.TB) grounds { return grounds{newGround(t), newGround(t)} }

// naive is what dst's memory must hold after a copy, by the definition.
func naive(dst, src array) []byte {
	want := slices.Clone(dst.mem)
	from, size := src.offsets(false), dst.items.Size
	for i, to := range dst.offsets(false) {
		copy(want[to:to+size], src.mem[from[i]:from[i]+size])
	}
	return want
}

// checkCopied compares memory with what it should hold, and shows the first difference.
func checkCopied(t interface{ Fatalf(string, ...any) }, dst, src array, want []byte, what string) {
	for i := range want {
		if dst.mem[i] != want[i] {
			t.Fatalf("%s: byte %d from item 0 is %#x, want %#x: items of %d, shape %v, strides %v from %v",
				what, i-dst.start, dst.mem[i], want[i], dst.items.Size, dst.items.Shape, dst.items.Strides, src.items.Strides)
		}
	}
}

func (g grounds) copy(t draw.Source) {
	defer someKernels(t)()
	size := drawSize(t)
	shape := drawExtents(t, size)
	dst, src := g.to.draw(t, shape, size, false, "dst"), g.from.draw(t, shape, size, true, "src")
	want, before := naive(dst, src), slices.Clone(src.mem)
	Copy(dst.items, src.items)
	checkCopied(t, dst, src, want, "Copy")
	if !bytes.Equal(src.mem, before) {
		t.Fatal("Copy changed its source")
	}
}

func TestCopyAgainstDefinition(t *testing.T) { draw.Check(t, newGrounds(t).copy) }

func (g grounds) copyParallel(t draw.Source) {
	defer func(was int) { parallelSize = was }(parallelSize)
	parallelSize = 1
	defer someKernels(t)()
	size := drawSize(t)
	shape := drawExtents(t, size)
	dst, src := g.to.draw(t, shape, size, false, "dst"), g.from.draw(t, shape, size, true, "src")
	want := naive(dst, src)
	CopyParallel(dst.items, src.items, t.UpTo(5, "workers"))
	checkCopied(t, dst, src, want, "CopyParallel")
}

func TestCopyParallelAgainstDefinition(t *testing.T) { draw.Check(t, newGrounds(t).copyParallel) }

// TestSplit holds that the parts of a plan are all of its items, each once.
func TestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plan{size: rapid.SampledFrom([]int{1, 8, 5000, 1 << 20, 7 << 20}).Draw(t, "size")}
		stride, items := p.size, 1
		for range rapid.IntRange(0, 3).Draw(t, "axes") {
			n := rapid.SampledFrom([]int{1, 2, 3, 7, 100, 1000}).Draw(t, "n")
			if n > 1<<30/stride { // for int of 32 bits
				break
			}
			p.axes = slices.Insert(p.axes, 0, axis{n, stride, stride})
			stride *= n
			items *= n
		}
		covered := 0
		for _, part := range p.split(rapid.IntRange(1, 20).Draw(t, "parts")) {
			n := part.plan.size
			for _, a := range part.plan.axes {
				n *= a.n
			}
			if n <= 0 {
				t.Fatal("a part without items")
			}
			covered += n
		}
		if covered != items*p.size {
			t.Fatalf("the parts have %d bytes of %d", covered, items*p.size)
		}
	})
}

func TestPanicOfAWorkerIsTheCallers(t *testing.T) {
	for _, bad := range []int{0, 5, 99} {
		var ended atomic.Int64
		func() {
			defer func() {
				if r := recover(); r != "no" {
					t.Errorf("the caller recovered %v", r)
				}
				if ended.Load() < 0 {
					t.Error("a worker is still at it")
				}
			}()
			Together(4, 100, func(i int) {
				ended.Add(-1000)
				defer ended.Add(1000)
				if i == bad {
					panic("no")
				}
			})
			t.Error("no panic")
		}()
	}
}

// copyOntoItself is the one overlap that is allowed, but for runs.
func (g grounds) copyOntoItself(t draw.Source) {
	defer someKernels(t)()
	size := drawSize(t)
	a := g.from.draw(t, drawExtents(t, size), size, false, "a")
	before := slices.Clone(a.mem)
	Copy(a.items, a.items)
	if !bytes.Equal(a.mem, before) {
		t.Fatal("a copy of items onto themselves changed them")
	}
}

func TestCopyOntoItself(t *testing.T) { draw.Check(t, newGrounds(t).copyOntoItself) }

func (g grounds) packAndUnpack(t draw.Source) {
	defer someKernels(t)()
	size := drawSize(t)
	shape, fortran := drawExtents(t, size), draw.Bool(t, "fortran")
	src := g.from.draw(t, shape, size, true, "src")
	want := src.packed(fortran)
	got := fence.Bytes(t, len(want), draw.Side(t))
	Pack(got, src.items, fortran)
	if !bytes.Equal(got, want) {
		t.Fatalf("Pack(fortran %v) = %x, want %x", fortran, got, want)
	}
	dst := g.to.draw(t, shape, size, false, "dst")
	wantMem := naive(dst, src)
	Unpack(dst.items, got, fortran)
	checkCopied(t, dst, src, wantMem, "Unpack")
}

func TestPackAndUnpackAgainstDefinition(t *testing.T) { draw.Check(t, newGrounds(t).packAndUnpack) }

func (g grounds) packRange(t draw.Source) {
	size := drawSize(t)
	src := g.from.draw(t, drawExtents(t, size), size, true, "src")
	whole := src.packed(false)
	from := t.UpTo(len(whole), "from")
	to := draw.Between(t, from, len(whole), "to")
	got := fence.Bytes(t, to-from, draw.Side(t))
	PackRange(got, src.items, from)
	if !bytes.Equal(got, whole[from:to]) {
		t.Fatalf("PackRange %d:%d = %x, want %x", from, to, got, whole[from:to])
	}
}

func TestPackRangeAgainstWholePack(t *testing.T) { draw.Check(t, newGrounds(t).packRange) }

func (g grounds) unpackFirst(t draw.Source) {
	size := drawSize(t)
	dst := g.from.draw(t, drawExtents(t, size), size, false, "dst")
	fortran := draw.Bool(t, "fortran")
	src := fence.Bytes(t, t.UpTo(dst.items.Count()*size, "bytes"), draw.Side(t))
	copy(src, noise[100:])
	want := slices.Clone(dst.mem)
	for i, to := range dst.offsets(fortran) {
		if end := (i + 1) * size; end <= len(src) {
			copy(want[to:to+size], src[end-size:end])
		}
	}
	UnpackFirst(dst.items, src, fortran)
	checkCopied(t, dst, array{}, want, fmt.Sprintf("UnpackFirst of %d bytes, fortran %v", len(src), fortran))
}

func TestUnpackFirstAgainstDefinition(t *testing.T) { draw.Check(t, newGrounds(t).unpackFirst) }

// row is about the kernels of one dimension: long rows, all the strides that have
// kernels of their own, and no byte read or written beyond the items.
func (g grounds) row(t draw.Source) {
	defer someKernels(t)()
	size := drawSize(t)
	n := draw.Between(t, 1, draw.Of(t, "longest", 10, 150, 3000), "n")
	if draw.Bool(t, "whole blocks") {
		n = max(1, (n+31)/32*32+draw.Between(t, -1, 1, "more or less"))
	}
	dstStride := size * draw.Of(t, "dst step", 1, 1, 1, 2, 3, -1)
	srcStride := size * draw.Of(t, "src step", -1, 2, 0, 1, 3, -2)
	if t.UpTo(5, "odd") == 5 {
		srcStride++
	}
	where := func(label string) int { return draw.Of(t, label, 0, 1, 2, 3, 7, 16) }
	dst := g.to.place([]int{n}, []int{dstStride}, size, where("dst where"))
	src := g.from.place([]int{n}, []int{srcStride}, size, where("src where"))
	want := naive(dst, src)
	copyRow(dst.items.Base, src.items.Base, n, dstStride, srcStride, size)
	checkCopied(t, dst, src, want, "copyRow")
}

func TestRowAgainstDefinition(t *testing.T) { draw.Check(t, newGrounds(t).row) }

// TestShuffledRowsEndAtTheFence has every number of items that a kernel may leave over.
func TestShuffledRowsEndAtTheFence(t *testing.T) {
	to, from := newGround(t), newGround(t)
	for _, size := range []int{1, 2, 4, 8} {
		for n := 1; n <= 300; n++ {
			for _, step := range []int{-1, 2} {
				for where := range 2 {
					dst, src := to.place([]int{n}, []int{size}, size, where), from.place([]int{n}, []int{step * size}, size, where)
					want := naive(dst, src)
					copyRow(dst.items.Base, src.items.Base, n, size, step*size, size)
					checkCopied(t, dst, src, want, "copyRow")
				}
			}
		}
	}
}

// TestCopyCases are layouts on which plans have gone wrong, or may.
func TestCopyCases(t *testing.T) {
	to, from := newGround(t), newGround(t)
	for _, c := range []struct {
		name     string
		size     int
		shape    []int
		dst, src []int
	}{
		{name: "an axis turned for the transpose which then is not one", size: 2, shape: []int{40, 30}, dst: []int{-60, -2}, src: []int{-2, 100}},
		{name: "an axis turned in src only", size: 8, shape: []int{20, 30}, dst: []int{240, 8}, src: []int{-8, 160}},
		{name: "both unit axes backwards", size: 4, shape: []int{20, 30}, dst: []int{120, -4}, src: []int{-4, 80}},
		{name: "item of 3 transposed", size: 3, shape: []int{33, 21}, dst: []int{63, 3}, src: []int{3, 99}},
		{name: "item of 12 transposed", size: 12, shape: []int{17, 18}, dst: []int{216, 12}, src: []int{12, 204}},
		{name: "item of 24 in a row", size: 24, shape: []int{50}, dst: []int{24}, src: []int{48}},
		{name: "rows of 3 bytes with a gap: RGBA to RGB", size: 1, shape: []int{40, 50, 3}, dst: []int{150, 3, 1}, src: []int{200, 4, 1}},
		{name: "HWC to CHW", size: 1, shape: []int{3, 37, 53}, dst: []int{37 * 53, 53, 1}, src: []int{1, 159, 3}},
		{name: "HWC to CHW, padded rows", size: 1, shape: []int{3, 37, 53}, dst: []int{37 * 64, 64, 1}, src: []int{1, 170, 3}},
		{name: "HWC to CHW, bottom up and BGR", size: 1, shape: []int{3, 37, 53}, dst: []int{37 * 53, 53, 1}, src: []int{-1, -159, 3}},
		{name: "CHW to HWC", size: 1, shape: []int{37, 53, 3}, dst: []int{159, 3, 1}, src: []int{53, 1, 37 * 53}},
		{name: "four planes", size: 1, shape: []int{4, 37, 53}, dst: []int{37 * 53, 53, 1}, src: []int{1, 212, 4}},
		{name: "from four planes", size: 1, shape: []int{37, 53, 4}, dst: []int{212, 4, 1}, src: []int{53, 1, 37 * 53}},
		{name: "planes of 2 bytes", size: 2, shape: []int{3, 37, 53}, dst: []int{37 * 106, 106, 2}, src: []int{2, 318, 6}},
		{name: "from planes of 2 bytes", size: 2, shape: []int{37, 53, 3}, dst: []int{318, 6, 2}, src: []int{106, 2, 37 * 106}},
		{name: "broadcast row", size: 4, shape: []int{50, 60}, dst: []int{240, 4}, src: []int{0, 4}},
		{name: "broadcast column", size: 4, shape: []int{50, 60}, dst: []int{240, 4}, src: []int{4, 0}},
		{name: "broadcast column to Fortran order", size: 4, shape: []int{50, 60}, dst: []int{4, 200}, src: []int{4, 0}},
		{name: "windows that overlap", size: 4, shape: []int{50, 8}, dst: []int{32, 4}, src: []int{4, 4}},
		{name: "seven dimensions", size: 2, shape: []int{2, 3, 2, 3, 2, 3, 2}, dst: []int{432, 144, 72, 24, 12, 4, 2}, src: []int{2, 4, 12, 24, 72, 144, 432}},
	} {
		for _, assembly := range []bool{true, false} {
			was := setAVX2(assembly)
			dst, src := to.place(c.shape, c.dst, c.size, 1), from.place(c.shape, c.src, c.size, 0)
			want := naive(dst, src)
			Copy(dst.items, src.items)
			checkCopied(t, dst, src, want, c.name)
			setAVX2(was)
		}
	}
}

// TestPlan holds that what can be one run or one row becomes one.
func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name            string
		shape, dst, src []int
		axes, size      int
	}{
		{"C to C", []int{3, 4, 5}, []int{40, 10, 2}, []int{40, 10, 2}, 0, 120},
		{"Fortran to Fortran", []int{3, 4, 5}, []int{2, 6, 24}, []int{2, 6, 24}, 0, 120},
		{"both backwards", []int{3, 4, 5}, []int{-40, -10, -2}, []int{-40, -10, -2}, 0, 120},
		{"every second column", []int{6, 4}, []int{8, 2}, []int{16, 4}, 1, 2},
		{"both axes reversed", []int{6, 4}, []int{8, 2}, []int{-8, -2}, 1, 2},
		{"reversed rows", []int{6, 4}, []int{8, 2}, []int{-8, 2}, 1, 8},
		{"one column of a matrix", []int{6, 1}, []int{2, 2}, []int{8, 2}, 1, 2},
		{"transposed", []int{6, 4}, []int{8, 2}, []int{2, 12}, 2, 2},
	} {
		mem := make([]byte, 512)
		base := unsafe.Pointer(&mem[256])
		var room [MaxDims]axis
		p, _, _ := newPlan(&Items{base, 2, c.shape, c.dst, nil}, &Items{base, 2, c.shape, c.src, nil}, room[:])
		if len(p.axes) != c.axes || p.size != c.size {
			t.Errorf("%s: %d axes over items of %d bytes, want %d over %d", c.name, len(p.axes), p.size, c.axes, c.size)
		}
	}
}

// TestLongRuns holds memmove's promise for what Copy's comment allows, and that pieces make a whole.
func TestLongRuns(t *testing.T) {
	defer func(was bool) { piecesPay = was }(piecesPay)
	const n = longRun + pieceSize + 7
	for _, piecesPay = range []bool{false, true} {
		for i, shift := range []int{1, pieceSize, -1, -pieceSize, n, -n} {
			mem := fence.Bytes(t, n+abs(shift), fence.Sides[i%2])
			copy(mem, noise)
			want := slices.Clone(mem)
			to, from := max(shift, 0), max(-shift, 0)
			copy(want[to:][:n], want[from:][:n])
			dst := Items{Base: unsafe.Pointer(&mem[to]), Size: 1, Shape: []int{n}, Strides: []int{1}}
			src := dst
			src.Base = unsafe.Pointer(&mem[from])
			if Copy(dst, src); !bytes.Equal(mem, want) {
				t.Errorf("a run copied %d bytes away is not what it was", shift)
			}
			copy(mem, noise)
			if CopyParallel(dst, src, 3); !bytes.Equal(mem, want) {
				t.Errorf("a run copied %d bytes away by goroutines is not what it was", shift)
			}
		}
	}
}

// FuzzCopy moves items between any two layouts, by every way that copies have, and compares with the naive loop.
func FuzzCopy(f *testing.F) {
	g := newGrounds(f)
	draw.Fuzz(f, func(t draw.Source) {
		draw.Of(t, "what", g.copy, g.copyParallel, g.copyOntoItself, g.packAndUnpack, g.packRange, g.unpackFirst, g.row, g.pixels)(t)
	})
}

// pixels is about pixels of few components and their planes.
func (g grounds) pixels(t draw.Source) {
	defer someKernels(t)()
	size, planes := draw.Of(t, "size", 1, 1, 2, 3, 4, 8), draw.Between(t, 2, 5, "planes")
	n := draw.Between(t, 2, 300, "pixels")
	if t.UpTo(20, "many") == 20 {
		n += 70_000
	}
	shape := []int{n, planes}
	pixels := []int{planes * size, size}
	split := []int{size, (n + t.UpTo(9, "gap")) * size}
	if draw.Bool(t, "last plane first") {
		split[1] = -split[1]
	}
	dstStrides, srcStrides := split, pixels
	if draw.Bool(t, "merge") {
		dstStrides, srcStrides = pixels, split
	}
	where := func(label string) int { return draw.Of(t, label, 0, 1, 2, 3, 7, 16) }
	dst := g.to.place(shape, dstStrides, size, where("dst where"))
	src := g.from.place(shape, srcStrides, size, where("src where"))
	want := naive(dst, src)
	Copy(dst.items, src.items)
	checkCopied(t, dst, src, want, "Copy")
}

func TestPixelsAgainstDefinition(t *testing.T) { draw.Check(t, newGrounds(t).pixels) }
