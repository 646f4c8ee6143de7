package remote_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/remote"
)

// engine is a program of testdata, run by the Python of the environment that has Zarr, Dask and xarray, with gomemoryview.
func engine(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	python := os.Getenv("MEMORYVIEW_REMOTE")
	if python == "" {
		t.Skip("MEMORYVIEW_REMOTE names no Python with Zarr and Dask: scripts/whole does")
	}
	c := exec.Command(python, append([]string{"-X", "faulthandler", filepath.Join("testdata", program)}, args...)...)
	c.Env = append(os.Environ(), "PYTHONPATH="+os.Getenv("MEMORYVIEW_EXTENSION"), "HOME="+t.TempDir(), "PYTHONDONTWRITEBYTECODE=1")
	return c
}

// counted is an exporter of items 0, 1, 2 ... in C order.
func counted(t *testing.T, format string, order buffer.Order, readOnly bool, shape ...int) buffer.Exporter {
	t.Helper()
	size, err := buffer.SizeFromFormat(format)
	if err != nil {
		t.Fatal(err)
	}
	strides, err := buffer.ContiguousStrides(shape, size, order)
	if err != nil {
		t.Fatal(err)
	}
	n := 1
	for _, extent := range shape {
		n *= extent
	}
	mem := make([]byte, n*size)
	l := buffer.Layout{ItemSize: size, Format: format, Shape: shape, Strides: strides}
	exporter, err := export.Strided(mem, 0, l, false)
	if err != nil {
		t.Fatal(err)
	}
	numbers := make([]float64, n)
	for i := range numbers {
		numbers[i] = float64(i)
	}
	switch {
	case strings.HasSuffix(format, "w"), strings.Contains(format, "Z"):
		fillOneByOne(t, exporter, n)
	default:
		if err := memoryview.Convert(exporter, numbers); err != nil {
			t.Fatal(err)
		}
	}
	if !readOnly {
		return exporter
	}
	if exporter, err = export.Strided(mem, 0, l, true); err != nil {
		t.Fatal(err)
	}
	return exporter
}

