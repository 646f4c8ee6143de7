//go:build unix

package arrayfile_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

// NumPy lends its arrays, of every type that it has a buffer for; their copies in files made here it
// finds the same: type, shape, order and bytes.
func TestNumPyReadsCreated(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python with NumPy")
	}
	folder := t.TempDir()
	partner := func(what string) string {
		out, err := exec.Command(python, "testdata/partner.py", what, folder).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	partner("ask")
	text, err := os.ReadFile(filepath.Join(folder, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Format         string
		ItemSize       int
		Shape, Strides []int
		Data           string
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		l := buffer.Layout{ItemSize: c.ItemSize, Format: c.Format, Shape: c.Shape, Strides: c.Strides}
		f, err := arrayfile.Create(filepath.Join(folder, fmt.Sprintf("%d.npy", i)), l)
		if err != nil {
			t.Fatal(err)
		}
		v, err := f.View("")
		if err != nil {
			t.Fatal(err)
		}
		data, err := hex.DecodeString(c.Data)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Buffer().FromContiguous(data, buffer.C); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(v.Release(), f.Commit(), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	want := fmt.Sprintf("%d files of versions [1, 2, 3]", len(cases))
	if got := strings.TrimSpace(partner("judge")); got != want || len(cases) < 400 {
		t.Errorf("NumPy read %s, not %s", got, want)
	}
}
