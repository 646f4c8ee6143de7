package picture

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/buffer"
)

var itemTitle = regexp.MustCompile(`^item \((.*?),?\) at byte (-?\d+), step (\d+)$`)

// The boxes of a layout are NumPy's items: each stands once at the byte where NumPy finds it, and in the order of memory.
func TestLayoutIsNumPys(t *testing.T) {
	for _, of := range numpy(t).Layouts {
		const offset = 1000
		m := must(MapOf(buffer.Layout{Format: of.Format, ItemSize: of.ItemSize, Shape: of.Shape, Strides: of.Strides}, offset, 4096))
		if m.Contiguity.C != of.C || m.Contiguity.F != of.F || (m.Contiguity.WhyC == "") != of.C || (m.Contiguity.WhyF == "") != of.F {
			t.Errorf("%s: %+v, want %v, %v", of.Name, m.Contiguity, of.C, of.F)
		}
		want := map[int]bool{}
		byIndex := map[string]int{}
		for k, o := range of.Offsets {
			want[offset+o] = true
			byIndex[fmt.Sprint(of.Indices[k])] = k
		}
		boxes, last := 0, map[float64]float64{}
		for _, s := range svgOf(t, m.Draw("title", Size{Width: 500}), Auto) {
			parts := itemTitle.FindStringSubmatch(s.Title)
			if s.XMLName.Local != "rect" || parts == nil {
				continue
			}
			boxes++
			var index []int
			for text := range strings.SplitSeq(parts[1], ", ") {
				if i, err := strconv.Atoi(strings.ReplaceAll(text, ":", "0")); err == nil {
					index = append(index, i)
				}
			}
			at, step := must(strconv.Atoi(parts[2])), must(strconv.Atoi(parts[3]))
			k, known := byIndex[fmt.Sprint(index)]
			if !known || at != offset+of.Offsets[k] || step != k {
				t.Errorf("%s: %s, and item %v of NumPy's is at %d, step %d", of.Name, s.Title, index, offset+of.Offsets[max(k, 0)], k)
			}
			if !want[at] {
				t.Errorf("%s: a second box at byte %d", of.Name, at)
			}
			delete(want, at)
			if before, ok := last[s.Y]; ok && s.X <= before {
				t.Errorf("%s: %s stands left of the one before", of.Name, s.Title)
			}
			last[s.Y] = s.X
		}
		if len(want) > 0 {
			t.Errorf("%s: %d boxes, and none for the items at %v", of.Name, boxes, want)
		}
		checkJumps(t, of.Name, m, of.Offsets)
		checkDrawing(t, m.Draw("title", Size{Width: 300, Terminal: true}))
	}
}

// checkJumps counts the steps between items as NumPy walks over them.
func checkJumps(t *testing.T, name string, m *Map, offsets []int) {
	t.Helper()
	want, got := map[int64]int64{}, map[int64]int64{}
	for k := 1; k < len(offsets); k++ {
		want[int64(offsets[k]-offsets[k-1])]++
	}
	for _, j := range m.Jumps {
		got[j.Bytes] += j.Times
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: iteration goes %v, and NumPy's %v", name, got, want)
	}
}

// Fields lie where NumPy, and so C's compiler, puts them, and they and the padding fill the item.
func TestRecordIsNumPys(t *testing.T) {
	j := numpy(t)
	i := slices.IndexFunc(j.Layouts, func(l struct {
		Name, Format            string
		ItemSize                int
		Shape, Strides, Offsets []int
		C, F                    bool
		Indices                 [][]int
	},
	) bool {
		return l.Name == "records"
	})
	of := j.Layouts[i]
	m := must(MapOf(buffer.Layout{Format: of.Format, ItemSize: of.ItemSize, Shape: of.Shape, Strides: of.Strides}, 0, 10))
	at, named := 0, 0
	for _, f := range m.Fields {
		if f.Offset != at {
			t.Errorf("%+v begins at %d, want %d", f, f.Offset, at)
		}
		at += f.Size
		if f.Name == "" {
			continue
		}
		want := j.Record.Fields[named]
		if f.Name != want[0] || float64(f.Offset) != want[1] || float64(f.Size) != want[2] {
			t.Errorf("%+v, want %v", f, want)
		}
		named++
	}
	if at != j.Record.ItemSize || named != len(j.Record.Fields) {
		t.Errorf("%d bytes and %d fields, want %d and %d", at, named, j.Record.ItemSize, len(j.Record.Fields))
	}
	text := m.Draw("", Size{Width: 80 * CellWidth, Terminal: true}).Plain(false)
	for _, word := range []string{"at.x", "at.y", "padding"} {
		if !strings.Contains(text, word) {
			t.Errorf("no %s in\n%s", word, text)
		}
	}
}

