package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/remote/internal/zarr"
)

// Array is one array of a [Store], known by its metadata alone. It is an exporter: a loan of it fetches all of it. [Array.Fetch] fetches a part.
type Array struct {
	store        *Store
	name, prefix string
	meta         *zarr.Array
	complete     bool // no chunk is missing: one that is not there is of an array that is gone
}

func newArray(s *Store, name, prefix string, meta *zarr.Array) *Array {
	return &Array{store: s, name: name, prefix: prefix, meta: meta}
}

// Name returns the array's name in its store: "" where the store is the array.
func (a *Array) Name() string { return a.name }

// Layout returns the layout that a loan of the whole array has: C order, without gaps.
func (a *Array) Layout() buffer.Layout {
	strides, _ := buffer.ContiguousStrides(a.meta.Shape, a.meta.ItemSize, buffer.C)
	return buffer.Layout{ItemSize: a.meta.ItemSize, Format: a.meta.Format, Shape: slices.Clone(a.meta.Shape), Strides: strides}
}

// Chunks returns the shape, in items, of the chunks that are fetched.
func (a *Array) Chunks() []int { return slices.Clone(a.meta.Chunks) }

// Dimensions returns the names of the dimensions, nil where there are none.
func (a *Array) Dimensions() []string { return slices.Clone(a.meta.Dimensions) }

// Notes returns what the format does not say of the items, such as the unit of times, as a server of [Handler]'s does of files.
func (a *Array) Notes() []string { return slices.Clone(a.meta.Notes) }

// Attributes returns what the store says of the array beside, a JSON object; nil where it says nothing.
func (a *Array) Attributes() json.RawMessage { return slices.Clone(a.meta.Attributes) }

// GetBuffer fetches the whole array, under the context of [Open], and lends it read-only.
func (a *Array) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	if flags.Has(buffer.Writable) {
		return nil, fmt.Errorf("array %.100q of %s: %w: what is fetched is a copy", a.name, a.store.source, buffer.ErrReadOnly)
	}
	v, err := a.Fetch(a.store.ctx, "")
	if err != nil {
		return nil, err
	}
	defer v.Release()
	return v.Buffer().Lend(a, flags, nil)
}

// Fetch fetches part of every dimension, in the notation of [memoryview.View.Select]: "2:5, ..., ::-1, 3". It fetches the chunks that the part lies in, several at
// once, and each but once. What it returns is a view of its own memory, read-only and in C order.
//
// Errors are those of Select for the selection, buffer.ErrLayout for more than MaxBytes, ErrChunk for chunks that are damaged, ErrAccess, ErrServer, and those of the
// context, the network and the operating system. After an error there is no part of the result.
func (a *Array) Fetch(ctx context.Context, selection string) (*memoryview.View, error) {
	v, err := a.fetch(ctx, selection)
	if err != nil {
		return nil, fmt.Errorf("array %.100q of %s: %w", a.name, a.store.source, err)
	}
	return v, nil
}

func (a *Array) fetch(ctx context.Context, selection string) (*memoryview.View, error) {
	cuts, l, err := a.part(selection)
	if err != nil {
		return nil, err
	}
	size := a.meta.ItemSize // cannot overflow: it is part of an array that fits
	for _, n := range l.Shape {
		size *= n
	}
	if size > a.store.options.most {
		return nil, fmt.Errorf("%w: %d bytes: at most %d are fetched: select less, use the option MaxBytes, or fetch into memory of your own", buffer.ErrLayout, size, a.store.options.most)
	}
	data := make([]byte, size)
	if size > 0 {
		result, err := loanOf(data, l, buffer.Full)
		if err != nil {
			return nil, err
		}
		defer result.Release()
		if err := a.fill(ctx, result, cuts); err != nil {
			return nil, err
		}
	}
	exporter, err := export.Strided(data, 0, l, true)
	if err != nil {
		return nil, err
	}
	return memoryview.FromObject(exporter)
}

