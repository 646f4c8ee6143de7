package arrayfile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

func ExampleOpen() {
	f, err := arrayfile.Open("testdata/records.npy")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	v, err := f.View("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Release()
	name, err := v.Field("name")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer name.Release()
	list, err := name.ToList()
	fmt.Println(v.Shape(), list, err)
	// Output: [2] [ab 日] <nil>
}

func ExampleArray_Notes() {
	f, err := arrayfile.Open("testdata/datetime.npy")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	a, err := f.Array("")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a.Layout().Format, a.Notes())
	// Output: q [datetime64[s]: counts of its unit since 1970-01-01, the lowest integer for NaT]
}

func open(t *testing.T, path string, opts ...arrayfile.Option) *arrayfile.File {
	t.Helper()
	f, err := arrayfile.Open(path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestViewsOutliveTheFile(t *testing.T) {
	f := open(t, "testdata/fortran.npy")
	v, err := f.View("")
	if err != nil {
		t.Fatal(err)
	}
	part, err := v.Select("1, :, 3")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := v.Release(); err != nil {
		t.Fatal(err)
	}
	if got, err := part.ToList(); fmt.Sprint(got) != "[15 19 23]" || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if err := part.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.View(""); !errors.Is(err, os.ErrClosed) {
		t.Errorf("view of a closed file: %v", err)
	}
}

func TestNamesAndFlags(t *testing.T) {
	f := open(t, "testdata/fortran.npy")
	if _, err := f.View("arr_0"); !errors.Is(err, arrayfile.ErrName) {
		t.Errorf("%v", err)
	}
	a, err := f.Array("")
	if err != nil {
		t.Fatal(err)
	}
	for flags, want := range map[buffer.Flags]error{
		buffer.Strided: buffer.ErrReadOnly, buffer.CContiguous: buffer.ErrNotContiguous, buffer.FContiguous: nil,
	} {
		b, err := a.GetBuffer(flags)
		if !errors.Is(err, want) {
			t.Errorf("%v: %v, not %v", flags, err, want)
		}
		if b != nil {
			b.Release()
		}
	}
}

func TestFromBytes(t *testing.T) {
	data, err := os.ReadFile("testdata/records.npy")
	if err != nil {
		t.Fatal(err)
	}
	f, err := arrayfile.FromBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.View("")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	record, err := v.At(1)
	if name, _ := record.(format.Record).Get("name"); name != "日" || err != nil || !v.ReadOnly() {
		t.Errorf("%v, %v", record, err)
	}
	if _, err := f.View(""); !errors.Is(err, os.ErrClosed) {
		t.Errorf("view after Close: %v", err)
	}
	if _, err := arrayfile.FromBytes(nil); !errors.Is(err, arrayfile.ErrUnknown) {
		t.Errorf("nothing: %v", err)
	}
}

// A file that was cut short after it was opened gives an error at once; a copy made before is whole.
func TestCutShortAfterOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	data, err := os.ReadFile("testdata/i1.npy")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f := open(t, path, arrayfile.Reading())
	v, err := f.View("")
	if err != nil {
		t.Fatal(err)
	}
	defer v.Release()
	if err := os.Truncate(path, f.Size()-1); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%s: %v: it had 134 bytes when it was opened, and has 133 now: open it again", path, arrayfile.ErrTruncated)
	if _, err := f.View(""); !errors.Is(err, arrayfile.ErrTruncated) || err.Error() != want {
		t.Errorf("%v", err)
	}
	if got, err := v.At(1, 2); got != int8(127) || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}
