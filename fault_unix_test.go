//go:build unix

package memoryview_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/closetest"
)

// metadata are the operations that do not reach the memory. Every other one does, a new one too until it is listed here.
var metadata = map[string]bool{
	"View.Base": true, "View.Bytes": true, "View.CContiguous": true, "View.Contiguous": true, "View.FContiguous": true,
	"View.Format": true, "View.ItemSize": true, "View.Len": true, "View.NBytes": true, "View.NDim": true, "View.ReadOnly": true,
	"View.Shape": true, "View.Strides": true, "View.String": true, "View.Suboffsets": true,
	"Buffer.Extent": true, "Buffer.Flags": true, "Buffer.Format": true, "Buffer.HeapBytes": true, "Buffer.Immutable": true,
	"Buffer.Indirect": true, "Buffer.IsContiguous": true, "Buffer.ItemSize": true, "Buffer.Items": true, "Buffer.Layout": true,
	"Buffer.Len": true, "Buffer.Mapped": true, "Buffer.NDim": true, "Buffer.Obj": true, "Buffer.Pointer": true,
	"Buffer.ReadOnly": true, "Buffer.Released": true, "Buffer.Stride": true, "Buffer.Suboffset": true, "Buffer.Type": true,
	"buffer.SharesMemory": true,
}

var errExplained = errors.New("explained")

// mappedFile lends a file of that content, which is mapped, as ints of that shape. An error of a fault says where
// in the file it was.
func mappedFile(t *testing.T, content []byte, shape ...int) (b *buffer.Buffer, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "data")
	check(os.WriteFile(path, content, 0o600))
	file := must(os.OpenFile(path, os.O_RDWR, 0))
	mem := must(unix.Mmap(int(file.Fd()), 0, len(content), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED))
	check(file.Close())
	m := buffer.Memory{
		Base: unsafe.Pointer(&mem[0]), Size: len(mem), Mapped: true, Obj: "the owner",
		Explain: func(offset int) error { return fmt.Errorf("%w: byte %d", errExplained, offset) },
		Release: func() { check(unix.Munmap(mem)) },
	}
	b = must(m.Lend(0, buffer.Layout{ItemSize: 4, Format: "i", Shape: shape}, buffer.Full))
	t.Cleanup(func() { check(b.Release()) })
	return b, path
}

