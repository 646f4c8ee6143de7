package arrayfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

func ExampleSave() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "model.safetensors")
	err = arrayfile.Save(path, []arrayfile.Named{
		{Name: "layer.bias", Value: []float32{1, 2, 3}},
		{Name: "layer.weight", Value: [][2]float64{{1, 2}, {3, 4}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := arrayfile.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	for _, a := range f.Arrays() {
		fmt.Println(a.Name(), a.Layout().Shape)
	}
	// Output:
	// layer.weight [2 2]
	// layer.bias [3]
}

// arrays are views of many sorts, of which all kinds of file can hold some.
func savedArrays(t *testing.T) []arrayfile.Named {
	t.Helper()
	numbers := make([]int32, 120)
	for i := range numbers {
		numbers[i] = int32(i * i)
	}
	whole := view(t, numbers)
	cube := must(whole.CastShape("i", []int{4, 5, 6}))
	bytes := view(t, []byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"))
	long := make([]byte, 3<<20)
	for i := range long {
		long[i] = byte(i*7/5) & 0x3f // no NaN
	}
	return []arrayfile.Named{
		{Name: "plain", Value: whole},
		{Name: "cube", Value: cube},
		{Name: "turned", Value: must(cube.Transpose())},
		{Name: "part", Value: must(cube.Select("::-2, 1, 1::2"))},
		{Name: "none", Value: must(cube.Select("0:0"))},
		{Name: "scalar", Value: must(cube.Select("1, 2, 3"))},
		{Name: "big", Value: must(bytes.CastShape(">f", []int{2, 2}))},
		{Name: "bigger", Value: must(view(t, long).CastShape(">h", []int{3, 1 << 19}))},
		{Name: "one long row", Value: must(view(t, long).CastShape(">Zf", []int{1, 3 << 17}))},
		{Name: "halves", Value: must(bytes.CastShape("<e", []int{8}))},
		{Name: "plain Go/日本", Value: []bool{true, false}},
		{Name: "long", Value: must(bytes.CastShape("l", []int{16 / must(buffer.SizeFromFormat("l"))}))},
	}
}

func view(t *testing.T, v any) *memoryview.View {
	t.Helper()
	return must(memoryview.FromObject(v))
}

// saveAll writes the arrays to files of all kinds and gives their paths.
func saveAll(t *testing.T, folder string, arrays []arrayfile.Named) []string {
	t.Helper()
	short := append([]arrayfile.Named{
		{Name: "bfloat16", Value: []format.BFloat16{0x3f80, 0x4000}},
		{Name: "float8_e4m3fn", Value: []format.Float8E4M3FN{0x38, 0x7e}},
		{Name: "float8_e5m2", Value: []format.Float8E5M2{0x3c, 0x7b}},
	}, arrays...)
	var paths []string
	for name, what := range map[string]struct {
		arrays []arrayfile.Named
		opts   []arrayfile.SaveOption
	}{
		"stored.npz":       {arrays, nil},
		"deflated.npz":     {arrays, []arrayfile.SaveOption{arrayfile.Deflated()}},
		"many.safetensors": {short, []arrayfile.SaveOption{arrayfile.WithMetadata(map[string]string{"k": "v", "<&>": "\"日本"})}},
		"empty.npz":        {[]arrayfile.Named{}, nil},
		"none.safetensors": {[]arrayfile.Named{}, nil},
	} {
		path := filepath.Join(folder, name)
		if err := arrayfile.Save(path, what.arrays, what.opts...); err != nil {
			t.Fatal(err)
		}
		var stream bytes.Buffer
		if err := arrayfile.Write(&stream, what.arrays, append(what.opts, arrayfile.As(strings.TrimPrefix(filepath.Ext(name), ".")))...); err != nil {
			t.Fatal(err)
		}
		if file := must(os.ReadFile(path)); !bytes.Equal(file, stream.Bytes()) {
			t.Errorf("%s: the stream has %d bytes, the file %d, or other ones", name, stream.Len(), len(file))
		}
		paths = append(paths, path)
	}
	for i, a := range arrays {
		path := filepath.Join(folder, fmt.Sprint(i, ".npy"))
		if err := arrayfile.Save(path, a.Value); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// What was saved is read again: the same names, shapes, values and orders, aligned to 64 bytes, or to their items in safetensors.
func TestSave(t *testing.T) {
	arrays := savedArrays(t)
	folder := t.TempDir()
	for _, path := range saveAll(t, folder, arrays) {
		f := open(t, path)
		for i, want := range arrays {
			name := want.Name
			if filepath.Ext(path) == ".npy" {
				name = ""
				if filepath.Base(path) != fmt.Sprint(i, ".npy") {
					continue
				}
			}
			if len(f.Arrays()) == 0 {
				continue
			}
			a, err := f.Array(name)
			if err != nil {
				t.Fatal(err)
			}
			v := view(t, a)
			wanted := view(t, want.Value)
			if equal, err := v.Equal(wanted); !equal || err != nil || !reflect.DeepEqual(v.Shape(), wanted.Shape()) {
				t.Errorf("%s: %s: equal %v, %v, shape %v", path, want.Name, equal, err, v.Shape())
			}
			align := int64(64)
			if f.Kind() == "safetensors" {
				align = int64(v.ItemSize())
			}
			if !a.Copied() && a.Offset()%align != 0 {
				t.Errorf("%s: %s begins at byte %d", path, want.Name, a.Offset())
			}
			if f.Kind() != "safetensors" && want.Name == "turned" && a.Order() != buffer.F {
				t.Errorf("%s: %s in order %c", path, want.Name, a.Order())
			}
		}
	}
	raw := filepath.Join(folder, "x.bin")
	if err := arrayfile.Save(raw, arrays[3].Value); err != nil {
		t.Fatal(err)
	}
	part := arrays[3].Value.(*memoryview.View)
	if got := must(os.ReadFile(raw)); !bytes.Equal(got, must(part.ToBytes(buffer.C))) {
		t.Errorf("%d raw bytes", len(got))
	}
	entries := must(os.ReadDir(folder))
	if want := len(arrays) + 6; len(entries) != want {
		t.Errorf("%d files, not %d: %v", len(entries), want, entries)
	}
}

// NumPy and safetensors read what was saved, and find in it what Python's own views of the same memory say.
func TestPartnersReadSaved(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python with NumPy")
	}
	folder := t.TempDir()
	arrays := savedArrays(t)
	saveAll(t, folder, arrays)
	for i, a := range arrays { // what each is, in words that need no file format
		v := view(t, a.Value)
		text := fmt.Sprintf("%s\n%v\n%s\n", a.Name, v.Shape(), strings.NewReplacer("@", "", "l", "q").Replace(v.Format()))
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprint(i, ".about")), append([]byte(text), must(v.ToBytes(buffer.C))...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(python, "testdata/saved.py", folder).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, want := strings.TrimSpace(string(out)), fmt.Sprintf("%d arrays", 4*len(arrays)+3); got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

// breaking is memory that fails when it is read.
type breaking struct{}

func (breaking) GetBuffer(buffer.Flags) (*buffer.Buffer, error) { return nil, buffer.ErrFault }

// full is a stream that takes some bytes and no more.
type full struct{ left int }

func (w *full) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(b), nil
}

func TestSaveRefuses(t *testing.T) {
	folder := t.TempDir()
	one := []int32{1, 2}
	named := func(names ...string) (all []arrayfile.Named) {
		for _, name := range names {
			all = append(all, arrayfile.Named{Name: name, Value: one})
		}
		return all
	}
	record := must(view(t, make([]byte, 16)).CastShape("T{<i:a:<i:b:}", []int{2}))
	for i, test := range []struct {
		path    string
		what    any
		opts    []arrayfile.SaveOption
		is      error
		message string
	}{
		{"x.txt", one, nil, buffer.ErrValue, "end it in .npy, .npz, .safetensors, .wav"},
		{"x", one, []arrayfile.SaveOption{arrayfile.As("tiff")}, buffer.ErrValue, `kind "tiff"`},
		{"x.npy", named("a", "b"), nil, buffer.ErrValue, "2 arrays: npy holds one"},
		{"x.npy", one, []arrayfile.SaveOption{arrayfile.Deflated()}, buffer.ErrValue, "Deflated is for npz"},
		{"x.npz", one, []arrayfile.SaveOption{arrayfile.WithMetadata(map[string]string{"a": "b"})}, buffer.ErrValue, "WithMetadata is for safetensors"},
		{"x.npz", named("a", "a"), nil, arrayfile.ErrName, `two arrays are called "a"`},
		{"x.npz", named("a", ""), nil, arrayfile.ErrName, "without a name"},
		{"x.npz", named("\xff"), nil, arrayfile.ErrName, "no UTF-8"},
		{"x.npz", named(strings.Repeat("a", 65001)), nil, arrayfile.ErrName, "at most 65000"},
		{"x.safetensors", one, nil, arrayfile.ErrName, "without a name"},
		{"x.safetensors", named("__metadata__"), nil, arrayfile.ErrName, "means something else"},
		{"x.safetensors", []arrayfile.Named{{Name: "r", Value: record}}, nil, buffer.ErrFormat, `array "r": invalid format: safetensors cannot hold`},
		{"x.npy", []format.BFloat16{1}, nil, buffer.ErrFormat, "bfloat16"},
		{"x.npy", []format.Float8E5M2{1}, nil, buffer.ErrFormat, "float8_e5m2"},
		{"x.npz", []arrayfile.Named{{Name: "b", Value: []format.BFloat16{1}}}, nil, buffer.ErrFormat, `array "b"`},
		{"x.npy", breaking{}, nil, buffer.ErrFault, "x.npy"},
		{"x.npy", make(chan int), nil, buffer.ErrType, "x.npy"},
		{"no/x.npy", one, nil, os.ErrNotExist, "make its folder first"},
		{".", one, []arrayfile.SaveOption{arrayfile.As("npy")}, os.ErrExist, "no regular file"},
	} {
		checkError(t, arrayfile.Save(filepath.Join(folder, test.path), test.what, test.opts...), test.is, test.message)
		if entries := must(os.ReadDir(folder)); len(entries) > 0 {
			t.Fatalf("%d: there is %v", i, entries)
		}
	}
	checkError(t, arrayfile.Write(io.Discard, one), buffer.ErrValue, "option As")
	for _, kind := range []string{"npy", "npz", "safetensors", "raw"} {
		var whole bytes.Buffer
		if err := arrayfile.Write(&whole, named("a"), arrayfile.As(kind)); err != nil {
			t.Fatal(err)
		}
		for n := range whole.Len() {
			if err := arrayfile.Write(&full{n}, named("a"), arrayfile.As(kind)); !errors.Is(err, io.ErrClosedPipe) {
				t.Fatalf("%s, %d bytes: %v", kind, n, err)
			}
		}
	}
}

// What is at the path stays until the new file is whole, also where that is made of it.
func TestSaveReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npz")
	if err := arrayfile.Save(path, []arrayfile.Named{{Name: "a", Value: []int32{1, 2}}, {Name: "b", Value: []int32{3}}}); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	old := open(t, path)
	before := must(os.ReadFile(path))
	a := must(old.View("a"))
	if err := arrayfile.Save(path, []arrayfile.Named{{Name: "a", Value: a}, {Name: "c", Value: breaking{}}}); !errors.Is(err, buffer.ErrFault) {
		t.Fatal(err)
	}
	if !bytes.Equal(before, must(os.ReadFile(path))) {
		t.Error("the file has changed")
	}
	if err := arrayfile.Save(path, []arrayfile.Named{{Name: "c", Value: a}}); err != nil {
		t.Fatal(err)
	}
	if got := must(a.ToList()); fmt.Sprint(got) != "[1 2]" {
		t.Errorf("the old view: %v", got)
	}
	f := open(t, path)
	if got := must(must(f.View("c")).ToList()); fmt.Sprint(got) != "[1 2]" || len(f.Arrays()) != 1 {
		t.Errorf("the new file: %v", got)
	}
	if mode := must(os.Stat(path)).Mode().Perm(); mode != 0o600 {
		t.Errorf("permissions %v", mode)
	}
}

// Whatever view of numbers there is, all kinds of file give it back.
func TestSaveAny(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		code := rapid.SampledFrom([]string{"?", "b", "B", "h", ">h", "<I", ">q", "e", ">e", ">f", "d", ">Zf", "[bfloat16]", ">[bfloat16]", "[float8_e4m3fn]"}).Draw(r, "format")
		shape := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 4).Draw(r, "shape")
		size := must(buffer.SizeFromFormat(code))
		for _, extent := range shape {
			size *= extent
		}
		data := rapid.SliceOfN(rapid.ByteRange(0, 1), size, size).Draw(r, "data")
		v := must(must(memoryview.FromObject(data)).CastShape(code, shape))
		if len(shape) > 0 {
			v = must(v.Slice(0, shape[0], rapid.IntRange(1, 2).Draw(r, "step")))
		}
		if rapid.Bool().Draw(r, "turned") {
			v = must(v.Transpose())
		}
		for _, kind := range []string{"npy", "npz", "safetensors"} {
			var file bytes.Buffer
			err := arrayfile.Write(&file, []arrayfile.Named{{Name: "x", Value: v}}, arrayfile.As(kind))
			if strings.Contains(code, "[") && kind != "safetensors" && errors.Is(err, buffer.ErrFormat) {
				continue
			}
			if err != nil {
				r.Fatal(err)
			}
			f := must(arrayfile.FromBytes(file.Bytes()))
			got := must(f.View(""))
			if equal, err := got.Equal(v); !equal || err != nil || !reflect.DeepEqual(got.Shape(), v.Shape()) {
				r.Fatalf("%s: equal %v, %v: shape %v", kind, equal, err, got.Shape())
			}
		}
	})
}
