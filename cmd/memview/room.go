package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
)

// mostInMemory bounds what is fetched into memory of a store. What is more goes into a file without a name. Tests lower it.
var mostInMemory = 1 << 30

// room is where a part is fetched to.
func (s *store) room(l buffer.Layout) (*memoryview.View, error) {
	size := nbytes(l)
	if size <= mostInMemory-s.inMemory {
		s.inMemory += size
		exporter, err := export.Strided(make([]byte, size), 0, l, false)
		if err != nil {
			return nil, err
		}
		return memoryview.FromObject(exporter)
	}
	v, err := onDiskRoom(l, size)
	if err != nil {
		return nil, fmt.Errorf("%s are too much for memory, and no file could be made in %s, which TMPDIR names: %w", humanBytes(int64(size)), os.TempDir(), err)
	}
	return v, nil
}

// onDiskRoom is a new file for temporary use, mapped.
func onDiskRoom(l buffer.Layout, size int) (*memoryview.View, error) {
	f, err := arrayfile.Create(filepath.Join(os.TempDir(), "memview-fetch.npy"), buffer.Layout{Format: "B", Shape: []int{size}})
	if err != nil {
		return nil, err
	}
	defer f.Close() // it is never put in place, and lives on as long as its view
	bytes, err := f.View("")
	if err != nil {
		return nil, err
	}
	defer bytes.Release()
	return bytes.CastShape(l.Format, l.Shape)
}