// Of a large array the first and the last items are listed, and how many are not.
func TestLayoutIsAbridged(t *testing.T) {
	m := must(MapOf(buffer.Layout{Format: "d", ItemSize: 8, Shape: []int{1 << 14, 1 << 10}}, 0, 10))
	s := m.Strips[0]
	if len(s.Items) != 10 || s.Hidden != 1<<24-10 || s.Items[0].Offset != 0 || s.Items[9].Offset != 8<<24-8 || !slices.Equal(s.Items[9].Index, []int{1<<14 - 1, 1<<10 - 1}) {
		t.Errorf("%+v", s)
	}
	if text := m.Draw("", Size{Width: 80 * CellWidth, Terminal: true}).Plain(true); !strings.Contains(text, "16777206 more") {
		t.Errorf("not said: %s", text)
	}
}

// Pointers have a strip of their own, and so has what lies behind each.
func TestLayoutBehindPointers(t *testing.T) {
	m := must(MapOf(buffer.Layout{Format: "h", ItemSize: 2, Shape: []int{5, 3}, Strides: []int{8, 2}, Suboffsets: []int{4, -1}}, 0, 30))
	if len(m.Strips) != 1+mostBlocks || !m.Strips[0].Pointers || len(m.Strips[0].Items) != 5 || m.Strips[0].Items[4].Offset != 32 {
		t.Fatalf("%+v", m.Strips)
	}
	for k, s := range m.Strips[1:] {
		for i, p := range s.Items {
			if !slices.Equal(p.Index, []int{k, i}) || p.Offset != int64(4+2*i) || p.Step != int64(3*k+i) {
				t.Errorf("block %d: %+v", k, p)
			}
		}
		if len(s.Items) != 3 {
			t.Errorf("block %d: %+v", k, s)
		}
	}
	if !strings.Contains(m.Draw("", Size{Width: 640, Terminal: true}).Plain(true), "2 more follow") {
		t.Error("the other blocks are not mentioned")
	}
	if _, err := json.Marshal(m); err != nil {
		t.Error(err)
	}
}

// What no memory can hold is refused.
func TestLayoutErrors(t *testing.T) {
	for _, l := range []buffer.Layout{
		{ItemSize: 1, Shape: make([]int, 65)},
		{ItemSize: -1},
		{ItemSize: 1, Shape: []int{-1}},
		{ItemSize: 1, Shape: []int{2, 2}, Strides: []int{1}},
		{ItemSize: 1, Shape: []int{2}, Strides: []int{1}, Suboffsets: []int{1, 1}},
		{ItemSize: 1, Shape: []int{math.MaxInt, math.MaxInt}, Strides: []int{0, 0}},
		{ItemSize: 8, Shape: []int{math.MaxInt, 3, 4, 5, 6, 7, 8, 9}, Strides: []int{math.MinInt, math.MinInt, 1, 1, 1, 1, 1, 1}},
		{ItemSize: 8, Shape: []int{math.MaxInt, 2}},
	} {
		if _, err := MapOf(l, 0, 10); !errors.Is(err, buffer.ErrLayout) {
			t.Errorf("%+v: %v", l, err)
		}
	}
	if _, err := MapOf(buffer.Layout{Format: "no such", ItemSize: 1}, 0, 10); !errors.Is(err, buffer.ErrFormat) {
		t.Errorf("a bad format: %v", err)
	}
}
