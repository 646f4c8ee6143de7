//go:build unix

package memoryview_test

import (
	"bytes"
	"errors"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/closetest"
)

func init() {
	lifetimes["ReleaseAgainstReadingOfAMapping"] = releaseAgainstReadingOfAMapping
	lifetimes["MappingsAreNotExhausted"] = mappingsAreNotExhausted
}

// mapping is an exporter of mapped memory, which is gone when the last loan ends.
type mapping struct{ mem []byte }

func newMapping(size int) mapping {
	return mapping{must(unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_SHARED))} // private ones would merge
}

func (m mapping) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	return buffer.Memory{
		Base: unsafe.Pointer(&m.mem[0]), Size: len(m.mem), Obj: m, Mapped: true,
		Release: func() {
			if err := unix.Munmap(m.mem); err != nil {
				panic(err)
			}
		},
	}.Lend(0, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{len(m.mem)}}, flags)
}

func releaseAgainstReadingOfAMapping(t *testing.T) {
	for range closetest.Rounds(200) {
		m := newMapping(4096)
		copy(m.mem, bytes.Repeat([]byte("abcdefgh"), 512))
		raceRelease(t, must(memoryview.FromObject(m)))
	}
}

// mappingsAreNotExhausted maps more often than the system allows at a time (65,530 on Linux): what
// Release gives back must be back at once, not after a collection.
func mappingsAreNotExhausted(t *testing.T) {
	for i := range 70_000 {
		v := must(memoryview.FromObject(newMapping(4096)))
		part := must(v.Sub(i % 4096))
		if err := errors.Join(part.Set(byte(i)), v.Release(), part.Release()); err != nil {
			t.Fatal(err)
		}
	}
}
