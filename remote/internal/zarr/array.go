package zarr

import (
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// MaxChunk bounds the bytes of one decoded chunk: 2 GiB or, where an int has 32 bits, 1 GiB, to which codecs can add.
const MaxChunk = math.MaxInt32 >> (1 - math.MaxInt>>62)

// Array is what the metadata of an array say, in either version.
type Array struct {
	Format     string // of an item, byte order included
	ItemSize   int    // bytes
	Shape      []int  // items
	Chunks     []int  // items of one chunk along each dimension, all above 0
	Fill       []byte // what an item begins with that was never stored; what follows, and all of it for nil, are zeros
	Attributes json.RawMessage
	Dimensions []string // their names; nil where there are none
	Notes      []string // what the format does not say of the items

	keys   keys
	axes   []int // the dimensions of the array in the order in which a chunk's items lie; nil for C order
	codecs []codec
	shards *shards // nil where every chunk is stored on its own
}

// New describes an array whose chunks are stored as they are: items in C order, without codecs, under the keys of version 3.
func New(itemFormat string, itemSize int, shape, chunks []int) (*Array, error) {
	a := &Array{Format: itemFormat, ItemSize: itemSize, Shape: shape, Chunks: chunks, keys: keysV3}
	return a, a.check()
}

// check refuses sizes that do not fit each other or the address space.
func (a *Array) check() error {
	if len(a.Shape) > buffer.MaxDims {
		return bad("%w: %d dimensions: at most %d are possible", buffer.ErrLayout, len(a.Shape), buffer.MaxDims)
	}
	if len(a.Chunks) != len(a.Shape) {
		return bad("%w: chunks of %d dimensions in an array of %d", buffer.ErrLayout, len(a.Chunks), len(a.Shape))
	}
	if _, err := buffer.ContiguousStrides(a.Shape, a.ItemSize, buffer.C); err != nil {
		return bad("the shape: %w", err)
	}
	if slices.ContainsFunc(a.Chunks, func(n int) bool { return n < 1 }) {
		return bad("%w: chunks of shape %v: every extent must be above 0", buffer.ErrLayout, a.Chunks)
	}
	if n, ok := product(a.Chunks, max(a.ItemSize, 1)); !ok || n > MaxChunk {
		return bad("%w: chunks of shape %v with items of %d bytes: at most %d bytes are possible", buffer.ErrLayout, a.Chunks, a.ItemSize, MaxChunk)
	}
	return nil
}

// product multiplies all factors, none of which is negative, and reports whether the result fits an int.
func product(factors []int, first int) (int, bool) {
	n := uint(first)
	for _, f := range factors {
		high, low := bits.Mul(n, uint(f))
		if high != 0 || low > math.MaxInt {
			return 0, false
		}
		n = low
	}
	return int(n), true
}

// ChunkBytes returns the bytes of one decoded chunk.
func (a *Array) ChunkBytes() int {
	n, _ := product(a.Chunks, a.ItemSize)
	return n
}

// ChunkLayout returns how the items of a decoded chunk lie, edges included.
func (a *Array) ChunkLayout() buffer.Layout {
	return buffer.Layout{ItemSize: a.ItemSize, Format: a.Format, Shape: slices.Clone(a.Chunks), Strides: a.chunkStrides()}
}

func (a *Array) chunkStrides() []int {
	strides, step := make([]int, len(a.Chunks)), a.ItemSize
	for i := len(a.Chunks) - 1; i >= 0; i-- {
		d := i
		if a.axes != nil {
			d = a.axes[i]
		}
		strides[d] = step
		step *= a.Chunks[d]
	}
	return strides
}

// Grid returns how many chunks there are along each dimension.
func (a *Array) Grid() []int {
	grid := make([]int, len(a.Shape))
	for d, n := range a.Shape {
		grid[d] = ceil(n, a.Chunks[d])
	}
	return grid
}

func ceil(n, m int) int {
	if n == 0 {
		return 0
	}
	return (n-1)/m + 1
}

// FillItem returns an item that was never stored.
func (a *Array) FillItem() []byte {
	item := make([]byte, a.ItemSize)
	copy(item, a.Fill)
	return item
}

// FillChunk returns a chunk that was never stored.
func (a *Array) FillChunk() []byte {
	chunk := make([]byte, a.ChunkBytes())
	if a.Fill == nil || len(chunk) == 0 {
		return chunk
	}
	copy(chunk, a.Fill)
	for n := a.ItemSize; n < len(chunk); n *= 2 {
		copy(chunk[n:], chunk[:n])
	}
	return chunk
}

// setType takes a format, and the fill value that belongs to it.
func (a *Array) setType(f string, fill json.RawMessage) error {
	t, err := format.Parse(f)
	if err != nil {
		return bad("the type: %w", err)
	}
	a.Format, a.ItemSize = f, t.Size()
	if a.Fill, err = fillItem(t, fill); err != nil {
		return bad("fill_value %.40q: %w", fill, err)
	}
	return nil
}

// String names what it is, for messages.
func (a *Array) String() string {
	return fmt.Sprintf("shape %v, format %q, chunks %v", a.Shape, a.Format, a.Chunks)
}
