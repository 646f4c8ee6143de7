package arrow_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	arrowgo "github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
	"github.com/go-memoryview/memoryview/interop/arrow"
)

// written returns a file with a column of a view's items, in as many record batches.
func written(t *testing.T, path string, v *memoryview.View, batches int, opts ...ipc.Option) string {
	t.Helper()
	column := must(arrow.Array(v))
	defer column.Release()
	schema := arrowgo.NewSchema([]arrowgo.Field{{Name: "x", Type: column.DataType()}}, nil)
	batch := array.NewRecordBatch(schema, []arrowgo.Array{column}, int64(column.Len()))
	defer batch.Release()
	file := must(os.Create(path))
	w := must(ipc.NewFileWriter(file, append(opts, ipc.WithSchema(schema))...))
	for range batches {
		if err := w.Write(batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), file.Close()); err != nil && !errors.Is(err, os.ErrClosed) {
		t.Fatal(err)
	}
	return path
}

// ones are items that compress.
func ones(n int) *memoryview.View {
	items := make([]float64, n)
	for i := range items {
		items[i] = 1
	}
	return view(items)
}

func TestColumnExporters(t *testing.T) {
	dir := t.TempDir()
	for name, opts := range map[string][]ipc.Option{"plain": nil, "lz4": {ipc.WithLZ4()}, "zstd": {ipc.WithZstd()}} {
		path := written(t, filepath.Join(dir, name), ones(50), 1, opts...)
		t.Run(name, func(t *testing.T) {
			buffertest.Test(t, func() buffer.Exporter {
				f := must(arrow.OpenFile(path))
				t.Cleanup(func() { _ = f.Close() })
				return must(f.Column(0, "x"))
			})
		})
	}
}

// TestInPlace: what is written to the file is seen in the column, unless it is a copy.
func TestInPlace(t *testing.T) {
	dir := t.TempDir()
	for name, opts := range map[string][]ipc.Option{"plain": nil, "zstd": {ipc.WithZstd()}} {
		path := written(t, filepath.Join(dir, name), ones(1000), 2, opts...)
		f := must(arrow.OpenFile(path))
		c := must(f.Column(1, "x"))
		v := view(c)
		whole := must(os.ReadFile(path))
		if at := bytes.LastIndex(whole, must(ones(1000).ToBytes(buffer.C))); at >= 0 {
			file := must(os.OpenFile(path, os.O_RDWR, 0))
			must(file.WriteAt(must(view([]float64{2}).ToBytes(buffer.C)), int64(at)+16))
			_ = file.Close()
		}
		want := 1.0
		if name == "plain" {
			want = 2
		}
		if got := must(v.At(2)); got != want || c.Copied() != (name != "plain") || f.Batches() != 2 {
			t.Errorf("%s: item 2 is %v, copied: %v, in %d batches", name, got, c.Copied(), f.Batches())
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if got := must(v.At(2)); got != want {
			t.Errorf("%s: after the file was closed item 2 is %v", name, got)
		}
		if _, err := c.GetBuffer(buffer.FullRO); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s: a closed file lends: %v", name, err)
		}
		_ = v.Release()
	}
}

