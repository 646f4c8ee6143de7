package arrayfile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

// contents is what the readers of others find in a file of many arrays: see testdata/generate.py.
type contents struct {
	Kind     string
	Names    []string `json:"-"`
	Arrays   map[string]member
	Skipped  []string
	Metadata map[string]string
}

type member struct {
	Shape  []int
	Offset int64
	Copied bool
	Values any
}

func TestFilesOfMany(t *testing.T) {
	text, err := os.ReadFile("testdata/many.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]contents
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 7 {
		t.Fatalf("only %d files", len(all))
	}
	for name, want := range all {
		for mode, opts := range map[string][]arrayfile.Option{"mapped": nil, "read": {arrayfile.Reading()}} {
			t.Run(name+"/"+mode, func(t *testing.T) { checkMany(t, open(t, filepath.Join("testdata", name), opts...), want) })
		}
		t.Run(name+"/stream", func(t *testing.T) {
			file, err := os.Open(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			f, err := arrayfile.OpenReader(file, name)
			if err != nil {
				t.Fatal(err)
			}
			checkMany(t, f, want)
		})
	}
}

func checkMany(t *testing.T, f *arrayfile.File, want contents) {
	t.Helper()
	if f.Kind() != want.Kind || len(f.Arrays()) != len(want.Arrays) {
		t.Errorf("kind %s, %d arrays", f.Kind(), len(f.Arrays()))
	}
	var skipped []string
	for _, s := range f.Skipped() {
		skipped = append(skipped, s.Name)
		if s.Err == nil {
			t.Errorf("%s is skipped without a reason", s.Name)
		}
		if _, err := f.Array(s.Name); s.Name != "twice" && !errors.Is(err, s.Err) {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	if diff := cmp.Diff(want.Skipped, skipped); diff != "" && len(skipped)+len(want.Skipped) > 0 {
		t.Errorf("skipped: -want +got\n%s", diff)
	}
	if got := f.Metadata(); len(got)+len(want.Metadata) > 0 && !reflect.DeepEqual(got, want.Metadata) {
		t.Errorf("metadata %v", got)
	}
	for name, want := range want.Arrays {
		a, err := f.Array(name)
		if err != nil {
			t.Fatal(err)
		}
		v, err := f.View(name)
		if err != nil {
			t.Fatal(err)
		}
		list, err := v.ToList()
		if err != nil {
			t.Fatal(err)
		}
		got := member{v.Shape(), want.Offset, want.Copied, plain(list)}
		if f.Kind() != "npz" || want.Offset > 0 {
			got.Offset, got.Copied = a.Offset(), a.Copied()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, format %q: -theirs +ours\n%s", name, v.Format(), diff)
		}
		if !v.ReadOnly() || v.Base() != a || a.Name() != name {
			t.Errorf("%s: read-only %v, base %v, name %q", name, v.ReadOnly(), v.Base(), a.Name())
		}
		if err := v.Release(); err != nil {
			t.Error(err)
		}
	}
}

// Names are listed as the file lists them, and make a tree.
func TestNames(t *testing.T) {
	f := open(t, "testdata/many.npz")
	if got := names(f.Arrays()); !reflect.DeepEqual(got, []string{"x", "fortran", "scalar", "empty", "layer/0/records", "long"}) {
		t.Errorf("%q", got)
	}
	for parent, want := range map[string][]string{"layer": {"layer/0/records"}, "layer/": {"layer/0/records"}, "lay": nil, "x": nil} {
		if got := names(f.Under(parent)); !reflect.DeepEqual(got, want) {
			t.Errorf("under %q: %q", parent, got)
		}
	}
	if got := f.Under(""); len(got) != 6 {
		t.Errorf("%d arrays", len(got))
	}
	for name, want := range map[string]string{
		"":        `name one of 6 arrays: "x", "fortran", "scalar", "empty", "layer/0/records", "long"`,
		"fortan":  `did you mean "fortran"?`,
		"Scalar":  `did you mean "scalar"?`,
		"layer/0": `below it are "layer/0/records"`,
		"nothing": `there are "x", "fortran"`,
	} {
		_, err := f.View(name)
		checkError(t, err, arrayfile.ErrName, want)
		checkError(t, err, arrayfile.ErrName, "many.npz")
	}
	one := open(t, "testdata/one.npz")
	a, err := one.Array("")
	if err != nil || a.Name() != "arr_0" {
		t.Errorf("%v, %v", a, err)
	}
	_, err = open(t, "testdata/none.npz").Array("x")
	checkError(t, err, arrayfile.ErrName, "there are no arrays")
}

func names(arrays []*arrayfile.Array) (all []string) {
	for _, a := range arrays {
		all = append(all, a.Name())
	}
	return all
}

// Safetensors are written in place; an npz has checksums, which that would break.
func TestWritableMany(t *testing.T) {
	_, err := arrayfile.Open("testdata/many.npz", arrayfile.Writable())
	if !errors.Is(err, errors.ErrUnsupported) { // where files are not mapped
		checkError(t, err, buffer.ErrReadOnly, "checksums")
	}
}

func checkError(t *testing.T, err, is error, message string) {
	t.Helper()
	if !errors.Is(err, is) || !strings.Contains(err.Error(), message) {
		t.Errorf("%v: it should be %v, and say %q", err, is, message)
	}
}

func ExampleFile_Arrays() {
	f, err := arrayfile.Open("testdata/many.npz")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	for _, a := range f.Arrays() {
		fmt.Println(a.Name(), a.Layout().Shape)
	}
	_, err = f.View("fortan")
	fmt.Println(err)
	// Output:
	// x [2 3]
	// fortran [2 3]
	// scalar []
	// empty [0 3]
	// layer/0/records [2]
	// long [3000]
	// testdata/many.npz: no such array: "fortan": did you mean "fortran"?
}
