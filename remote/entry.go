package remote

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"sync"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/remote/internal/zarr"
)

// chunkTarget is how many bytes a chunk has at most, where its shape was not given.
const chunkTarget = 4 << 20

// entry is one array that is served.
type entry struct {
	name       string
	number     int // among those of the tree
	layout     buffer.Layout
	chunks     []int
	dimensions []string
	notes      []string // what the format does not say of the items
	writable   bool
	grid       *zarr.Array
	header     []byte                // what stands before the items in an npy file; nil where npy cannot hold them
	version    func() (string, bool) // tells states of memory that nobody writes apart; nil where anybody may
	leftOut    func(name string, err error)
	through    func(*arrayfile.Array) (*memoryview.View, error) // nil where one view is kept

	content sync.RWMutex // what a writable array holds: a chunk is written by one, and read by none meanwhile

	opening sync.Mutex
	open    func() (*memoryview.View, error) // nil where the view is there from the start
	view    *memoryview.View
	closed  bool
}

func newEntry(name string, opts []ArrayOption) *entry {
	e := &entry{name: name}
	for _, opt := range opts {
		opt(e)
	}
	return e
}

// prepare finds out how the array is cut, and what stands before it.
func (e *entry) prepare() (err error) {
	if e.chunks == nil {
		e.chunks = defaultChunks(e.layout.Shape, e.layout.ItemSize)
	}
	if e.dimensions == nil {
		e.dimensions = defaultDimensions(e.name, len(e.layout.Shape))
	}
	if len(e.dimensions) != len(e.layout.Shape) {
		return fmt.Errorf("%w: %d names for %d dimensions", buffer.ErrValue, len(e.dimensions), len(e.layout.Shape))
	}
	e.grid, err = zarr.New(e.layout.Format, e.layout.ItemSize, e.layout.Shape, e.chunks)
	if err == nil {
		e.grid.Dimensions, e.header = e.dimensions, e.npyHeader()
	}
	return err
}

func (e *entry) npyHeader() []byte {
	l := e.layout
	l.Strides, _ = buffer.ContiguousStrides(l.Shape, l.ItemSize, e.order())
	l.Suboffsets = nil
	header, err := arrayfile.NPYHeader(l)
	if err != nil {
		return nil
	}
	return header
}

// defaultDimensions names n dimensions, without which xarray reads no array. They are the array's own: what has the same name in two
// arrays of a group has to have the same extent there.
func defaultDimensions(name string, n int) []string {
	names := make([]string, n)
	for d := range names {
		names[d] = "dim_" + strconv.Itoa(d)
		if name != "" {
			names[d] = path.Base(name) + "_" + names[d]
		}
	}
	return names
}

// defaultChunks halves the leading extents of a shape until a chunk is small enough.
func defaultChunks(shape []int, itemSize int) []int {
	chunks := make([]int, len(shape))
	for d, n := range shape {
		chunks[d] = max(n, 1)
	}
	bytes := float64(itemSize) // no shape is too large for it
	for _, n := range chunks {
		bytes *= float64(n)
	}
	for d := range chunks {
		for bytes > chunkTarget && chunks[d] > 1 {
			half := (chunks[d] + 1) / 2
			bytes *= float64(half) / float64(chunks[d])
			chunks[d] = half
		}
	}
	return chunks
}

// lend returns a view of the array, which the caller releases.
func (e *entry) lend() (*memoryview.View, error) {
	if e.through != nil {
		return e.lendOnce()
	}
	e.opening.Lock()
	defer e.opening.Unlock()
	if e.closed {
		return nil, errClosed
	}
	if e.view == nil {
		v, err := e.open()
		if err != nil {
			return nil, err
		}
		if e.writable && v.ReadOnly() {
			_ = v.Release()
			return nil, errNotWritable
		}
		e.view = v
	}
	return memoryview.FromObject(e.view)
}

var (
	errClosed      = fmt.Errorf("%w: the handler was closed", buffer.ErrReleased)
	errNotWritable = fmt.Errorf("%w: open the file with arrayfile.Writable", buffer.ErrReadOnly)
)

// lendOnce returns a view that is not kept. Others need not wait for it.
func (e *entry) lendOnce() (*memoryview.View, error) {
	e.opening.Lock()
	closed := e.closed
	e.opening.Unlock()
	if closed {
		return nil, errClosed
	}
	v, err := e.open()
	if err == nil && e.writable && v.ReadOnly() {
		_ = v.Release()
		return nil, errNotWritable
	}
	return v, err
}

func (e *entry) close() error {
	e.opening.Lock()
	defer e.opening.Unlock()
	e.closed = true
	if e.view == nil {
		return nil
	}
	return e.view.Release()
}

// order is that in which the items are served as one run: the one in which they lie.
func (e *entry) order() buffer.Order {
	if !e.layout.IsContiguous(buffer.C) && e.layout.IsContiguous(buffer.F) {
		return buffer.F
	}
	return buffer.C
}

// run lends the items as one run, in that order.
func (e *entry) run() (*memoryview.View, error) {
	v, err := e.lend()
	if err != nil || e.order() == buffer.C {
		return v, err
	}
	defer v.Release()
	return v.Transpose()
}

// chunk lends the items of one chunk. Those at the edge, and those that others may write, are copied.
func (e *entry) chunk(index []int) (*memoryview.View, error) {
	v, err := e.lend()
	if err != nil {
		return nil, err
	}
	defer v.Release()
	var part buffer.Buffer
	cuts, whole := e.cuts(index)
	if err := v.Buffer().Cut(&part, cuts...); err != nil {
		return nil, err
	}
	defer part.Release()
	if whole && !e.writable {
		return memoryview.FromBuffer(&part)
	}
	packed := make([]byte, e.grid.ChunkBytes())
	err = e.inChunk(packed, cuts, func(room *buffer.Buffer) error {
		e.content.RLock()
		defer e.content.RUnlock()
		return room.CopyFrom(&part)
	})
	if err != nil {
		return nil, err
	}
	return memoryview.FromObject(packed)
}

// write fills the items of one chunk from its bytes, of which there are just enough.
func (e *entry) write(index []int, data []byte) error {
	v, err := e.lend()
	if err != nil {
		return err
	}
	defer v.Release()
	var part buffer.Buffer
	cuts, _ := e.cuts(index)
	if err := v.Buffer().Cut(&part, cuts...); err != nil {
		return err
	}
	defer part.Release()
	return e.inChunk(data, cuts, func(items *buffer.Buffer) error {
		e.content.Lock()
		defer e.content.Unlock()
		return part.CopyFrom(items)
	})
}

// cuts are those of a chunk in the array, and whether it lies inside as a whole.
func (e *entry) cuts(index []int) (cuts []buffer.Cut, whole bool) {
	whole = true
	for d, i := range index {
		start := i * e.chunks[d]
		count := min(e.chunks[d], e.layout.Shape[d]-start)
		whole = whole && count == e.chunks[d]
		cuts = append(cuts, buffer.Cut{Start: start, Count: count, Step: 1})
	}
	return cuts, whole
}

// inChunk calls f with those items of a chunk's bytes that lie inside the array.
func (e *entry) inChunk(data []byte, cuts []buffer.Cut, f func(items *buffer.Buffer) error) error {
	loan, err := loanOf(data, e.grid.ChunkLayout(), buffer.Full)
	if err != nil {
		return err
	}
	defer loan.Release()
	inside := slices.Clone(cuts)
	for d := range inside {
		inside[d].Start = 0
	}
	var items buffer.Buffer
	if err := loan.Cut(&items, inside...); err != nil {
		return err
	}
	defer items.Release()
	return f(&items)
}
