//go:build unix

package closetest

import (
	"bytes"
	"errors"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview/buffer"
)

// Memory is a mapping that is lent, with what becomes of it when it is given back.
type Memory struct {
	Bytes []byte
	give  func(mem []byte)
	given atomic.Int32
}

// newMemory maps a copy of the content. The mapping is shared: the system joins private ones.
func newMemory(content []byte, give func(mem []byte)) *Memory {
	p := must(unix.MmapPtr(-1, 0, nil, uintptr(len(content)), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_SHARED))
	m := &Memory{Bytes: unsafe.Slice((*byte)(p), len(content)), give: give}
	copy(m.Bytes, content)
	return m
}

// Lend describes the memory to a loan.
func (m *Memory) Lend() buffer.Memory {
	return buffer.Memory{Base: unsafe.Pointer(&m.Bytes[0]), Size: len(m.Bytes), Obj: "the owner", Release: m.release}
}

// release counts when all is done, so that nothing else is mapped meanwhile by who waits for it.
func (m *Memory) release() {
	m.give(m.Bytes)
	m.given.Add(1)
}

// unmap makes memory that was given back a fault for whoever still reads it.
func unmap(mem []byte) { check(unix.MunmapPtr(unsafe.Pointer(&mem[0]), uintptr(len(mem)))) }

// reuse makes it somebody else's bytes, as the system may.
func reuse(mem []byte) {
	others := bytes.Repeat([]byte{0xEE}, len(mem))
	p := must(unix.MmapPtr(-1, 0, unsafe.Pointer(&mem[0]), uintptr(len(mem)), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_SHARED|unix.MAP_FIXED))
	copy(unsafe.Slice((*byte)(p), len(mem)), others)
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// A Subject is what memory was lent to.
type Subject struct {
	Do      func() (any, error) // an operation; its answer can be compared
	Release func() error        // gives back all that holds the memory; two goroutines call it
	Later   bool                // the memory goes back once the collector has seen that nobody is at it, and not by whoever is the last
}

// Against has goroutines do an operation over and over while others release what it works on, many times over.
// Each outcome is the answer of before the release, the answer of after, or buffer.ErrReleased: never a fault, half of
// each, or somebody else's bytes. When all have ended, the memory has been given back, once.
//
// Make lends a mapping that holds the content, in the same way each time but for the order of releases, which
// goes by the round.
func Against(t *testing.T, name string, content []byte, make func(mem *Memory, round int) Subject) {
	var r race
	mem := newMemory(content, unmap)
	s := make(mem, 0)
	var err error
	if r.before, err = s.Do(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	check(s.Release())
	r.after, _ = s.Do()
	r.mustBeGiven(t, name, mem, s)
	n := Rounds(2)
	for round := range n {
		for _, give := range []func([]byte){unmap, reuse} {
			mem := newMemory(content, give)
			r.run(t, name, mem, make(mem, round))
		}
	}
	t.Logf("%s: %d races, %d whole answers, %d of something released", name, 2*n, r.whole.Load(), r.released.Load())
}

type race struct {
	before, after   any
	whole, released atomic.Int64
}

const (
	accessors = 3
	releasers = 2
	crowd     = 100 // times without a pause: where an operation makes loans of a view, these hold up its release
)

func (r *race) run(t *testing.T, name string, mem *Memory, s Subject) {
	var over atomic.Bool
	var access, release sync.WaitGroup
	started := make(chan bool)
	for range accessors {
		access.Go(func() {
			for i, last := 0, false; !last; i++ {
				last = over.Load()
				r.access(t, name, s)
				switch {
				case i == 1:
					started <- true
				case i > crowd:
					runtime.Gosched()
				}
			}
		})
	}
	for range accessors {
		<-started
	}
	for range releasers {
		release.Go(func() {
			if err := s.Release(); err != nil {
				t.Errorf("release against %s: %v", name, err)
			}
		})
	}
	release.Wait()
	over.Store(true)
	access.Wait()
	r.mustBeGiven(t, name, mem, s)
}

func (r *race) access(t *testing.T, name string, s Subject) {
	answer, err := s.Do()
	switch {
	case errors.Is(err, buffer.ErrReleased):
		r.released.Add(1)
	case err != nil:
		t.Errorf("%s: %v", name, err)
	case Same(answer, r.before):
		r.whole.Add(1)
	case Same(answer, r.after):
		r.released.Add(1)
	default:
		t.Errorf("%s: %.2000s", name, cmp.Diff(r.before, answer))
	}
}

func (r *race) mustBeGiven(t *testing.T, name string, mem *Memory, s Subject) {
	if s.Later {
		Eventually(t, name, func() bool { return mem.given.Load() > 0 })
	}
	if n := mem.given.Load(); n != 1 {
		t.Fatalf("%s: the memory was given back %d times", name, n)
	}
}

// Same compares answers in less time than most operations take, so that a release meets these.
func Same(a, b any) bool {
	x, ok := a.([]byte)
	y, also := b.([]byte)
	if ok && also {
		return bytes.Equal(x, y)
	}
	return reflect.DeepEqual(a, b)
}