// FetchInto is [Array.Fetch] into memory that is there, as of a mapped file, whatever its strides: dst lends it writable, in the shape and the format that
// the part has. MaxBytes does not bound it. It is buffer.ErrLayout for another shape or format, and after another error some of the items are written.
func (a *Array) FetchInto(ctx context.Context, dst any, selection string) error {
	if err := a.fetchInto(ctx, dst, selection); err != nil {
		return fmt.Errorf("array %.100q of %s: %w", a.name, a.store.source, err)
	}
	return nil
}

func (a *Array) fetchInto(ctx context.Context, dst any, selection string) error {
	cuts, l, err := a.part(selection)
	if err != nil {
		return err
	}
	result, err := buffer.Get(dst, buffer.Full)
	if err != nil {
		return err
	}
	defer result.Release()
	if err := sameLayout(result.Layout(), l); err != nil || result.Len() == 0 {
		return err
	}
	return a.fill(ctx, result, cuts)
}

// sameLayout tells that items can be fetched into a place as they are, whatever its strides.
func sameLayout(into, l buffer.Layout) error {
	if !slices.Equal(into.Shape, l.Shape) {
		return fmt.Errorf("%w: shape %v, to be fetched into %v", buffer.ErrLayout, l.Shape, into.Shape)
	}
	to, err := format.Parse(into.Format)
	if err != nil {
		return err
	}
	from, err := format.Parse(l.Format)
	if err != nil {
		return err
	}
	if into.ItemSize != l.ItemSize || !to.Equal(from) {
		return fmt.Errorf("%w: items of format %.100q, to be fetched into %.100q", buffer.ErrLayout, l.Format, into.Format)
	}
	return nil
}

// part resolves a selection, to the cuts and to the layout of what they leave.
func (a *Array) part(selection string) ([]buffer.Cut, buffer.Layout, error) {
	cuts, err := a.cuts(selection)
	l := buffer.Layout{ItemSize: a.meta.ItemSize, Format: a.meta.Format, Shape: []int{}}
	for _, c := range cuts {
		if !c.Drop {
			l.Shape = append(l.Shape, c.Count)
		}
	}
	return cuts, l, err
}

// cuts resolves a selection: one cut for each dimension, whose numbers lie inside.
func (a *Array) cuts(selection string) ([]buffer.Cut, error) {
	cuts, err := memoryview.Cuts(selection, a.meta.Shape)
	if err != nil {
		return nil, err
	}
	for d, c := range cuts {
		if n := a.meta.Shape[d]; c.Drop && c.Start < 0 {
			cuts[d].Start += n
		}
		if n := a.meta.Shape[d]; c.Drop && (cuts[d].Start < 0 || cuts[d].Start >= n) {
			return nil, fmt.Errorf("%w: index %d of dimension %d, which has %d items", buffer.ErrBounds, c.Start, d, n)
		}
	}
	for d := len(cuts); d < len(a.meta.Shape); d++ {
		cuts = append(cuts, buffer.Cut{Count: a.meta.Shape[d], Step: 1})
	}
	return cuts, nil
}

// fill fetches all chunks that the cuts need, several at once, and copies what is needed of each.
func (a *Array) fill(ctx context.Context, result *buffer.Buffer, cuts []buffer.Cut) error {
	f := &fetching{array: a, result: result, total: 1}
	for d, c := range cuts {
		cut := chunkedCut{c, a.meta.Chunks[d]}
		f.cuts = append(f.cuts, cut)
		f.total *= int64(cut.parts())
	}
	return f.run(ctx)
}

// fetching is one fetch that is under way.
type fetching struct {
	array  *Array
	result *buffer.Buffer
	cuts   []chunkedCut // of each dimension

	lock  sync.Mutex
	next  int64 // chunk, counted in C order
	done  int64
	total int64
}

// mostAtOnce bounds the bytes of chunks that one fetch decodes at the same time, where they are large: few bytes may come to be a chunk.
const mostAtOnce = 1 << 30