// TestFaultInEveryOperation cuts the whole file: an operation that reaches the memory is ErrFault with the
// exporter's explanation, every other one answers as before.
func TestFaultInEveryOperation(t *testing.T) {
	for name, do := range operations() {
		var c closing
		var path string
		c.buffer, path = mappedFile(t, pattern(), 16, 64)
		c.view = must(memoryview.FromBuffer(c.buffer))
		c.records = must(c.view.Cast("T{h:a:h:b:}", 1024))
		c.bytes = must(must(c.view.ToReadOnly()).Cast("B"))
		before, err := do(&c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		c.bytes = must(must(c.view.ToReadOnly()).Cast("B")) // whose hash is not known
		check(os.Truncate(path, 0))
		after, err := do(&c)
		if metadata[name] {
			if err != nil || !closetest.Same(before, after) {
				t.Errorf("%s: %v, %v, not %v", name, after, err, before)
			}
			continue
		}
		if !errors.Is(err, buffer.ErrFault) || !errors.Is(err, errExplained) {
			t.Errorf("%s: %v, %v", name, after, err)
		}
		if err := errors.Join(c.bytes.Release(), c.records.Release(), c.view.Release()); err != nil {
			t.Errorf("release after %s: %v", name, err)
		}
	}
}

// The second half of a file is lost. Every bulk operation meets it, wherever it stands, and says where it begins; what
// is left is read as before.
func TestFaultInBulkOperations(t *testing.T) {
	const size = 4 << 20 // enough for many goroutines
	content := bytes.Repeat(pattern(), size/4096)
	b, path := mappedFile(t, content, 1024, 1024)
	v := must(memoryview.FromBuffer(b))
	defer v.Release()
	records := must(v.Cast("T{h:a:h:b:}", 1024, 1024))
	defer records.Release()
	columns := must(v.Transpose())
	defer columns.Release()
	ints := func() [][1024]int32 { return make([][1024]int32, 1024) }
	heap := must(memoryview.FromObject(ints()))
	twin := must(heap.Cast("T{h:a:h:b:}", 1024, 1024)) // equal to it, as long as nothing is lost
	other, otherPath := mappedFile(t, content, 1024, 1024)
	second := must(memoryview.FromBuffer(other))
	defer second.Release()
	check(errors.Join(os.Truncate(path, size/2), os.Truncate(otherPath, size/2)))
	file := must(os.OpenFile(path, os.O_WRONLY, 0))
	defer file.Close()
	sink := must(os.Create(filepath.Join(t.TempDir(), "sink"))) // whose system call would fail by itself
	defer sink.Close()

	for name, do := range map[string]func() error{
		"All": func() error { _, err := all(v); return err },
		"Field": func() error {
			f := must(records.Field("b"))
			defer f.Release()
			_, err := f.ToList()
			return err
		},
		"Equal":                func() error { _, err := v.Equal(heap); return err },
		"Equal, other side":    func() error { _, err := heap.Equal(v); return err },
		"Equal, both sides":    func() error { _, err := v.Equal(second); return err },
		"Equal records":        func() error { _, err := records.Equal(twin); return err },
		"Equal to records":     func() error { _, err := twin.Equal(records); return err },
		"Count records":        func() error { _, err := records.Count([]any{int16(-1), int16(-1)}); return err },
		"Index":                func() error { _, err := v.Index(-1); return err },
		"CopyFrom":             func() error { return heap.CopyFrom(v) },
		"CopyFrom, other side": func() error { return v.CopyFrom(heap) },
		"CopyFrom, transposed": func() error { return heap.CopyFrom(columns) },
		"CopyFrom, to columns": func() error { return columns.CopyFrom(heap) },
		"CopyFrom an item":     func() error { return v.CopyFrom(7) },
		"CopyFrom a record":    func() error { return records.CopyFrom([]any{int16(1), int16(2)}) },
		"Convert":              func() error { return memoryview.Convert(make([][1024]float64, 1024), v) },
		"Convert, other side":  func() error { return memoryview.Convert(v, make([][1024]int64, 1024)) },
		"Convert onto itself":  func() error { return memoryview.Convert(must(v.Cast("f", 1024, 1024)), v) },
		"GetContiguous": func() error {
			_, err := memoryview.GetContiguous(columns, buffer.Read, buffer.C)
			return err
		},
		"Hash": func() error {
			_, err := must(must(v.ToReadOnly()).Cast("B")).Hash()
			return err
		},
		"Hex":              func() error { _, err := v.Hex("", 0); return err },
		"Hex, transposed":  func() error { _, err := columns.Hex(":", 2); return err },
		"ReadAt":           func() error { _, err := v.ReadAt(make([]byte, 100), size/2-50); return err },
		"ToList of a row":  func() error { _, err := must(v.Sub(512)).ToList(); return err },
		"WriteTo":          func() error { _, err := v.WriteTo(io.Discard); return err },
		"WriteTo a file":   func() error { _, err := v.WriteTo(sink); return err },
		"Copy":             func() error { return buffer.Copy(ints(), v) },
		"Copy by 2":        func() error { return buffer.Copy(ints(), v, buffer.Parallel(2)) },
		"Copy by 4":        func() error { return buffer.Copy(ints(), columns, buffer.Parallel(4)) },
		"Copy by 4, other": func() error { return buffer.Copy(v, ints(), buffer.Parallel(4)) },
		"Copy by 3, both": func() error {
			return buffer.Copy(must(v.Select("::-1")), must(v.Select("..., ::-1")), buffer.Parallel(3))
		},
	} {
		must(file.WriteAt(content[:size/2], 0))
		copy(must(heap.Bytes()), content)
		err := do()
		var at int
		if err == nil || !errors.Is(err, buffer.ErrFault) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, place, _ := strings.Cut(err.Error(), "explained: byte ")
		if _, scanErr := fmt.Sscan(place, &at); scanErr != nil || at < size/2 || at >= size {
			t.Errorf("%s: %v: byte %d, where those from %d on are lost", name, err, at, size/2)
		}
	}
}

// What an operation has done until it meets the lost part: a copy has written some items, each the old or the new one;
// what counts bytes counts none of a read, and of a write those that went out; and a slice to append to is as it was.
func TestFaultLeavesPartialResults(t *testing.T) {
	const size = 1 << 20
	b, path := mappedFile(t, bytes.Repeat([]byte{1}, size), 512, 512)
	v := must(memoryview.FromBuffer(b))
	defer v.Release()
	check(os.Truncate(path, size/2))

	dst := bytes.Repeat([]byte{2}, size)
	target := must(must(memoryview.FromObject(dst)).Cast("i", 512, 512))
	if err := target.CopyFrom(v); !errors.Is(err, buffer.ErrFault) {
		t.Fatal(err)
	}
	for i, x := range dst {
		if x != 1 && x != 2 || x == 1 && i >= size/2 {
			t.Fatalf("byte %d is %d", i, x)
		}
	}
	if err := v.CopyFrom(must(memoryview.FromObject(make([][512]int32, 512)))); !errors.Is(err, buffer.ErrFault) {
		t.Fatal(err)
	}
	left := must(os.ReadFile(path))
	if zeros := bytes.Count(left, []byte{0}); len(left) != size/2 || zeros+bytes.Count(left, []byte{1}) != len(left) {
		t.Fatalf("%d bytes, %d of them new", len(left), zeros)
	}

	if n, err := v.ReadAt(make([]byte, 10), size/2-5); n != 0 || !errors.Is(err, buffer.ErrFault) {
		t.Errorf("ReadAt: %d, %v", n, err)
	}
	var sink bytes.Buffer
	if n, err := v.WriteTo(&sink); n != int64(sink.Len()) || !bytes.Equal(sink.Bytes(), left[:n]) || !errors.Is(err, buffer.ErrFault) {
		t.Errorf("WriteTo: %d, %v", n, err)
	}
	if got, err := v.AppendBytes([]byte("before"), buffer.C); string(got) != "before" || !errors.Is(err, buffer.ErrFault) {
		t.Errorf("AppendBytes: %q, %v", got, err)
	}
	items := 0
	for _, err := range v.All() {
		if err != nil {
			break
		}
		items++
	}
	if items != size/2/4 {
		t.Errorf("All: %d items before the lost part", items)
	}
}

// A file is cut and written anew, again and again, while operations run on it: each has an answer or ErrFault, and the
// process lives.
func TestFaultAgainstTruncation(t *testing.T) {
	const size = 4096
	var stop atomic.Bool
	var c closing
	var path string
	c.buffer, path = mappedFile(t, pattern(), 16, 64)
	c.view = must(memoryview.FromBuffer(c.buffer))
	c.records = must(c.view.Cast("T{h:a:h:b:}", 1024))
	c.bytes = must(must(c.view.ToReadOnly()).Cast("B"))
	file := must(os.OpenFile(path, os.O_WRONLY, 0))
	defer file.Close()
	var wait sync.WaitGroup
	wait.Go(func() {
		for content := pattern(); !stop.Load(); {
			check(errors.Join(file.Truncate(0), file.Truncate(size)))
			must(file.WriteAt(content, 0))
		}
	})
	faults := 0
	for name, do := range operations() {
		for range closetest.Rounds(30) {
			_, err := do(&c)
			switch {
			case errors.Is(err, buffer.ErrFault):
				faults++
			case err != nil:
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	stop.Store(true)
	wait.Wait()
	if err := errors.Join(c.bytes.Release(), c.records.Release(), c.view.Release()); err != nil {
		t.Error(err)
	}
	t.Logf("%d faults", faults) // which depends on who is quicker
}

// The goroutines of one copy meet a file that is cut and written anew meanwhile.
func TestFaultInParallelAgainstTruncation(t *testing.T) {
	const size = 4 << 20
	content := bytes.Repeat(pattern(), size/4096)
	b, path := mappedFile(t, content, 1024, 1024)
	v := must(memoryview.FromBuffer(b))
	defer v.Release()
	columns := must(v.Transpose())
	defer columns.Release()
	var stop atomic.Bool
	var wait sync.WaitGroup
	wait.Go(func() {
		for !stop.Load() {
			check(errors.Join(os.Truncate(path, size/4), os.Truncate(path, size)))
		}
	})
	heap := make([][1024]int32, 1024)
	for range closetest.Rounds(30) {
		for _, err := range []error{
			buffer.Copy(heap, v, buffer.Parallel(4)),
			buffer.Copy(heap, columns, buffer.Parallel(3)),
			buffer.Copy(v, heap, buffer.Parallel(4)),
		} {
			if err != nil && !errors.Is(err, buffer.ErrFault) {
				t.Fatal(err)
			}
		}
	}
	stop.Store(true)
	wait.Wait()
}
