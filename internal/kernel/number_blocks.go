package kernel

import (
	"runtime"
	"unsafe"
)

// blocks cuts two arrays of the same shape into blocks of items that lie close together on both sides.
//
//	for b.start(x, y, limit, ordered); b.next(); {
//		... b.side(0), b.side(1), b.count
//	}
//
// A block has at most limit items; but where both sides lie in one run, so does the block, and it is
// as long as they do.
type blocks struct {
	whole [2]Items
	outer int          // how many dimensions are walked index by index, because pointers are followed: the first ones
	index [MaxDims]int // where that walk is

	// The dimensions below those, in the order in which they are walked.
	axes    [MaxDims]axis
	n       int
	shape   [MaxDims]int
	strides [2][MaxDims]int
	base    [2]unsafe.Pointer

	box   [MaxDims]int // the most that a block has along each
	begin [MaxDims]int // where the next block begins
	done  bool         // there is no next one below this outer index

	// The current block.
	at    [2]unsafe.Pointer
	size  [MaxDims]int
	count int
}

// square is how far a block reaches along the shortest stride of side 1 where side 0 has another: a
// cache line or so on both sides.
const square = 16

// longRow is from how many items on a row is a block by itself.
const longRow = 64

// anyAddress says that the machine reads and writes words at any address.
const anyAddress = runtime.GOARCH == "amd64" || runtime.GOARCH == "386" || runtime.GOARCH == "arm64"

// start goes before the first block. Ordered blocks come in C order, and their items are in C order;
// others come as it suits the memory of both sides. There must be items.
func (b *blocks) start(x, y Items, limit int, ordered bool) {
	b.whole = [2]Items{x, y}
	b.outer = max(indirectDims(&x), indirectDims(&y))
	clear(b.index[:b.outer])
	b.simplify(ordered)
	b.chooseBox(limit, ordered)
	b.enter()
}

// indirectDims counts the dimensions down to the last one where a pointer is followed.
func indirectDims(it *Items) int {
	for d := len(it.Suboffsets); d > 0; d-- {
		if it.Suboffsets[d-1] >= 0 {
			return d
		}
	}
	return 0
}

// simplify joins neighbours that step evenly through memory, in C order or sorted by the strides of side 0.
func (b *blocks) simplify(ordered bool) {
	x, y := &b.whole[0], &b.whole[1]
	axes := b.axes[:0]
	for d := b.outer; d < len(x.Shape); d++ {
		a := axis{x.Shape[d], x.Strides[d], y.Strides[d]}
		switch {
		case a.n == 1:
		case ordered:
			axes = append(axes, a)
		default:
			axes = insert(axes, a)
		}
	}
	axes = coalesce(axes)
	if len(axes) == 0 {
		axes = append(axes, axis{1, x.Size, y.Size})
	}
	b.n = len(axes)
	for d, a := range axes {
		b.shape[d], b.strides[0][d], b.strides[1][d] = a.n, a.dst, a.src
	}
}

func (b *blocks) chooseBox(limit int, ordered bool) {
	last := b.n - 1
	other := last
	for d := range b.n {
		b.box[d] = 1
		if !ordered && abs(b.strides[1][d]) < abs(b.strides[1][other]) {
			other = d
		}
	}
	if other == last && b.shape[last] >= longRow {
		if !b.oneRun() {
			b.reach(last, limit)
		} else {
			b.box[last] = b.shape[last]
		}
		return
	}
	if other != last {
		limit /= b.reach(other, max(min(square, limit), limit/b.shape[last]))
	}
	for d := last; d >= 0; d-- {
		if d != other || other == last {
			limit /= b.reach(d, limit)
		}
	}
}

// oneRun reports whether rows are a run on both sides.
func (b *blocks) oneRun() bool {
	last := b.n - 1
	return anyAddress && b.strides[0][last] == b.whole[0].Size && b.strides[1][last] == b.whole[1].Size
}

// reach lets blocks have up to most items along a dimension, and returns how many that are.
func (b *blocks) reach(d, most int) int {
	b.box[d] = max(min(b.shape[d], most), 1)
	return b.box[d]
}

// enter goes before the first block below the current outer index.
func (b *blocks) enter() {
	for s, it := range b.whole {
		for _, i := range b.index[:b.outer] {
			it = it.Sub(i)
		}
		b.base[s] = it.Base
	}
	clear(b.begin[:b.n])
	b.done = false
}

// next goes to the next block, and reports whether there was one.
func (b *blocks) next() bool {
	if b.done {
		if !advance(b.index[:b.outer], b.whole[0].Shape, nil) {
			return false
		}
		b.enter()
	}
	b.at = b.base
	b.count = 1
	for d, i := range b.begin[:b.n] {
		b.at[0] = unsafe.Add(b.at[0], i*b.strides[0][d])
		b.at[1] = unsafe.Add(b.at[1], i*b.strides[1][d])
		b.size[d] = min(b.box[d], b.shape[d]-i)
		b.count *= b.size[d]
	}
	b.done = !advance(b.begin[:b.n], b.shape[:b.n], b.box[:b.n])
	return true
}

// advance counts an index up, like an odometer, and reports whether it did not come back to its start.
func advance(index, shape, steps []int) bool {
	for d := len(index) - 1; d >= 0; d-- {
		step := 1
		if steps != nil {
			step = steps[d]
		}
		if index[d] += step; index[d] < shape[d] {
			return true
		}
		index[d] = 0
	}
	return false
}

// side returns the current block of an array.
func (b *blocks) side(s int) Items {
	return Items{Base: b.at[s], Size: b.whole[s].Size, Shape: b.size[:b.n], Strides: b.strides[s][:b.n]}
}

// forget drops the addresses.
func (b *blocks) forget() {
	b.whole, b.base, b.at = [2]Items{}, [2]unsafe.Pointer{}, [2]unsafe.Pointer{}
}