// zeros are items of a format whose bytes are all zero.
func zeros(t *testing.T, format string, n int) buffer.Exporter {
	t.Helper()
	size, err := buffer.SizeFromFormat(format)
	if err != nil {
		t.Fatal(err)
	}
	e, err := export.Strided(make([]byte, n*size), 0, buffer.Layout{ItemSize: size, Format: format, Shape: []int{n}, Strides: []int{size}}, true)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func fillOneByOne(t *testing.T, exporter buffer.Exporter, n int) {
	t.Helper()
	v, err := memoryview.FromObject(exporter)
	if err != nil {
		t.Fatal(err)
	}
	shape, index := v.Shape(), make([]int, v.NDim())
	for i := range n {
		for d, rest := len(shape)-1, i; d >= 0; d-- {
			index[d], rest = rest%shape[d], rest/shape[d]
		}
		value := any(complex(float64(i), 0))
		if strings.HasSuffix(v.Format(), "w") {
			value = fmt.Sprint(i)
		}
		if err := v.Set(value, index...); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEnginesRead has zarr-python, xarray, fsspec and NumPy read the faces over HTTP, in both versions, and write.
func TestEnginesRead(t *testing.T) {
	var opts []remote.Option
	for dtype, format := range map[string]string{
		"|i1": "b", "|u1": "B", "<i2": "<h", ">i2": ">h", "<u4": "<I", ">i8": ">q", "<u8": "<Q", "<f2": "<e", "<f4": "<f", ">f4": ">f", "<f8": "<d", ">f8": ">d",
		"<c8": "<Zf", ">c16": ">Zd", "<U3": "<3w",
	} {
		opts = append(opts, remote.View("types/"+dtype, counted(t, format, buffer.C, true, 5, 7), remote.Chunks(2, 3)))
	}
	for name, shape := range map[string][]int{"scalar": {}, "row": {9}, "cube": {3, 4, 5}, "empty": {3, 0}} {
		opts = append(opts, remote.View("types/<i4 "+name, counted(t, "<i", buffer.C, true, shape...)))
	}
	writable := counted(t, "<d", buffer.C, false, 5, 7)
	opts = append(opts,
		remote.View("types/<i4 fortran", counted(t, "<i", buffer.F, true, 6, 5), remote.Chunks(4, 4)),
		remote.View("types/<f4 fortran", counted(t, "<f", buffer.F, true, 2, 3, 4)),
		remote.View("weather/temperature", counted(t, "<d", buffer.C, true, 4, 3), remote.Dimensions("time", "place")),
		remote.View("weather/reports", counted(t, "<h", buffer.C, true, 4, 3), remote.Dimensions("time", "place")),
		remote.View("large", counted(t, "<I", buffer.C, true, 512, 512)),
		remote.View("writable", writable, remote.Chunks(2, 3), remote.Writable()),
	)
	for name, format := range map[string]string{
		"bfloat16": "[bfloat16]", "float8_e4m3fn": "[float8_e4m3fn]", "float8_e5m2": "[float8_e5m2]", "record of bfloat16": "T{<[bfloat16]:x:<f:y:}",
		"record of records": "T{T{<i:x:<i:y:}:pos:<d:value:}", "record of arrays": "T{(2)<i:pos:<d:value:}", "record": "T{<i:id:<d:value:}", "big record": "T{>i:id:>d:value:}",
		"padded record": "T{<i:id:4x<d:value:}", "bytes": "5s", "no bytes": "0s", "no text": "0w",
		"record of no bytes": "T{<i:id:0s:name:}",
	} {
		opts = append(opts, remote.View("others/"+name, zeros(t, format, 3)))
	}
	url, _ := serve(t, opts...)
	if output, err := engine(t, "reads.py", url).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	v, err := memoryview.FromObject(writable)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		for j := range 7 {
			want := float64(i*7+j) * 3
			if i >= 1 && i < 3 && j >= 1 && j < 6 {
				want += 100
			}
			if got, err := v.At(i, j); err != nil || got != want {
				t.Errorf("what was written: item (%d, %d) is %v, want %v: %v", i, j, got, want, err)
			}
		}
	}
}

// TestEnginesStores reads what zarr-python wrote: every codec, order, byte order, type, fill value and way to name chunks, from disk and over HTTP.
func TestEnginesStores(t *testing.T) {
	root := t.TempDir()
	if output, err := engine(t, "stores.py", root).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(root)))
	defer server.Close()
	expected, err := filepath.Glob(filepath.Join(root, "*.npy"))
	if err != nil || len(expected) < 100 {
		t.Fatalf("%d stores, %v", len(expected), err)
	}
	for i, path := range expected {
		name := strings.TrimSuffix(filepath.Base(path), ".npy")
		address := filepath.Join(root, name)
		if i%2 == 1 || strings.Contains(name, "shard") {
			address = server.URL + "/" + name
		}
		compareStore(t, name, address, path)
	}
	for _, version := range []string{"group-v2", "group-v3"} {
		for _, at := range []string{root, server.URL} {
			store := open(t, at+"/"+version)
			var names []string
			for _, a := range store.Arrays() {
				names = append(names, a.Name())
			}
			if !slices.Equal(names, []string{"deep/two", "one"}) {
				t.Errorf("%s: %v, %v", version, names, store.Skipped())
				continue
			}
			v, err := array(t, store, "deep/two").Fetch(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			if equal, err := v.Equal([]int32{0, 1, 2, 3}); !equal || err != nil {
				t.Errorf("%s: %v, %v", version, v, err)
			}
		}
	}
}

func compareStore(t *testing.T, name, address, path string) {
	t.Helper()
	f, err := arrayfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := f.View("")
	if err != nil {
		t.Fatal(err)
	}
	store, err := remote.Open(t.Context(), address)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	a := array(t, store, "")
	for _, selection := range []string{"", "::-2", "..., 1:"} {
		part, err := want.Select(selection)
		if err != nil { // a scalar has no slices
			continue
		}
		got, err := a.Fetch(t.Context(), selection)
		if err != nil {
			t.Errorf("%s [%s]: %v", name, selection, err)
			continue
		}
		gotBytes, _ := got.ToBytes(buffer.C)
		wantBytes, _ := part.ToBytes(buffer.C)
		sameOrder := isBig(got.Format()) == isBig(part.Format())
		if equal, err := got.Equal(part); err != nil || !equal && (!sameOrder || string(gotBytes) != string(wantBytes)) { // NaN equals nothing
			t.Errorf("%s [%s]: %v\n% x\nwant %v\n% x", name, selection, got, gotBytes, part, wantBytes)
		}
	}
}

func isBig(format string) bool { return strings.HasPrefix(format, ">") }

// TestEnginesWorkers moves views of gomemoryview between Dask's workers, where it counts what is copied, and has Dask ask for their sizes and tokens, and
// spill them.
func TestEnginesWorkers(t *testing.T) {
	output, err := engine(t, "workers.py").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	t.Logf("%s", output)
}
