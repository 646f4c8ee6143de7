//go:build unix

package memoryview_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

func init() {
	lifetimes["ReleaseAgainstReadingOfAMapping"] = releaseAgainstReadingOfAMapping
	lifetimes["MappingsAreNotExhausted"] = mappingsAreNotExhausted
	lifetimes["AFileCutShortIsAnError"] = aFileCutShort
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
	for range rounds(200) {
		m := newMapping(4096)
		copy(m.mem, bytes.Repeat([]byte("abcdefgh"), 512))
		raceRelease(t, must(memoryview.FromObject(m)))
	}
}

// mappingsAreNotExhausted maps more often than the system allows at a time (65,530 on Linux): what
// Release gives back must be back at once, not after a collection.
func mappingsAreNotExhausted(t *testing.T) {
	for i := range rounds(70_000) {
		v := must(memoryview.FromObject(newMapping(4096)))
		part := must(v.Sub(i % 4096))
		if err := errors.Join(part.Set(byte(i)), v.Release(), part.Release()); err != nil {
			t.Fatal(err)
		}
	}
}

func aFileCutShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	const size = 8 * 4096
	if err := os.WriteFile(path, bytes.Repeat([]byte("abcdefgh"), size/8), 0o600); err != nil {
		t.Fatal(err)
	}
	file := must(os.OpenFile(path, os.O_RDWR, 0))
	defer file.Close()
	m := mapping{must(unix.Mmap(int(file.Fd()), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED))}
	v := must(memoryview.FromObject(m))
	if err := os.Truncate(path, 4096); err != nil {
		t.Fatal(err)
	}
	part := must(v.Slice(0, size, 3))
	for name, f := range map[string]func() error{
		"At":       func() error { _, err := v.At(-1); return err },
		"Set":      func() error { return v.Set(1, 5000) },
		"ToBytes":  func() error { _, err := v.ToBytes(buffer.C); return err },
		"strided":  func() error { _, err := part.ToBytes(buffer.C); return err },
		"ToList":   func() error { _, err := v.ToList(); return err },
		"Count":    func() error { _, err := v.Count(5); return err },
		"Equal":    func() error { _, err := v.Equal(bytes.Repeat([]byte("abcdefgh"), size/8)); return err },
		"CopyFrom": func() error { return v.CopyFrom(bytes.Repeat([]byte("abcdefgh"), size/8)) },
		"source":   func() error { return buffer.Copy(make([]byte, size), v) },
		"ReadAt":   func() error { _, err := part.ReadAt(make([]byte, 100), 5000); return err },
		"WriteTo":  func() error { _, err := part.WriteTo(&bytes.Buffer{}); return err },
	} {
		if err := f(); !errors.Is(err, buffer.ErrFault) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := fmt.Sprint(must(v.At(4095))); got != "104" {
		t.Errorf("what is left of the file holds %v", got)
	}
	if err := errors.Join(v.Release(), part.Release()); err != nil {
		t.Error(err)
	}
}