func TestFileRefusals(t *testing.T) {
	dir := t.TempDir()
	f := must(arrow.OpenFile(written(t, filepath.Join(dir, "x"), ones(5), 1)))
	defer f.Close()
	for _, c := range []struct {
		batch int
		name  string
		kind  error
	}{{1, "x", buffer.ErrBounds}, {-1, "x", buffer.ErrBounds}, {0, "y", arrayfile.ErrName}} {
		if v, err := f.View(c.batch, c.name); !errors.Is(err, c.kind) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%d %s: %v, %v", c.batch, c.name, v, err)
		}
	}
	for name, c := range map[string]struct {
		content string
		kind    error
	}{
		"text": {"no such file at all, however long it may be", arrayfile.ErrHeader}, "empty": {"", arrayfile.ErrHeader},
		"stream": {"\xff\xff\xff\xff\x00\x00\x00\x00", arrayfile.ErrHeader}, "magic": {"ARROW1\x00\x00ARROW1", arrayfile.ErrHeader},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := arrow.OpenFile(path); !errors.Is(err, c.kind) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := arrow.OpenFile(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// TestCutShort: a file that is cut while it is open is an error wherever it is met.
func TestCutShort(t *testing.T) {
	path := written(t, filepath.Join(t.TempDir(), "x"), ones(100_000), 1)
	f := must(arrow.OpenFile(path))
	defer f.Close()
	v := must(f.View(0, "x"))
	defer v.Release()
	if err := os.Truncate(path, 4096); err != nil {
		t.Fatal(err)
	}
	if _, err := v.ToBytes(buffer.C); !errors.Is(err, buffer.ErrFault) || !strings.Contains(err.Error(), path) {
		t.Errorf("a column: %v", err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Column(0, "x"); !errors.Is(err, buffer.ErrFault) {
		t.Errorf("a column that is looked for afterwards: %v", err)
	}
}

// TestDamaged: a file that is cut or broken at any byte (at every eleventh, where there is little time) gives an error, or a column of items that can be read.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "damaged")
	grid := must(ones(24).CastShape("d", []int{4, 2, 3}))
	opened, step := 0, 11
	if os.Getenv("MEMORYVIEW_SOAK") != "" {
		step = 1
	}
	for name, opts := range map[string][]ipc.Option{"plain": nil, "lz4": {ipc.WithLZ4()}} {
		good := must(os.ReadFile(written(t, filepath.Join(dir, name), grid, 1, opts...)))
		for i := 0; i < len(good); i += step {
			for _, bad := range [][]byte{good[:i], broken(good, i, 0xff), broken(good, i, good[i]^0x80), broken(good, i, 0)} {
				if err := os.WriteFile(path, bad, 0o600); err != nil {
					t.Fatal(err)
				}
				f, err := arrow.OpenFile(path)
				if err != nil {
					continue
				}
				opened++
				for batch := range f.Batches() {
					if v, err := f.View(batch, "x"); err == nil {
						_, _ = v.ToBytes(buffer.C)
						_ = v.Release()
					}
				}
				_ = f.Close()
			}
		}
	}
	if opened == 0 {
		t.Error("none could be opened")
	}
}

func broken(good []byte, at int, value byte) []byte {
	bad := bytes.Clone(good)
	bad[at] = value
	return bad
}

// partner runs pyarrow.
func partner(t *testing.T, what, folder string) string {
	t.Helper()
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python with pyarrow")
	}
	out, err := exec.Command(python, "testdata/partner.py", what, folder).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// TestFilesOfPyarrow: NumPy says what is in the columns, or there is an error that says what stands against it.
func TestFilesOfPyarrow(t *testing.T) {
	folder := t.TempDir()
	partner(t, "write", folder)
	var columns []struct {
		Name, Error string
		Rows        int
	}
	if err := json.Unmarshal(must(os.ReadFile(filepath.Join(folder, "columns.json"))), &columns); err != nil {
		t.Fatal(err)
	}
	for i, column := range columns {
		for _, codec := range []string{"plain", "lz4", "zstd"} {
			f, err := arrow.OpenFile(filepath.Join(folder, fmt.Sprintf("%d.%s", i, codec)))
			var c *arrow.Column
			if err == nil {
				c, err = f.Column(0, column.Name)
			}
			if column.Error != "" {
				if !errors.Is(err, buffer.ErrType) && !errors.Is(err, buffer.ErrValue) || !strings.Contains(err.Error(), column.Error) {
					t.Errorf("%s, %s: %v", column.Name, codec, err)
				}
				if f != nil {
					_ = f.Close()
				}
				continue
			}
			if err != nil {
				t.Errorf("%s, %s: %v", column.Name, codec, err)
				continue
			}
			same := must(must(arrayfile.Open(filepath.Join(folder, fmt.Sprintf("%d.npy", i)))).View(""))
			v := view(c)
			if equal, err := v.Equal(same); !equal || err != nil {
				t.Errorf("%s, %s: %v, want %v (%v)", column.Name, codec, must(v.ToList()), must(same.ToList()), err)
			}
			if c.Copied() && codec == "plain" {
				t.Errorf("%s: a plain column is a copy", column.Name)
			}
			if second := must(f.Column(1, "first")); column.Rows > 0 && second.Copied() && codec == "plain" {
				t.Errorf("%s: the second batch is a copy", column.Name)
			}
			_ = f.Close()
		}
	}
	if _, err := arrow.OpenFile(filepath.Join(folder, "stream")); !errors.Is(err, arrayfile.ErrHeader) || !strings.Contains(err.Error(), "stream") {
		t.Errorf("a stream: %v", err)
	}
}

// TestPyarrowReads: what arrays of views are written as, pyarrow finds to be valid and of the same items.
func TestPyarrowReads(t *testing.T) {
	folder := t.TempDir()
	data := make([]byte, 24*8)
	for i := range data {
		data[i] = byte(i) & 0x3f // no NaNs
	}
	n := 0
	for _, format := range []string{"b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d", "3s"} {
		for _, shape := range [][]int{nil, {2, -1}, {2, 2, -1}} {
			v := must(view(data).Cast(format))
			if shape != nil && format != "3s" {
				rest := v.Shape()[0]
				for _, extent := range shape[:len(shape)-1] {
					rest /= extent
				}
				v = must(v.CastShape(format, append(shape[:len(shape)-1:len(shape)-1], rest)))
			}
			name := filepath.Join(folder, fmt.Sprint(n))
			n++
			written(t, name+".made", v, 1)
			if err := arrayfile.Save(name+".npy", v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if found := strings.Count(partner(t, "read", folder), "\n"); found != n {
		t.Errorf("%d files were read, of %d", found, n)
	}
}
