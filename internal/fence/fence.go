// Package fence makes memory for tests that ends where an untouchable page begins, or begins where one ends: code
// that reads or writes one byte too many on that side faults. Writes on the other side are found too, when the
// memory is given back. Only unix has the pages; elsewhere the memory is plain.
//
// The memory lies outside the Go heap: it must hold no pointers to what lies inside.
package fence

import (
	"bytes"
	"math/bits"
	"os"
	"sync"
	"unsafe"
)

// Side says where the fence stands.
type Side int

const (
	Before Side = iota // the memory begins where the fence ends
	After              // the memory ends where the fence begins
)

// Sides are both, for tests that try each.
var Sides = [...]Side{Before, After}

func (s Side) String() string { return [...]string{"fence before", "fence after"}[s] }

// Cut returns n bytes of memory that is fenced on both sides, at this one.
func (s Side) Cut(mem []byte, n int) []byte {
	start := 0
	if s == After {
		start = len(mem) - n
	}
	return mem[start : start+n : start+n]
}

// T is what the memory needs of the test that it lives as long as. Those of package testing have it, and rapid.T.
type T interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Page is the size of a page. Memory of whole pages is fenced on both sides.
var Page = os.Getpagesize()

// Bytes returns zeroed memory that is given back when the test ends. Where size is no number of whole pages, the
// memory is fenced on one side only.
func Bytes(t T, size int, side Side) []byte {
	t.Helper()
	area, err := take(size)
	if err != nil {
		t.Fatalf("fenced memory of %d bytes: %v", size, err)
	}
	mem := side.Cut(area, size)
	clear(mem)
	margin := marginOf(area, size, side)
	copy(margin, marks)
	t.Cleanup(func() {
		if !untouched(margin) {
			t.Errorf("bytes outside of fenced memory (%v, %d bytes) were written", side, size)
		}
		give(area)
	})
	return mem
}

// Slice is Bytes for n items of a type, which has no pointers to Go memory.
func Slice[E any](t T, n int, side Side) []E {
	t.Helper()
	var item E
	mem := Bytes(t, n*int(unsafe.Sizeof(item)), side)
	return unsafe.Slice((*E)(unsafe.Pointer(unsafe.SliceData(mem))), n)
}

// Within runs f with a test whose memory is given back when f returns, for a test of many cases.
func Within(t T, f func(T)) {
	t.Helper()
	s := &scope{T: t}
	defer s.end()
	f(s)
}

type scope struct {
	T
	cleanups []func()
}

func (s *scope) Cleanup(f func()) { s.cleanups = append(s.cleanups, f) }

func (s *scope) end() {
	for _, f := range s.cleanups {
		f()
	}
}

// marginOf is what lies beside the memory where no fence stands: a page of it at most, for the sake of speed.
func marginOf(area []byte, size int, side Side) []byte {
	n := min(len(area)-size, Page)
	if side == After {
		end := len(area) - size
		return area[end-n : end]
	}
	return area[size : size+n]
}

// marks are what a margin holds.
var marks = bytes.Repeat([]byte{0xa7}, Page)

func untouched(margin []byte) bool { return bytes.Equal(margin, marks[:len(margin)]) }

// pool keeps areas for the next test, since to map one costs more than most tests do: by the power of two of
// their pages.
var pool struct {
	sync.Mutex
	areas [bits.UintSize][][]byte
}

// sizeClass is the power of two of the pages that hold size bytes.
func sizeClass(size int) int {
	pages := (max(size, 1) + Page - 1) / Page
	return bits.Len(uint(pages - 1))
}

// take returns pages between two fences.
func take(size int) ([]byte, error) {
	class := sizeClass(size)
	pool.Lock()
	defer pool.Unlock()
	if areas := pool.areas[class]; len(areas) > 0 {
		pool.areas[class] = areas[:len(areas)-1]
		return areas[len(areas)-1], nil
	}
	return newArea(Page << class)
}

func give(area []byte) {
	class := sizeClass(len(area))
	pool.Lock()
	defer pool.Unlock()
	pool.areas[class] = append(pool.areas[class], area)
}
