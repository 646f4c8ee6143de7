package main

import (
	"context"
	"fmt"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/remote"
)

// fetched is an array of a store.
type fetched struct {
	*remote.Array
	store *store
}

// NBytes returns what all of it would take here.
func (a *fetched) NBytes() int { return nbytes(a.Layout()) }

// Order returns that of what is fetched.
func (*fetched) Order() buffer.Order { return buffer.C }

// ItemNotes returns all notes: how the server reads its file is not said.
func (a *fetched) ItemNotes() []string { return a.Notes() }

// Offset returns 0: what is fetched lies in no file.
func (*fetched) Offset() int64 { return 0 }

// Copied returns true.
func (*fetched) Copied() bool { return true }

// sketch is a view of the array's shape over a single item, which knows what parts there are, and none of their items.
func (a *fetched) sketch() (*memoryview.View, error) {
	l := a.Layout()
	if l.ItemSize > maxItemSize {
		return nil, fmt.Errorf("%w: items of %s, and at most of %s", buffer.ErrLayout, humanBytes(int64(l.ItemSize)), humanBytes(maxItemSize))
	}
	clear(l.Strides)
	exporter, err := export.Strided(make([]byte, l.ItemSize), 0, l, true)
	if err != nil {
		return nil, err
	}
	return memoryview.FromObject(exporter)
}

// partLayout is the layout of a part, as of a copy, found without a fetch.
func (a *fetched) partLayout(t target, field string) (l buffer.Layout, err error) {
	sketch, err := a.sketch()
	if err != nil {
		return l, err
	}
	defer sketch.Release()
	part, err := t.cut(sketch, t.steps, field)
	if err != nil {
		return l, err
	}
	defer part.Release()
	l = part.Buffer().Layout()
	l.Strides, err = buffer.ContiguousStrides(l.Shape, l.ItemSize, buffer.C)
	return l, err
}

// take fetches the part that the first slice names. All steps are checked before.
func (a *fetched) take(t target, field string) (v *memoryview.View, left string, err error) {
	if _, err = a.partLayout(t, field); err != nil {
		return nil, "", err
	}
	first, left, err := leadingSlice(t.steps)
	if err != nil {
		return nil, "", err
	}
	asked := t
	asked.steps = first
	l, err := a.partLayout(asked, "")
	if err != nil {
		return nil, "", err
	}
	room, err := a.store.room(l)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w: fetch less of it, as %s[:1000]", asked, err, a.title(t))
	}
	err = a.store.fetch(func(ctx context.Context) error { return a.FetchInto(ctx, room, first) })
	if err != nil {
		room.Release()
		return nil, "", err
	}
	defer room.Release()
	v, err = room.ToReadOnly()
	return v, left, err
}

func (a *fetched) title(t target) string {
	t.steps = ""
	return t.String()
}
