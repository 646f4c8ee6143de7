package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// array is an array of any layout, with the whole memory around its items.
type array struct {
	mem   []byte
	start int // where the item at index 0, 0, ... lies
	items Items
}

// ground is memory for one array at a time, fenced at both ends.
type ground []byte

const groundSize = 8 << 20

func newGround(t testing.TB) ground { return fence.Bytes(t, groundSize, fence.After) }

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
func drawExtents(t draw.Source, size int) []int {
	left := max(1, 20_000/size)
	shape := make([]int, t.UpTo(6, "dims"))
	for d := range shape {
		longest := draw.Of(t, "longest", 3, 3, 1, 9, 40, 200, 3000)
		shape[d] = draw.Between(t, 1, min(longest, left), "extent")
		left /= shape[d]
	}
	if len(shape) > 0 && t.UpTo(30, "empty") == 30 {
		shape[t.UpTo(len(shape)-1, "which")] = 0
	}
	return shape
}

func drawSize(t draw.Source) int {
	if t.UpTo(3, "rare size") < 3 {
		return draw.Of(t, "size", 1, 2, 4, 8, 16)
	}
	if t.UpTo(7, "large size") == 7 {
		return draw.Between(t, 34, 300, "size")
	}
	return draw.Between(t, 1, 33, "size")
}

// draw makes an array of a shape whose items do not overlap: dimensions in any order, with gaps or none,
// some of them backwards. In a source some may repeat their items, or overlap.
func (g ground) draw(t draw.Source, shape []int, size int, source bool, label string) array {
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
		if source && t.UpTo(7, label+" overlap") == 7 {
			strides[d] = t.UpTo(size, label+" short stride") * t.UpTo(1, label+" repeat")
		}
		if t.UpTo(3, label+" backwards") == 3 {
			strides[d] = -strides[d]
		}
	}
	return g.place(shape, strides, size, max(0, draw.Between(t, -9, 16, label+" where")))
}

// drawOrder draws which dimension has the shortest stride, and so on: often that of C or Fortran order.
func drawOrder(t draw.Source, dims int, label string) []int {
	order := make([]int, dims)
	for d := range order {
		order[d] = dims - 1 - d
	}
	switch t.UpTo(3, label+" order") {
	case 0:
	case 1:
		slices.Reverse(order)
	default:
		for d := range order {
			e := d + t.UpTo(dims-1-d, label+" axes")
			order[d], order[e] = order[e], order[d]
		}
	}
	return order
}

func drawGap(t draw.Source, step, size int, label string) int {
	switch t.UpTo(9, label+" gap") {
	case 7:
		return size // every second item
	case 8:
		return draw.Between(t, 1, 5, label+" gap bytes")
	case 9:
		if step < 1000 {
			return step
		}
	}
	return 0
}

// someKernels runs a check with the kernels in assembly or without.
func someKernels(t draw.Source) (restore func()) {
	was := setAVX2(draw.Bool(t, "assembly"))
	return func() { setAVX2(was) }
}
