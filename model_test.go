package memoryview_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
)

// model is a view as nested lists: the leaves are positions in the memory's items.
type model struct {
	shape []int
	list  any // int, or []any of these
}

func newModel(shape []int) model {
	next := 0
	return model{shape, build(shape, func() int { next++; return next - 1 })}
}

func build(shape []int, next func() int) any {
	if len(shape) == 0 {
		return next()
	}
	list := make([]any, shape[0])
	for i := range list {
		list[i] = build(shape[1:], next)
	}
	return list
}

// pick keeps the given indices of each leading dimension; an index alone drops it.
type pick struct {
	drop    bool
	indices []int
	step    int // between them
}

func (m model) pick(picks []pick) model {
	var shape []int
	for d, extent := range m.shape {
		if d >= len(picks) {
			shape = append(shape, extent)
		} else if !picks[d].drop {
			shape = append(shape, len(picks[d].indices))
		}
	}
	return model{shape, pickList(m.list, picks)}
}

func pickList(list any, picks []pick) any {
	if len(picks) == 0 {
		return list
	}
	rows := list.([]any)
	if picks[0].drop {
		return pickList(rows[picks[0].indices[0]], picks[1:])
	}
	kept := []any{}
	for _, i := range picks[0].indices {
		kept = append(kept, pickList(rows[i], picks[1:]))
	}
	return kept
}

// positions lists the leaves in C order.
func (m model) positions() []int { return flatten(m.list) }

func flatten(list any) (flat []int) {
	rows, ok := list.([]any)
	if !ok {
		return []int{list.(int)}
	}
	for _, row := range rows {
		flat = append(flat, flatten(row)...)
	}
	return flat
}

// values is the list with the items at the positions.
func values(list any, items []int32) any {
	rows, ok := list.([]any)
	if !ok {
		return items[list.(int)]
	}
	out := make([]any, len(rows))
	for i, row := range rows {
		out[i] = values(row, items)
	}
	return out
}

// drawPick draws a key of an index expression and what it keeps, by Python's rules done the slow way.
func drawPick(t *rapid.T, extent int) (string, pick) {
	if extent > 0 && rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
		i := rapid.IntRange(-extent, extent-1).Draw(t, "index")
		return fmt.Sprint(i), pick{drop: true, indices: []int{(i + extent) % extent}}
	}
	start := rapid.IntRange(-extent-2, extent+2).Draw(t, "start")
	stop := rapid.IntRange(-extent-2, extent+2).Draw(t, "stop")
	step := rapid.SampledFrom([]int{-3, -2, -1, 1, 2, 3}).Draw(t, "step")
	key := fmt.Sprintf("%d:%d:%d", start, stop, step)
	kept := must(choose(key, extent))
	p := pick{step: step}
	for i := range kept.count {
		p.indices = append(p.indices, kept.start+i*kept.step)
	}
	return key, p
}

func drawView(t *rapid.T) (*memoryview.View, model, []int32) {
	shape := rapid.SliceOfN(rapid.IntRange(0, 4), 0, 4).Draw(t, "shape")
	m := newModel(shape)
	items := make([]int32, len(m.positions()))
	for i := range items {
		items[i] = int32(i*i - 7*i)
	}
	if len(shape) == 2 && rapid.Bool().Draw(t, "rows") {
		rows := [][]int32{}
		for i := range shape[0] {
			rows = append(rows, items[i*shape[1]:(i+1)*shape[1]])
		}
		if shape[0] > 0 {
			return must(memoryview.FromObject(must(export.Rows(rows)))), m, items
		}
	}
	return must(must(memoryview.FromObject(items)).CastShape("i", shape)), m, items
}

func TestSelectionsAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, m, items := drawView(t)
		for range rapid.IntRange(0, 3).Draw(t, "selections") {
			var texts []string
			var picks []pick
			for d := range rapid.IntRange(0, len(m.shape)).Draw(t, "keys") {
				text, p := drawPick(t, m.shape[d])
				texts, picks = append(texts, text), append(picks, p)
			}
			expr := strings.Join(texts, ", ")
			if rapid.Bool().Draw(t, "ellipsis") {
				expr = strings.TrimPrefix(expr+", ...", ", ")
			}
			v, m = must(v.Select(expr)), m.pick(picks)
			checkView(t, expr, v, m, items)
		}
	})
}

