package kernel

import (
	"bytes"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

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

func TestCopyAgainstDefinition(t *testing.T) {
	to, from := newGround(t), newGround(t)
	rapid.Check(t, func(t *rapid.T) {
		defer bothKernels(t)()
		size := drawSize(t)
		shape := drawExtents(t, size)
		dst, src := to.draw(t, shape, size, false, "dst"), from.draw(t, shape, size, true, "src")
		want, before := naive(dst, src), slices.Clone(src.mem)
		Copy(dst.items, src.items)
		checkCopied(t, dst, src, want, "Copy")
		if !bytes.Equal(src.mem, before) {
			t.Fatal("Copy changed its source")
		}
	})
}

func TestCopyParallelAgainstDefinition(t *testing.T) {
	defer func(was int) { parallelSize = was }(parallelSize)
	parallelSize = 1
	to, from := newGround(t), newGround(t)
	rapid.Check(t, func(t *rapid.T) {
		defer bothKernels(t)()
		size := drawSize(t)
		shape := drawExtents(t, size)
		dst, src := to.draw(t, shape, size, false, "dst"), from.draw(t, shape, size, true, "src")
		want := naive(dst, src)
		CopyParallel(dst.items, src.items, rapid.IntRange(0, 5).Draw(t, "workers"))
		checkCopied(t, dst, src, want, "CopyParallel")
	})
}

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
			together(4, 100, func(i int) {
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

// TestCopyOntoItself is the one overlap that is allowed, but for runs.
func TestCopyOntoItself(t *testing.T) {
	ground := newGround(t)
	rapid.Check(t, func(t *rapid.T) {
		defer bothKernels(t)()
		size := drawSize(t)
		a := ground.draw(t, drawExtents(t, size), size, false, "a")
		before := slices.Clone(a.mem)
		Copy(a.items, a.items)
		if !bytes.Equal(a.mem, before) {
			t.Fatal("a copy of items onto themselves changed them")
		}
	})
}

func TestPackAndUnpackAgainstDefinition(t *testing.T) {
	one, two := newGround(t), newGround(t)
	rapid.Check(t, func(t *rapid.T) {
		defer bothKernels(t)()
		size := drawSize(t)
		shape, fortran := drawExtents(t, size), rapid.Bool().Draw(t, "fortran")
		src := one.draw(t, shape, size, true, "src")
		want := src.packed(fortran)
		got := make([]byte, len(want))
		Pack(got, src.items, fortran)
		if !bytes.Equal(got, want) {
			t.Fatalf("Pack(fortran %v) = %x, want %x", fortran, got, want)
		}
		dst := two.draw(t, shape, size, false, "dst")
		wantMem := naive(dst, src)
		Unpack(dst.items, got, fortran)
		checkCopied(t, dst, src, wantMem, "Unpack")
	})
}

func TestPackRangeAgainstWholePack(t *testing.T) {
	ground := newGround(t)
	rapid.Check(t, func(t *rapid.T) {
		size := drawSize(t)
		src := ground.draw(t, drawExtents(t, size), size, true, "src")
		whole := src.packed(false)
		from := rapid.IntRange(0, len(whole)).Draw(t, "from")
		to := rapid.IntRange(from, len(whole)).Draw(t, "to")
		got := make([]byte, to-from)
		PackRange(got, src.items, from)
		if !bytes.Equal(got, whole[from:to]) {
			t.Fatalf("PackRange %d:%d = %x, want %x", from, to, got, whole[from:to])
		}
	})
}

func TestUnpackFirstAgainstDefinition(t *testing.T) {
	ground := newGround(t)
	rapid.Check(t, func(t *rapid.T) {
		size := drawSize(t)
		dst := ground.draw(t, drawExtents(t, size), size, false, "dst")
		fortran := rapid.Bool().Draw(t, "fortran")
		src := slices.Clone(noise[100:][:rapid.IntRange(0, dst.items.Count()*size).Draw(t, "bytes")])
		want := slices.Clone(dst.mem)
		for i, to := range dst.offsets(fortran) {
			if end := (i + 1) * size; end <= len(src) {
				copy(want[to:to+size], src[end-size:end])
			}
		}
		UnpackFirst(dst.items, src, fortran)
		checkCopied(t, dst, array{}, want, fmt.Sprintf("UnpackFirst of %d bytes, fortran %v", len(src), fortran))
	})
}

// TestRowAgainstDefinition is about the kernels of one dimension: long rows, all the strides that have
// kernels of their own, and no byte read or written beyond the items.
func TestRowAgainstDefinition(t *testing.T) {
	to, from := newGround(t), newGround(t)
	rapid.Check(t, func(t *rapid.T) {
		defer bothKernels(t)()
		size := drawSize(t)
		n := rapid.IntRange(1, rapid.SampledFrom([]int{10, 150, 3000}).Draw(t, "longest")).Draw(t, "n")
		if rapid.Bool().Draw(t, "whole blocks") {
			n = max(1, (n+31)/32*32+rapid.IntRange(-1, 1).Draw(t, "more or less"))
		}
		dstStride := size * rapid.SampledFrom([]int{1, 1, 1, 2, 3, -1}).Draw(t, "dst step")
		srcStride := size * rapid.SampledFrom([]int{-1, 2, 0, 1, 3, -2}).Draw(t, "src step")
		if rapid.IntRange(0, 5).Draw(t, "odd") == 0 {
			srcStride++
		}
		where := rapid.SampledFrom([]int{0, 1, 2, 3, 7, 16})
		dst := to.place([]int{n}, []int{dstStride}, size, where.Draw(t, "dst where"))
		src := from.place([]int{n}, []int{srcStride}, size, where.Draw(t, "src where"))
		want := naive(dst, src)
		copyRow(dst.items.Base, src.items.Base, n, dstStride, srcStride, size)
		checkCopied(t, dst, src, want, "copyRow")
	})
}

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
		mem := make([]byte, 1)
		base := unsafe.Pointer(&mem[0])
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
		for _, shift := range []int{1, pieceSize, -1, -pieceSize, n, -n} {
			mem := slices.Clone(noise[:3*n+10])
			want := slices.Clone(mem)
			copy(want[n+shift:][:n], want[n:][:n])
			dst := Items{Base: unsafe.Pointer(&mem[n+shift]), Size: 1, Shape: []int{n}, Strides: []int{1}}
			src := dst
			src.Base = unsafe.Pointer(&mem[n])
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

func FuzzPlan(f *testing.F) {
	f.Add([]byte{2, 1, 9, 0, 0, 7, 1, 1})
	f.Add([]byte{3, 2, 40, 1, 7, 3, 2, 4, 5, 0, 0, 0})
	to, from := newGround(f), newGround(f)
	f.Fuzz(func(t *testing.T, code []byte) {
		next := func() int {
			if len(code) == 0 {
				return 0
			}
			b := code[0]
			code = code[1:]
			return int(b)
		}
		shape := make([]int, next()%7)
		size := 1 + next()%40
		dst, src := make([]int, len(shape)), make([]int, len(shape))
		items, step := 1, size
		for d := range shape {
			shape[d] = next() % (1 + min(255, 5000/max(items, 1)))
			items *= shape[d]
			step += next() % 16
			if dst[d] = step; next()%3 == 0 {
				dst[d] = -step
			}
			step *= max(shape[d], 1)
			src[d] = (next() - 128) * (1 + next()%32)
		}
		for d := range shape { // the source's axes in another order
			e := next() % len(shape)
			shape[d], shape[e] = shape[e], shape[d]
			dst[d], dst[e] = dst[e], dst[d]
		}
		if step > groundSize/2 {
			return
		}
		a, b := to.place(shape, dst, size, next()%4), from.place(shape, src, size, next()%4)
		want := naive(a, b)
		defer setAVX2(setAVX2(next()%2 == 0))
		Copy(a.items, b.items)
		checkCopied(t, a, b, want, "Copy")
	})
}

func FuzzRow(f *testing.F) {
	f.Add(uint16(100), int8(1), int8(-1), uint8(1), uint8(0), true)
	f.Add(uint16(65), int8(8), int8(16), uint8(8), uint8(1), true)
	to, from := newGround(f), newGround(f)
	f.Fuzz(func(t *testing.T, count uint16, dstStride, srcStride int8, itemSize, where uint8, assembly bool) {
		n, size := 1+int(count)%2000, 1+int(itemSize)%40
		if abs(int(dstStride)) < size {
			dstStride = int8(size)
		}
		dst := to.place([]int{n}, []int{int(dstStride)}, size, int(where)%16)
		src := from.place([]int{n}, []int{int(srcStride)}, size, int(where)/16)
		want := naive(dst, src)
		defer setAVX2(setAVX2(assembly))
		copyRow(dst.items.Base, src.items.Base, n, int(dstStride), int(srcStride), size)
		checkCopied(t, dst, src, want, "copyRow")
	})
}

// TestPixelsAgainstDefinition is about pixels of few components and their planes.
func TestPixelsAgainstDefinition(t *testing.T) {
	to, from := newGround(t), newGround(t)
	rapid.Check(t, func(t *rapid.T) {
		defer bothKernels(t)()
		size, planes := rapid.SampledFrom([]int{1, 1, 2, 3, 4, 8}).Draw(t, "size"), rapid.IntRange(2, 5).Draw(t, "planes")
		n := rapid.IntRange(2, 300).Draw(t, "pixels")
		if rapid.IntRange(0, 20).Draw(t, "many") == 13 {
			n += 70_000
		}
		shape := []int{n, planes}
		pixels := []int{planes * size, size}
		split := []int{size, (n + rapid.IntRange(0, 9).Draw(t, "gap")) * size}
		if rapid.Bool().Draw(t, "last plane first") {
			split[1] = -split[1]
		}
		dstStrides, srcStrides := split, pixels
		if rapid.Bool().Draw(t, "merge") {
			dstStrides, srcStrides = pixels, split
		}
		where := rapid.SampledFrom([]int{0, 1, 2, 3, 7, 16})
		dst := to.place(shape, dstStrides, size, where.Draw(t, "dst where"))
		src := from.place(shape, srcStrides, size, where.Draw(t, "src where"))
		want := naive(dst, src)
		Copy(dst.items, src.items)
		checkCopied(t, dst, src, want, "Copy")
	})
}
