package kernel

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// array is an array of any layout, with the whole memory around its items.
type array struct {
	mem   []byte
	start int // where the item at index 0, 0, ... lies
	items Items
}

// ground is guarded memory for one array at a time. Both its ends lie at unreadable pages.
type ground []byte

const groundSize = 8 << 20

func newGround(t testing.TB) ground { return guarded(t, groundSize, true) }

var noise = func() []byte {
	noise := make([]byte, groundSize)
	rand.NewChaCha8([32]byte{1}).Read(noise)
	return noise
}()

// margin is how much memory around the items is watched.
const margin = 70

// place puts an array of some layout at the start or the end of the ground, or into the middle, where
// there is a margin around it.
func (g ground) place(shape, strides []int, size, where int) array {
	it := Items{Size: size, Shape: shape, Strides: strides}
	low, high := 0, 0
	if it.Count() > 0 && size > 0 {
		low, high = it.Window()
	}
	need := high - low
	a := array{items: it}
	switch where {
	case 0:
		a.mem, a.start = g[:need+margin], -low
	case 1:
		a.mem, a.start = g[len(g)-need-margin:], margin-low
	default:
		a.mem, a.start = g[where:where+need+2*margin], margin-low
	}
	copy(a.mem, noise[int(uintptr(where)*977%1024):])
	if need > 0 {
		a.items.Base = unsafe.Pointer(&a.mem[a.start])
	}
	return a
}

// offsets lists where the items begin in mem, in C or Fortran order, by the definition.
func (a array) offsets(fortran bool) []int {
	list := []int{a.start}
	for k := range a.items.Shape {
		d := k
		if fortran {
			d = len(a.items.Shape) - 1 - k
		}
		var next []int
		for _, at := range list {
			for i := range a.items.Shape[d] {
				next = append(next, at+i*a.items.Strides[d])
			}
		}
		list = next
	}
	return list
}

// packed returns the items' bytes by the definition.
func (a array) packed(fortran bool) []byte {
	packed := []byte{}
	for _, at := range a.offsets(fortran) {
		packed = append(packed, a.mem[at:at+a.items.Size]...)
	}
	return packed
}

// drawExtents draws a shape of some thousand items at most: many short dimensions, some long, some empty.
func drawExtents(t *rapid.T, size int) []int {
	left := max(1, 20_000/size)
	shape := make([]int, rapid.IntRange(0, 6).Draw(t, "dims"))
	for d := range shape {
		longest := rapid.SampledFrom([]int{1, 3, 3, 9, 40, 200, 3000}).Draw(t, "longest")
		shape[d] = rapid.IntRange(1, min(longest, left)).Draw(t, "extent")
		left /= shape[d]
	}
	if len(shape) > 0 && rapid.IntRange(0, 30).Draw(t, "empty") == 0 {
		shape[rapid.IntRange(0, len(shape)-1).Draw(t, "which")] = 0
	}
	return shape
}

func drawSize(t *rapid.T) int {
	if rapid.IntRange(0, 3).Draw(t, "common size") > 0 {
		return rapid.SampledFrom([]int{1, 2, 4, 8, 16}).Draw(t, "size")
	}
	if rapid.IntRange(0, 7).Draw(t, "large size") == 0 {
		return rapid.IntRange(34, 300).Draw(t, "size")
	}
	return rapid.IntRange(1, 33).Draw(t, "size")
}

// draw makes an array of a shape whose items do not overlap: dimensions in any order, with gaps or none,
// some of them backwards. In a source some may repeat their items, or overlap.
func (g ground) draw(t *rapid.T, shape []int, size int, source bool, label string) array {
	strides := make([]int, len(shape))
	step := size
	for _, d := range drawOrder(t, len(shape), label) {
		step += drawGap(t, step, size, label)
		strides[d] = step
		step *= max(shape[d], 1)
		if step > groundSize/400 {
			step = strides[d] * max(shape[d], 1)
		}
	}
	for d := range strides {
		if source && rapid.IntRange(0, 7).Draw(t, label+" overlap") == 0 {
			strides[d] = rapid.IntRange(0, size).Draw(t, label+" short stride") * rapid.IntRange(0, 1).Draw(t, label+" repeat")
		}
		if rapid.IntRange(0, 3).Draw(t, label+" backwards") == 0 {
			strides[d] = -strides[d]
		}
	}
	where := max(0, rapid.IntRange(-9, 16).Draw(t, label+" where"))
	return g.place(shape, strides, size, where)
}

// drawOrder draws which dimension has the shortest stride, and so on: often that of C or Fortran order.
func drawOrder(t *rapid.T, dims int, label string) []int {
	order := make([]int, dims)
	for d := range order {
		order[d] = dims - 1 - d
	}
	switch rapid.IntRange(0, 3).Draw(t, label+" order") {
	case 0:
	case 1:
		for d := range order {
			order[d] = d
		}
	default:
		order = rapid.Permutation(order).Draw(t, label+" axes")
	}
	return order
}

func drawGap(t *rapid.T, step, size int, label string) int {
	switch rapid.IntRange(0, 9).Draw(t, label+" gap") {
	case 0:
		return size // every second item
	case 1:
		return rapid.IntRange(1, 5).Draw(t, label+" gap bytes")
	case 2:
		if step < 1000 {
			return step
		}
	}
	return 0
}

// bothKernels runs a check with the kernels in assembly and without.
func bothKernels(t *rapid.T) (restore func()) {
	was := setAVX2(rapid.Bool().Draw(t, "assembly"))
	return func() { setAVX2(was) }
}
