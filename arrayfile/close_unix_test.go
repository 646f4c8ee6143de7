//go:build unix

package arrayfile

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/closetest"
)

func TestLifetimes(t *testing.T) {
	closetest.InProcesses(t, map[string]func(*testing.T){"CloseAgainstAccess": closeAgainstAccess})
}

// open is a file with what was taken of it before it is closed.
type open struct {
	*File
	array *Array
	view  *memoryview.View
	typed *array.Array[int32]
}

// Operations answer whole, or with os.ErrClosed. Each runs in a loop while the file is closed.
var (
	fileOperations = map[string]func(f *open) error{
		"Array":  func(f *open) error { _, err := f.Array(""); return err },
		"Arrays": func(f *open) error { return whole(len(f.Arrays()) == 1) },
		"Close":  func(f *open) error { return f.Close() },
		"Commit": func(f *open) error {
			if err := f.Commit(); !errors.Is(err, buffer.ErrValue) {
				return err
			}
			return nil // it is in place
		},
		"Flush":    func(f *open) error { return f.Flush() },
		"Kind":     func(f *open) error { return whole(f.Kind() == "npy 1.0") },
		"Metadata": func(f *open) error { return whole(f.Metadata() == nil) },
		"Size":     func(f *open) error { return whole(f.Size() == 128+4*closingItems) },
		"Skipped":  func(f *open) error { return whole(f.Skipped() == nil) },
		"Stat": func(f *open) error {
			info, err := f.Stat()
			if err != nil {
				return err
			}
			return whole(info.Size() == 128+4*closingItems)
		},
		"Under": func(f *open) error { return whole(len(f.Under("")) == 1) },
		"View": func(f *open) error {
			v, err := f.View("")
			if err != nil {
				return err
			}
			return errors.Join(wholeItems(v.ToBytes(buffer.C)), v.Release())
		},
	}
	arrayOperations = map[string]func(f *open) error{
		"Copied": func(f *open) error { return whole(!f.array.Copied()) },
		"GetBuffer": func(f *open) error {
			b, err := f.array.GetBuffer(buffer.FullRO)
			if err != nil {
				return err
			}
			packed := make([]byte, b.Len())
			err = b.ToContiguous(packed, buffer.C)
			return errors.Join(wholeItems(packed, err), b.Release())
		},
		"Layout":    func(f *open) error { return whole(f.array.Layout().Shape[0] == closingItems) },
		"NBytes":    func(f *open) error { return whole(f.array.NBytes() == 4*closingItems) },
		"Name":      func(f *open) error { return whole(f.array.Name() == "") },
		"ItemNotes": func(f *open) error { return whole(f.array.ItemNotes() == nil) },
		"Notes":     func(f *open) error { return whole(f.array.Notes() == nil) },
		"Offset":    func(f *open) error { return whole(f.array.Offset() == 128) },
		"Order":     func(f *open) error { return whole(f.array.Order() == buffer.C) },
	}
	// viewOperations outlive the file.
	viewOperations = map[string]func(f *open) error{
		"view":  func(f *open) error { return wholeItems(f.view.ToBytes(buffer.C)) },
		"part":  func(f *open) error { v, err := f.view.Slice(1, 9, 2); return errors.Join(err, v.Release()) },
		"typed": func(f *open) error { return whole(f.typed.At1(closingItems-1) == 0x01010101) },
	}
)

const closingItems = 3000 // more than a page, not whole pages

func whole(ok bool) error {
	if !ok {
		return errors.New("an answer that is not whole")
	}
	return nil
}

var closingBytes = bytes.Repeat([]byte{1}, 4*closingItems)

func wholeItems(mem []byte, err error) error {
	return errors.Join(err, whole(err != nil || bytes.Equal(mem, closingBytes)))
}

// TestEveryOperationIsRaced fails when an operation is new, and nobody has put it into the tables above.
func TestEveryOperationIsRaced(t *testing.T) {
	closetest.EveryMethod[*File](t, fileOperations)
	closetest.EveryMethod[*Array](t, arrayOperations)
}

// closeAgainstAccess closes files while every operation of theirs, and of views that were taken before, is in a loop.
func closeAgainstAccess(t *testing.T) {
	folder := t.TempDir()
	for round := range closetest.Rounds(1) {
		for name, make := range map[string]func(path string) (*File, error){
			"Open":     func(path string) (*File, error) { return Open(saved(path)) },
			"Writable": func(path string) (*File, error) { return Open(saved(path), Writable()) },
			"Reading":  func(path string) (*File, error) { return Open(saved(path), Reading()) },
			"Create":   created,
		} {
			path := filepath.Join(folder, fmt.Sprint(name, round, ".npy"))
			raceClose(t, name, path, must(make(path)))
			check(os.Remove(path))
		}
	}
}

func raceClose(t *testing.T, name, path string, file *File) {
	f := &open{File: file, array: must(file.Array("")), view: must(file.View(""))}
	f.typed = must(array.Of[int32](f.view))
	var over atomic.Bool
	var started, wait sync.WaitGroup
	loop := func(operation string, do func(f *open) error, refusal error) {
		started.Add(1)
		wait.Go(func() {
			for i, last := 0, false; !last; i++ {
				last = over.Load()
				if err := do(f); err != nil && (refusal == nil || !errors.Is(err, refusal)) {
					t.Errorf("%s, %s: %v", name, operation, err)
				}
				if i == 0 {
					started.Done()
				}
			}
		})
	}
	for operation, do := range fileOperations {
		if operation != "Close" {
			loop(operation, do, os.ErrClosed)
		}
	}
	for operation, do := range arrayOperations {
		loop(operation, do, os.ErrClosed)
	}
	for operation, do := range viewOperations {
		loop(operation, do, nil)
	}
	started.Wait()
	var closing sync.WaitGroup
	for range 2 {
		closing.Go(func() { check(fileOperations["Close"](f)) })
	}
	closing.Wait()
	over.Store(true)
	wait.Wait()
	check(errors.Join(f.view.Release(), f.typed.Release()))
	closetest.Eventually(t, name+": mapping", func() bool { return !isMapped(path) })
}

// TestViewAgainstClose meets each step of a mapping with a close.
func TestViewAgainstClose(t *testing.T) {
	path := saved(filepath.Join(t.TempDir(), "a.npy"))
	for range closetest.Rounds(200) {
		f := must(Open(path))
		var running atomic.Bool
		var wait sync.WaitGroup
		wait.Go(func() {
			for {
				running.Store(true)
				v, err := f.View("")
				if err != nil {
					if !errors.Is(err, os.ErrClosed) {
						t.Error(err)
					}
					return
				}
				check(v.Release())
			}
		})
		for !running.Load() {
			runtime.Gosched()
		}
		for range rand.IntN(3000) {
			running.Load() // some nanoseconds, each time others
		}
		check(f.Close())
		wait.Wait()
	}
}

// isMapped tells whether a part of the process's memory is the file, where the system says.
func isMapped(path string) bool {
	maps, _ := os.ReadFile("/proc/self/maps")
	return strings.Contains(string(maps), path)
}

// saved is a file of ones.
func saved(path string) string {
	check(must(created(path)).Close())
	return path
}

// created is a file of ones that was committed, and is open.
func created(path string) (*File, error) {
	f, err := Create(path, buffer.Layout{Format: "<i", Shape: []int{closingItems}})
	if err != nil {
		return nil, err
	}
	v := must(f.View(""))
	check(errors.Join(v.CopyFrom(0x01010101), v.Release(), f.Commit()))
	return f, nil
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