func (f *fetching) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	parallel := min(f.array.store.options.parallel, mostAtOnce/max(f.array.meta.ChunkBytes(), 1))
	var workers sync.WaitGroup
	for range min(int64(max(parallel, 1)), f.total) {
		workers.Go(func() {
			for n, ok := f.take(); ok && ctx.Err() == nil; n, ok = f.take() {
				if err := f.chunk(ctx, n); err != nil {
					cancel(err) // the first is the cause
					return
				}
			}
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (f *fetching) take() (n int64, ok bool) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.next++
	return f.next - 1, f.next <= f.total
}

// chunk fetches the n-th chunk that is needed.
func (f *fetching) chunk(ctx context.Context, n int64) error {
	index := make([]int, len(f.cuts))
	sources := make([]buffer.Cut, len(f.cuts))
	var targets []buffer.Cut
	for d, c := range slices.Backward(f.cuts) {
		parts := int64(c.parts())
		p := c.part(int(n % parts))
		n /= parts
		index[d], sources[d] = p.chunk, p.source
		if !p.source.Drop {
			targets = append(targets, p.target)
		}
	}
	slices.Reverse(targets)
	data, layout, err := f.array.load(ctx, index)
	if err != nil {
		return fmt.Errorf("chunk %v: %w", index, err)
	}
	if err := f.copy(data, layout, sources, targets); err != nil {
		return fmt.Errorf("chunk %v: %w", index, err)
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	f.done++
	if progress := f.array.store.options.progress; progress != nil {
		progress(f.done, f.total)
	}
	return nil
}

// copy brings part of a chunk to its place in the result.
func (f *fetching) copy(data []byte, layout buffer.Layout, sources, targets []buffer.Cut) error {
	chunk, err := loanOf(data, layout, buffer.FullRO)
	if err != nil {
		return err
	}
	defer chunk.Release()
	var from, to buffer.Buffer
	if err := chunk.Cut(&from, sources...); err != nil {
		return err
	}
	defer from.Release()
	if err := f.result.Cut(&to, targets...); err != nil {
		return err
	}
	defer to.Release()
	return to.CopyFrom(&from)
}

// load returns a decoded chunk, from the cache where it is there, and how its items lie. One that was never stored is one item, again and again.
func (a *Array) load(ctx context.Context, index []int) (data []byte, l buffer.Layout, err error) {
	key, inShard := a.meta.Stored(index)
	key = join(a.prefix, key)
	value, err := a.store.cache.get(ctx, fmt.Sprintf("%s\x00%d", key, inShard), func() (any, int, error) {
		data, err := a.fetchChunk(ctx, key, inShard)
		switch missing := errors.Is(err, errNotThere); {
		case missing && a.complete:
			return nil, 0, fmt.Errorf("%w: the chunk is gone", ErrServer)
		case missing:
			return []byte(nil), 0, nil
		}
		return data, len(data), err
	})
	if err != nil {
		return nil, l, err
	}
	l = a.meta.ChunkLayout()
	if data = value.([]byte); data == nil {
		clear(l.Strides)
		data = a.meta.FillItem()
	}
	return data, l, nil
}

func (a *Array) fetchChunk(ctx context.Context, key string, inShard int) ([]byte, error) {
	var s span
	if a.meta.Sharded() {
		places, err := a.shardIndex(ctx, key)
		if err != nil {
			return nil, err
		}
		place := places[inShard]
		if place.Size == 0 {
			return nil, errNotThere
		}
		s = span{offset: place.Offset, size: place.Size}
	}
	data, err := a.store.source.get(ctx, key, s, a.meta.StoredBytes())
	if err != nil {
		return nil, err
	}
	return a.meta.Decode(data)
}

// shardIndex returns the places of a shard's chunks, from the cache where they are there.
func (a *Array) shardIndex(ctx context.Context, key string) ([]zarr.Place, error) {
	value, err := a.store.cache.get(ctx, key+"\x00index", func() (any, int, error) {
		size, atStart := a.meta.ShardIndex()
		data, err := a.store.source.get(ctx, key, span{size: int64(size), fromEnd: !atStart}, size)
		if err != nil {
			return nil, 0, err
		}
		places, err := a.meta.DecodeShardIndex(data)
		return places, 16 * len(places), err
	})
	if err != nil {
		return nil, err
	}
	return value.([]zarr.Place), nil
}
