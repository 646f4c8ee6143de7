package memoryview_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// part is some of the items of memory, and where they begin, in C order.
type part struct {
	exporter buffer.Exporter
	layout   buffer.Layout
	places   []int
}

// drawPartOf draws strides, and an offset at which items of a shape lie in the memory. There may be none.
func drawPartOf(t draw.Source, mem []byte, shape []int, size int, writable bool) (p part, ok bool) {
	l := buffer.Layout{ItemSize: size, Format: fmt.Sprint(size, "s"), Shape: shape, Strides: make([]int, len(shape))}
	low, high := 0, size
	for d, n := range shape {
		l.Strides[d] = draw.Between(t, -24, 24, "stride")
		if draw.Bool(t, "of items") {
			l.Strides[d] = l.Strides[d] / size * size
		}
		low, high = low+min(l.Strides[d]*(n-1), 0), high+max(l.Strides[d]*(n-1), 0)
	}
	if high-low > len(mem) {
		return p, false
	}
	offset := t.UpTo(len(mem)-(high-low), "offset") - low
	p.layout, p.places = l, []int{offset}
	for d, n := range shape {
		var next []int
		for _, at := range p.places {
			for i := range n {
				next = append(next, at+i*l.Strides[d])
			}
		}
		p.places = next
	}
	var err error
	p.exporter, err = export.Strided(mem, offset, l, !writable)
	return p, err == nil
}

// testOverlap copies between two parts of the same memory, by every way there is, and compares with a copy through a
// temporary; and asks whether they share a byte.
func testOverlap(t draw.Source) {
	size, shape := draw.Between(t, 1, 9, "size"), drawExtents(t, 0, 3, 1, 6)
	mem := fence.Bytes(t, draw.Between(t, 1, 200, "memory"), draw.Side(t))
	for i := range mem {
		mem[i] = byte(i)
	}
	dst, ok := drawPartOf(t, mem, shape, size, true)
	if !ok {
		return
	}
	src, ok := drawPartOf(t, mem, shape, size, false)
	if !ok {
		return
	}
	checkSharing(t, dst, src, size)

	temporary := []byte{}
	for _, at := range src.places {
		temporary = append(temporary, mem[at:at+size]...)
	}
	want := bytes.Clone(mem)
	for i, at := range dst.places {
		copy(want[at:at+size], temporary[i*size:])
	}
	what := draw.Of(t, "what", "CopyFrom", "Copy", "Parallel", "Convert", "FromContiguous", "ToContiguous")
	if err := copyBy(what, dst, src, mem, len(temporary)); errors.Is(err, errApart) {
		return
	} else if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if !bytes.Equal(mem, want) {
		t.Fatalf("%s of %d bytes in shape %v: strides %v from %d, to strides %v from %d:\n%x, want\n%x",
			what, size, shape, src.layout.Strides, src.places[0], dst.layout.Strides, dst.places[0], mem, want)
	}
}

// errApart is for parts that a way of copying does not take.
var errApart = errors.New("no such parts")

func copyBy(what string, dst, src part, mem []byte, nbytes int) error {
	// Where one side is plain bytes, it must be that in the memory.
	run := func(p part) ([]byte, error) {
		if p.layout.Strides = must(buffer.Get(p.exporter, buffer.FullRO)).Layout().Strides; !p.layout.IsContiguous(buffer.C) {
			return nil, errApart
		}
		return mem[p.places[0]:][:nbytes], nil
	}
	switch what {
	case "CopyFrom":
		return must(memoryview.FromObject(dst.exporter)).CopyFrom(src.exporter)
	case "Copy":
		return buffer.Copy(dst.exporter, src.exporter)
	case "Parallel":
		return buffer.Copy(dst.exporter, src.exporter, buffer.Parallel(3))
	case "Convert":
		return memoryview.Convert(dst.exporter, src.exporter)
	case "FromContiguous":
		data, err := run(src)
		if err != nil {
			return err
		}
		return must(buffer.Get(dst.exporter, buffer.Full)).FromContiguous(data, buffer.C)
	}
	data, err := run(dst)
	if err != nil {
		return err
	}
	return must(buffer.Get(src.exporter, buffer.FullRO)).ToContiguous(data, buffer.C)
}

// checkSharing holds SharesMemory to the sets of bytes of the parts.
func checkSharing(t draw.Source, a, b part, size int) {
	want := buffer.Apart
	for _, at := range a.places {
		if slices.ContainsFunc(b.places, func(other int) bool { return max(at-other, other-at) < size }) {
			want = buffer.Shared
		}
	}
	if got, err := buffer.SharesMemory(a.exporter, b.exporter); got != want || err != nil {
		t.Fatalf("memory of %+v from %d and %+v from %d is %v, %v, want %v", a.layout, a.places[0], b.layout, b.places[0], got, err, want)
	}
}

func TestOverlapAgainstTemporary(t *testing.T) { draw.Check(t, testOverlap) }

// FuzzOverlap copies between parts of the same memory by every way there is and compares with a copy through a temporary, and whether they
// share a byte with sets of bytes.
func FuzzOverlap(f *testing.F) { draw.Fuzz(f, testOverlap) }