func checkView(t *rapid.T, what string, v *memoryview.View, m model, items []int32) {
	positions := m.positions()
	if !cmp.Equal(append([]int{}, v.Shape()...), append([]int{}, m.shape...)) || v.NBytes() != 4*len(positions) {
		t.Fatalf("%s: %v, want shape %v", what, v, m.shape)
	}
	if got := must(v.ToList()); !cmp.Equal(got, values(m.list, items)) {
		t.Fatalf("%s: items %v, want %v", what, got, values(m.list, items))
	}
	packed := []byte{}
	for _, p := range positions {
		packed = binary.NativeEndian.AppendUint32(packed, uint32(items[p]))
	}
	if got := must(v.ToBytes(buffer.C)); !bytes.Equal(got, packed) {
		t.Fatalf("%s: bytes %x, want %x", what, got, packed)
	}
	var written bytes.Buffer
	if n := must(v.WriteTo(&written)); !bytes.Equal(written.Bytes(), packed) || n != int64(len(packed)) {
		t.Fatalf("%s: wrote %x, want %x", what, written.Bytes(), packed)
	}
	if got := must(io.ReadAll(io.NewSectionReader(v, 0, 1<<20))); !bytes.Equal(got, packed) {
		t.Fatalf("%s: read %x, want %x", what, got, packed)
	}
	if v.NDim() > 0 {
		checkSearch(t, what, v, positions, items)
	}
	if !must(v.Equal(must(memoryview.GetContiguous(v, buffer.Read, buffer.F)))) {
		t.Fatalf("%s: a copy in Fortran order is unequal", what)
	}
}

func checkSearch(t *rapid.T, what string, v *memoryview.View, positions []int, items []int32) {
	n := 0
	for item, err := range v.All() {
		if err != nil || item != items[positions[n]] {
			t.Fatalf("%s: item %d is %v, %v", what, n, item, err)
		}
		n++
	}
	if n != len(positions) {
		t.Fatalf("%s: %d items, want %d", what, n, len(positions))
	}
	value := int32(-6)
	count, first := 0, -1
	for i, p := range positions {
		if items[p] == value {
			if count++; first < 0 {
				first = i
			}
		}
	}
	if must(v.Count(value)) != count || must(v.Index(float64(value))) != first {
		t.Fatalf("%s: count and index of %v are %v and %v, want %v and %v", what, value, must(v.Count(value)), must(v.Index(value)), count, first)
	}
}

// TestAssignmentsAgainstModel assigns to parts of an array, from other parts of the same memory too,
// which must act as if through a temporary.
func TestAssignmentsAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, m, items := drawView(t)
		dst, dstModel := drawPart(t, v, m, "dst")
		src, srcModel := drawPart(t, v, m, "src")
		want := slices.Clone(items)
		if slices.Equal(dstModel.shape, srcModel.shape) {
			from := srcModel.positions()
			for i, p := range dstModel.positions() {
				want[p] = items[from[i]]
			}
			if err := dst.CopyFrom(src); err != nil {
				t.Fatal(err)
			}
		} else if len(srcModel.shape) == 0 {
			for _, p := range dstModel.positions() {
				want[p] = items[srcModel.positions()[0]]
			}
			if err := dst.CopyFrom(src); err != nil {
				t.Fatal(err)
			}
		} else {
			if err := dst.CopyFrom(src); !errors.Is(err, buffer.ErrValue) {
				t.Fatalf("copy from shape %v to %v: %v", srcModel.shape, dstModel.shape, err)
			}
		}
		if !slices.Equal(items, want) {
			t.Fatalf("memory is %v, want %v", items, want)
		}
		for _, p := range dstModel.positions() {
			want[p] = 99
		}
		if err := dst.CopyFrom(99); err != nil || !slices.Equal(items, want) {
			t.Fatalf("filled memory is %v, want %v: %v", items, want, err)
		}
	})
}

func drawPart(t *rapid.T, v *memoryview.View, m model, label string) (*memoryview.View, model) {
	var texts []string
	var picks []pick
	for _, extent := range m.shape {
		text, p := drawPick(t, extent)
		texts, picks = append(texts, text), append(picks, p)
	}
	return must(v.Select(strings.Join(texts, ","))), m.pick(picks)
}

func TestTransposeAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := rapid.SliceOfN(rapid.IntRange(0, 4), 0, 4).Draw(t, "shape")
		m := newModel(shape)
		items := make([]int64, len(m.positions()))
		v := must(must(memoryview.FromObject(items)).CastShape("q", shape))
		axes := make([]int, len(shape))
		for i := range axes {
			axes[i] = i
		}
		axes = rapid.Permutation(axes).Draw(t, "axes")
		w := must(v.Transpose(axes...))
		if len(axes) == 0 {
			return
		}
		for i := range items {
			items[i] = int64(i)
			index, moved := unravel(i, shape), make([]int, len(shape))
			for d, axis := range axes {
				moved[d] = index[axis]
			}
			if got := must(w.At(moved...)); got != int64(i) {
				t.Fatalf("axes %v: item %v is %v, want %d", axes, moved, got, i)
			}
		}
	})
}

func unravel(n int, shape []int) []int {
	index := make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		index[d] = n % shape[d]
		n /= shape[d]
	}
	return index
}
