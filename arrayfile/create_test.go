//go:build unix

package arrayfile_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

func ExampleCreate() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "squares.npy")
	f, err := arrayfile.Create(path, buffer.Layout{Format: "<d", Shape: []int{2, 3}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close() // throws it away where it is not committed
	v, err := f.View("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Release()
	for i := range 6 {
		if err := v.Set(i*i, i/3, i%3); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := f.Commit(); err != nil {
		fmt.Println(err)
		return
	}
	g, err := arrayfile.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer g.Close()
	w, err := g.View("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Release()
	list, err := w.ToList()
	fmt.Println(list, err)
	// Output: [[0 1 4] [9 16 25]] <nil>
}

func ExampleWritable() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "counts")
	if err := os.WriteFile(path, make([]byte, 6), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	f, err := arrayfile.Open(path, arrayfile.Raw("<H"), arrayfile.Writable())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close() // flushes
	v, err := f.View("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Release()
	err = v.Set(513, 1)
	if err == nil {
		err = f.Flush()
	}
	content, readErr := os.ReadFile(path)
	fmt.Println(content, err, readErr)
	// Output: [0 0 1 2 0 0] <nil> <nil>
}

// create makes a file, and a view of it.
func create(t *testing.T, path string, l buffer.Layout, opts ...arrayfile.CreateOption) (*arrayfile.File, *memoryview.View) {
	t.Helper()
	f, err := arrayfile.Create(path, l, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	v, err := f.View("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Release() })
	return f, v
}

// listing is what lies in a folder.
func listing(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Until Commit, the target is what it was; without one, nothing is left beside it.
func TestCommit(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.npy")
	if err := os.WriteFile(path, []byte("before"), 0o640); err != nil {
		t.Fatal(err)
	}
	content := func() string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	l := buffer.Layout{Format: "B", Shape: []int{5}}
	abandoned, v := create(t, path, l)
	beside := 2
	if runtime.GOOS == "linux" { // where the new file has no name
		beside = 1
	}
	if names := listing(t, folder); len(names) != beside || content() != "before" {
		t.Errorf("%q, %q", names, content())
	}
	if err := v.Set(7, 0); err != nil {
		t.Fatal(err)
	}
	if err := abandoned.Close(); err != nil {
		t.Error(err)
	}
	if names := listing(t, folder); len(names) != 1 || content() != "before" {
		t.Errorf("after Close: %q, %q", names, content())
	}
	if err := v.Set(7, 1); err != nil {
		t.Errorf("a view of an abandoned file: %v", err)
	}
	if err := abandoned.Commit(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Commit after Close: %v", err)
	}

	f, v := create(t, path, l)
	if err := v.CopyFrom([]byte("after")); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if names := listing(t, folder); len(names) != 1 || !strings.HasSuffix(content(), "\nafter") {
		t.Errorf("after Commit: %q, %q", names, content())
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := f.Commit(); !errors.Is(err, buffer.ErrValue) {
		t.Errorf("second Commit: %v", err)
	}
	if err := v.Set('A', 0); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), f.Close()); err != nil || !strings.HasSuffix(content(), "\nAfter") {
		t.Errorf("%v, %q", err, content())
	}
	if err := f.Flush(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Flush after Close: %v", err)
	}
}

// A file goes where it was asked for, wherever the process has gone since.
func TestCommitFromElsewhere(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	f, _ := create(t, "a.npy", buffer.Layout{Shape: []int{3}})
	t.Chdir(t.TempDir())
	if err := f.Commit(); err != nil || !slices.Equal(listing(t, folder), []string{"a.npy"}) {
		t.Errorf("%v, %q", err, listing(t, folder))
	}
}

// A Commit that cannot rename leaves the target alone, and can be tried again.
func TestCommitFails(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.npy")
	f, _ := create(t, path, buffer.Layout{Shape: []int{3}})
	if err := os.MkdirAll(filepath.Join(path, "in"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil {
		t.Error("a folder was replaced")
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil || !slices.Equal(listing(t, folder), []string{"a.npy"}) {
		t.Errorf("%v, %q", err, listing(t, folder))
	}
}

func TestCreateRefuses(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.npy")
	var wide strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&wide, "B:f%d:", i)
	}
	shaped := func(format string, shape ...int) buffer.Layout { return buffer.Layout{Format: format, Shape: shape} }
	for _, test := range []struct {
		layout  buffer.Layout
		is      error
		message string
	}{
		{shaped("nonsense{"), buffer.ErrFormat, "nonsense{"},
		{shaped("[bfloat16]", 3), buffer.ErrFormat, "convert it to f, or write safetensors"},
		{shaped("O", 3), buffer.ErrFormat, "addresses"},
		{shaped("&d", 3), buffer.ErrFormat, "addresses"},
		{shaped("5p", 3), buffer.ErrFormat, "write s, without a length"},
		{shaped("5u", 3), buffer.ErrFormat, "write w"},
		{shaped("T{i:a:5u:b:}", 3), buffer.ErrFormat, "field b: "},
		{shaped("(2)d", 3), buffer.ErrFormat, `make them dimensions: format "d", and a shape that ends in [2]`},
		{shaped("T{i:f1:d}", 3), buffer.ErrFormat, `two fields called "f1"`},
		{shaped("T{i:\xff:}", 3), buffer.ErrFormat, "UTF-8"},
		{shaped("T{" + wide.String() + "}"), buffer.ErrFormat, "use fewer fields"},
		{buffer.Layout{Format: "d", ItemSize: 9, Shape: []int{3}}, buffer.ErrFormat, "only records are padded"},
		{buffer.Layout{Format: "d", ItemSize: 7, Shape: []int{3}}, buffer.ErrLayout, "items of 7 bytes"},
		{buffer.Layout{Format: "d", ItemSize: -8, Shape: []int{3}}, buffer.ErrLayout, "items of -8 bytes"},
		{shaped("d", -1), buffer.ErrLayout, "-1"},
		{shaped("d", math.MaxInt), buffer.ErrLayout, "larger than the address space"},
		{shaped("T{}", math.MaxInt), buffer.ErrLayout, "items of no bytes"},
		{shaped("d", slices.Repeat([]int{1}, 65)...), buffer.ErrLayout, "65 dimensions"},
		{buffer.Layout{Format: "d", Shape: []int{3}, Strides: []int{16}}, buffer.ErrNotContiguous, "leave the strides out"},
		{buffer.Layout{Format: "d", Shape: []int{3}, Strides: []int{8, 8}}, buffer.ErrNotContiguous, "leave the strides out"},
		{buffer.Layout{Format: "d", Shape: []int{3}, Suboffsets: []int{0}}, buffer.ErrNotContiguous, "leave the strides out"},
	} {
		_, err := arrayfile.Create(path, test.layout)
		if !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.message) || len(err.Error()) > 500 {
			t.Errorf("%.80q: %v, not %q", test.layout.Format, err, test.message)
		}
		if names := listing(t, folder); names != nil {
			t.Fatalf("%q lie there", names)
		}
	}
	for _, path := range []string{folder, folder + "/", "", ".", "/"} {
		if _, err := arrayfile.Create(path, shaped("d", 3)); !errors.Is(err, os.ErrExist) {
			t.Errorf("a folder, %q: %v", path, err)
		}
	}
	if _, err := arrayfile.Create(filepath.Join(folder, "none", "a.npy"), shaped("d", 3)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

// A file as large as many machines' memory is made, opened and written, one item of it.
func TestSparse(t *testing.T) {
	const size = min(10<<30, math.MaxInt/4)
	path := filepath.Join(t.TempDir(), "sparse.npy")
	f, v := create(t, path, buffer.Layout{Format: "<d", Shape: []int{size / 8}}, arrayfile.Sparse())
	if err := v.Set(2.5, -1); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	var stat unix.Stat_t
	if err := unix.Stat(path, &stat); err != nil || stat.Size != f.Size() || stat.Blocks*512 > 1<<20 {
		t.Errorf("%d bytes, %d on the disk, %v", stat.Size, stat.Blocks*512, err)
	}
	g := open(t, path, arrayfile.Writable())
	w, err := g.View("")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Release()
	if last, err := w.At(-1); last != 2.5 || err != nil {
		t.Errorf("%v, %v", last, err)
	}
	if err := w.Set(-1, size/16); err != nil {
		t.Fatal(err)
	}
	if err := g.Flush(); err != nil {
		t.Fatal(err)
	}
	if middle, err := v.At(size / 16); middle != -1.0 || err != nil {
		t.Errorf("%v, %v", middle, err)
	}
}

// What is written through the view of any layout is what is read from the file.
func TestCreateIsRead(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		l := buffer.Layout{
			Format: rapid.SampledFrom([]string{"B", ">h", "<d", "?", "3s", "<2w", "Zf", "T{<i:a:x:pad:>d:b:}", "T{b:it's:2xh:\\:}", "T{(2)<h:日:}"}).Draw(t, "format"),
			Shape:  rapid.SliceOfN(rapid.IntRange(0, 4), 0, 4).Draw(t, "shape"),
		}
		size, err := buffer.SizeFromFormat(l.Format)
		if err != nil {
			t.Fatal(err)
		}
		order := rapid.SampledFrom([]buffer.Order{buffer.C, buffer.F}).Draw(t, "order")
		if l.Strides, err = buffer.ContiguousStrides(l.Shape, size, order); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, "a.npy")
		f, err := arrayfile.Create(path, l)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		v, err := f.View("")
		if err != nil {
			t.Fatal(err)
		}
		data := rapid.SliceOfN(rapid.Byte(), v.NBytes(), v.NBytes()).Draw(t, "data")
		if err := v.Buffer().FromContiguous(data, buffer.C); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(v.Release(), f.Commit()); err != nil {
			t.Fatal(err)
		}
		g, err := arrayfile.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		w, err := g.View("")
		if err != nil {
			t.Fatal(err)
		}
		defer w.Release()
		a, _ := g.Array("")
		got, err := w.ToBytes(buffer.C)
		if err != nil || !slices.Equal(got, data) || !slices.Equal(w.Shape(), l.Shape) || a.Offset()%64 != 0 {
			t.Fatalf("%v, shape %v, offset %d, %v", got, w.Shape(), a.Offset(), err)
		}
		if len(data) > 0 && !slices.Equal(w.Strides(), l.Strides) && !(w.CContiguous() && w.FContiguous()) {
			t.Fatalf("strides %v, not %v", w.Strides(), l.Strides)
		}
	})
}
