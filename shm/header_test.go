package shm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// sample is a segment of two by three numbers of 4 bytes: a header of 66 bytes, and items at byte 128.
func sample(t testing.TB) []byte {
	t.Helper()
	h, err := headerOf(buffer.Layout{ItemSize: 4, Format: "<f", Shape: []int{2, 3}, Strides: []int{12, 4}})
	if err != nil {
		t.Fatal(err)
	}
	return append(h, make([]byte, 24)...)
}

// patched writes bytes at an offset.
func patched(segment []byte, at int, b ...byte) []byte {
	segment = bytes.Clone(segment)
	copy(segment[at:], b)
	return segment
}

// number is one of 8 bytes, in the machine's order.
func number(n int64) []byte { return binary.NativeEndian.AppendUint64(nil, uint64(n)) }

func length(n uint32) []byte { return binary.NativeEndian.AppendUint32(nil, n) }

func TestHostileHeaders(t *testing.T) {
	good := sample(t)
	if offset, l, err := ReadHeader(bytes.NewReader(good), int64(len(good))); err != nil || offset != 128 || l.Strides[0] != 12 || l.Format != "<f" {
		t.Fatalf("%d, %v, %v", offset, l, err)
	}
	other := byte('<')
	if nativeMark == '<' {
		other = '>'
	}
	for name, test := range map[string]struct {
		segment []byte
		is      error
		message string
	}{
		"nothing":             {nil, ErrBare, ""},
		"too short":           {good[:31], ErrBare, ""},
		"another magic":       {patched(good, 7, 'X'), ErrBare, ""},
		"being made":          {patched(good, 8, 0), ErrNotReady, ""},
		"a mark of 2":         {patched(good, 8, 2), ErrHeader, "mark is 2"},
		"version 2":           {patched(good, 9, 2), ErrHeader, "version 2"},
		"no byte order":       {patched(good, 10, '='), ErrHeader, "byte order '='"},
		"another byte order":  {patched(good, 10, other), ErrHeader, "another machine"},
		"65 dimensions":       {patched(good, 11, 65), ErrHeader, "65 dimensions"},
		"more dimensions":     {patched(good, 11, 3), ErrHeader, "a header of 66 bytes: 80 to"},
		"header of nothing":   {patched(good, 12, length(0)...), ErrHeader, "a header of 0 bytes"},
		"header of 4 GiB":     {patched(good, 12, length(math.MaxUint32)...), ErrHeader, "a header of 4294967295 bytes"},
		"header beyond it":    {patched(good, 12, length(200)...), ErrHeader, "in a segment of 152"},
		"header over items":   {patched(good, 12, length(129)...), ErrHeader, "item 0 at byte 128"},
		"items too large":     {patched(good, 16, number(5)...), buffer.ErrLayout, "items of 5 bytes"},
		"items too small":     {patched(good, 16, number(3)...), buffer.ErrLayout, "items of 3 bytes"},
		"negative items":      {patched(good, 16, number(-4)...), ErrHeader, ""},
		"unaligned":           {patched(good, 24, number(129)...), ErrHeader, "a multiple of 64"},
		"over the header":     {patched(good, 24, number(64)...), ErrHeader, "item 0 at byte 64"},
		"behind the end":      {patched(good, 24, number(192)...), ErrHeader, "item 0 at byte 192"},
		"before the start":    {patched(good, 24, number(-64)...), ErrHeader, "item 0 at byte"},
		"a row more":          {patched(good, 32, number(3)...), buffer.ErrLayout, ""},
		"negative extent":     {patched(good, 32, number(-2)...), buffer.ErrLayout, ""},
		"very many items":     {patched(good, 32, number(math.MaxInt32)...), buffer.ErrLayout, ""},
		"more than there are": {patched(good, 32, number(math.MaxInt64)...), ErrHeader, ""},
		"stride behind it":    {patched(good, 48, number(16)...), buffer.ErrLayout, ""},
		"stride into header":  {patched(good, 48, number(-64)...), buffer.ErrLayout, ""},
		"overlapping":         {patched(good, 48, number(0)...), buffer.ErrLayout, "overlap"},
		"half over another":   {patched(good, 48, number(6)...), buffer.ErrLayout, "overlap"},
		"no format":           {patched(good, 64, '<', '<'), buffer.ErrFormat, ""},
		"no UTF-8":            {patched(good, 65, 0xff), ErrHeader, "UTF-8"},
	} {
		_, _, err := ReadHeader(bytes.NewReader(test.segment), int64(len(test.segment)))
		if !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.message) {
			t.Errorf("%s: %v", name, err)
		}
		if test.is != ErrBare && test.is != ErrNotReady && !errors.Is(err, ErrHeader) {
			t.Errorf("%s is no error of the header: %v", name, err)
		}
	}
}

// changing is a segment that somebody writes to between any two reads.
type changing struct {
	reads    int
	segments [][]byte
}

func (c *changing) ReadAt(b []byte, offset int64) (int, error) {
	c.reads++
	return bytes.NewReader(c.segments[c.reads%len(c.segments)]).ReadAt(b, offset)
}

// A header that changes while it is read is one of those it was, or an error.
func TestHeaderThatChanges(t *testing.T) {
	good := sample(t)
	for at := 9; at < 80; at++ {
		for _, b := range []byte{0, 1, 2, 64, 255} {
			for start := range 3 {
				c := &changing{start, [][]byte{good, patched(good, at, b), good}}
				offset, l, err := ReadHeader(c, int64(len(good)))
				if err == nil && inside(l, offset, int64(len(good))) != nil {
					t.Fatalf("byte %d becomes %d: %v at %d", at, b, l, offset)
				}
			}
		}
	}
}

// FuzzHeader attaches to segments that begin with anything: what is accepted lies in the segment, behind the header, and is read and
// written there
func FuzzHeader(f *testing.F) {
	good := sample(f)
	f.Add(good[:40], uint16(200))
	f.Add(good, uint16(len(good)))
	f.Add(patched(patched(good, 24, number(128)...), 40, number(-4)...), uint16(300))
	f.Add(patched(good, 11, 0), uint16(500))
	f.Fuzz(func(t *testing.T, start []byte, size uint16) {
		segment := fence.Bytes(t, int(size), fence.After)
		copy(segment, start)
		offset, l, err := ReadHeader(bytes.NewReader(segment), int64(size))
		if err != nil {
			if !errors.Is(err, ErrHeader) && !errors.Is(err, ErrBare) && !errors.Is(err, ErrNotReady) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		before := bytes.Clone(segment)
		b, err := memoryOf(segment).Lend(int(offset), l, buffer.Full)
		if err != nil {
			t.Fatalf("%v at %d of %d bytes: %v", l, offset, size, err)
		}
		defer b.Release()
		packed := make([]byte, b.Len())
		for i := range packed {
			packed[i] = byte(i) ^ 0xa5
		}
		got := make([]byte, len(packed))
		if err := errors.Join(b.FromContiguous(packed, buffer.C), b.ToContiguous(got, buffer.C)); err != nil || !bytes.Equal(got, packed) {
			t.Fatalf("what was written is not read: %v", err)
		}
		header := int(binary.NativeEndian.Uint32(before[12:]))
		if !bytes.Equal(segment[:header], before[:header]) {
			t.Fatal("the items lie over the header")
		}
	})
}

func memoryOf(segment []byte) buffer.Memory {
	return buffer.Memory{Base: unsafe.Pointer(unsafe.SliceData(segment)), Size: len(segment)}
}
