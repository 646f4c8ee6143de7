//go:build !static

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/cpython"
	"github.com/go-memoryview/memoryview/format"
)

// TestPython runs the scripts that need Python.
func TestPython(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python")
	}
	testdata, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/python",
		Setup: func(e *testscript.Env) error {
			e.Setenv("TESTDATA", testdata)
			e.Setenv("PYTHON", python)
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
	})
}

// TestNumPyTakesWhatExplainSays holds the answer about NumPy to NumPy.
func TestNumPyTakesWhatExplainSays(t *testing.T) {
	path := os.Getenv("MEMORYVIEW_PYTHON")
	if path == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python")
	}
	python := must(cpython.Start(cpython.Options{Python: path}))
	t.Cleanup(func() { _ = python.Close() })
	np := must(python.Import("numpy"))
	defer np.Release()
	for _, f := range []string{
		"?", "b", "B", "<h", ">H", "<i", ">I", "<q", ">Q", "P", "<e", ">f", "<d", "g", "Zf", ">Zd", "c", "5s", "3p", "4w", "4u",
		"[bfloat16]", "[float8_e5m2]", "T{<i:a:d:b:}", "T{i:a:3p:b:}", "(2,3)h", "T{(2)T{b:x:}:y:}",
	} {
		typ := must(format.Parse(f))
		v := must(must(memoryview.FromObject(make([]byte, 4*typ.Size()))).Cast(f, 4))
		says := explain("numpy", &selection{part: v, array: mapped{Array: new(arrayfile.Array)}})
		a, err := np.CallMethod("asarray", v)
		if (err == nil) != says.Served {
			t.Errorf("%s: explain says %+v, NumPy says %v", f, says, err)
		}
		if err == nil {
			a.Release()
		}
		v.Release()
	}
}
