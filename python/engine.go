// Command python is the half in Go of the Python extension module gomemoryview, built with
// -buildmode=c-shared. The other half is the shim in C, which holds everything that CPython must find in C: objects, reference
// counts, slots. It calls the functions here for the work on items, which is done in place on the memory it owns.
//
// Every exported function takes plain pointers and numbers and returns a code (engine.h). None makes a View or starts a
// goroutine, for in a forked child neither a cleanup nor a goroutine would ever run; none lets a panic out, which would end
// the process; and none allocates where it can be helped.
package main

// #include "engine.h"
import "C"

import (
	"maps"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

func main() {}

// items describes the items of a buffer where they lie. Shape and strides are the caller's own.
func items(b *C.gmvBuffer) kernel.Items {
	n := int(b.ndim)
	it := kernel.Items{Base: b.buf, Size: int(b.itemsize), Shape: ints(b.shape, n), Strides: ints(b.strides, n)}
	if b.suboffsets != nil {
		it.Suboffsets = ints(b.suboffsets, n)
	}
	return it
}

func ints(p *C.ptrdiff_t, n int) []int {
	return unsafe.Slice((*int)(unsafe.Pointer(p)), n)
}

// text reads a C string where it lies.
func text(s *C.char) string {
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(s), n)) != 0 {
		n++
	}
	return unsafe.String((*byte)(unsafe.Pointer(s)), n)
}

// typeOf reads the format of a buffer's items.
func typeOf(b *C.gmvBuffer) (*format.Type, C.int) {
	room := b.itemsize
	if b.ndim == 0 {
		room = b.len // more than an item, of a ctypes object that was resized
	}
	typ, err := parse(text(b.format))
	switch {
	case err != nil:
		return nil, C.gmvFormat
	case typ.Size() > int(room):
		return nil, C.gmvShort
	}
	return typ, C.gmvDone
}

// parse reads a format in the memory of C, of which types keep parts. What was read lately costs no allocation.
func parse(s string) (*format.Type, error) {
	if len(s) == 2 && s[0] == '@' {
		s = s[1:]
	}
	if len(s) <= 1 {
		return format.Parse(s)
	}
	known := parsed.Load()
	if known != nil {
		if typ := (*known)[s]; typ != nil {
			return typ, nil
		}
	}
	s = strings.Clone(s)
	typ, err := format.Parse(s)
	if err == nil && len(s) <= mostText {
		more := map[string]*format.Type{s: typ}
		if known != nil && len(*known) < mostParsed {
			maps.Copy(more, *known)
		}
		parsed.Store(&more)
	}
	return typ, err
}

// parsed are formats that were read lately, not too many and not too long. It is replaced when one is added: a lock might be
// held in another thread while the process forks.
var parsed atomic.Pointer[map[string]*format.Type]

const mostParsed, mostText = 256, 4096
