//go:build unix

package arrayfile_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/go-memoryview/memoryview/arrayfile"
)

// What is written to views of safetensors and WAV files is in the file, and nothing else in it has changed: their partners read it.
func TestWrittenInPlace(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python with NumPy")
	}
	folder := t.TempDir()
	for name, array := range map[string]string{"types.safetensors": "plain.int32", "pcm16.wav": "", "float.wav": ""} {
		path := filepath.Join(folder, name)
		before := must(os.ReadFile(filepath.Join("testdata", name)))
		if err := os.WriteFile(path, before, 0o600); err != nil {
			t.Fatal(err)
		}
		f := open(t, path, arrayfile.Writable())
		v := must(f.View(array))
		index := make([]int, v.NDim())
		if err := errors.Join(v.Set(1, index...), v.Release(), f.Close()); err != nil {
			t.Fatal(err)
		}
		after := must(os.ReadFile(path))
		if len(after) != len(before) {
			t.Errorf("%s: %d bytes of %d", name, len(after), len(before))
		}
	}
	out, err := exec.Command(python, "-B", "testdata/inplace.py", "testdata", folder).CombinedOutput()
	if got := string(out); err != nil || got != "3 files\n" {
		t.Errorf("%v: %s", err, got)
	}
}

// Closing a file while a member is inflated, or a picture decoded, gives the whole view or os.ErrClosed.
func TestCloseWhileInflating(t *testing.T) {
	folder := t.TempDir()
	numbers := make([]int32, 1<<18)
	for i := range numbers {
		numbers[i] = int32(i * i)
	}
	npz := filepath.Join(folder, "x.npz")
	if err := arrayfile.Save(npz, []arrayfile.Named{{Name: "x", Value: numbers}}, arrayfile.Deflated()); err != nil {
		t.Fatal(err)
	}
	png := filepath.Join(folder, "x.png")
	if err := arrayfile.Save(png, must(view(t, make([]byte, 1<<18)).CastShape("B", []int{512, 512}))); err != nil {
		t.Fatal(err)
	}
	closed := 0
	for round := range 60 {
		for path, n := range map[string]int{npz: 1 << 20, png: 1 << 18} {
			f := must(arrayfile.Open(path))
			var ready, ended sync.WaitGroup
			ready.Add(1)
			var err error
			ended.Go(func() {
				ready.Done()
				v, viewErr := f.View("")
				if err = viewErr; err == nil && v.NBytes() != n {
					err = fmt.Errorf("a view of %d bytes", v.NBytes())
				}
			})
			ready.Wait()
			for range round * 20 {
				_ = f.Kind() // for a while
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
			ended.Wait()
			switch {
			case errors.Is(err, os.ErrClosed):
				closed++
			case err != nil:
				t.Fatalf("%s: %v", path, err)
			}
		}
	}
	if closed == 0 {
		t.Error("no view has met a closed file")
	}
}
