package arrayfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
)

// TestExporters puts the arrays of files, and views of them, through the suite for exporters.
func TestExporters(t *testing.T) {
	dir := t.TempDir()
	raw := filepath.Join(dir, "raw")
	if err := os.WriteFile(raw, bytes.Repeat([]byte("abcdefgh"), 8), 0o600); err != nil {
		t.Fatal(err)
	}
	safetensors, deflated := filepath.Join(dir, "x.safetensors"), filepath.Join(dir, "x.npz")
	one := []arrayfile.Named{{Name: "x", Value: [][3]int32{{1, 2, 3}, {4, 5, 6}}}}
	if err := errors.Join(arrayfile.Save(safetensors, one), arrayfile.Save(deflated, one, arrayfile.Deflated())); err != nil {
		t.Fatal(err)
	}
	open := func(path string, opts ...arrayfile.Option) func() *arrayfile.File {
		return func() *arrayfile.File { return file(t)(arrayfile.Open(path, opts...)) }
	}
	created := 0
	for name, open := range map[string]func() *arrayfile.File{
		"raw":                   open(raw, arrayfile.Raw("<h", 3, 4), arrayfile.Offset(5)),
		"raw, in F order":       open(raw, arrayfile.Raw("<h", 3, 4), arrayfile.InOrder(buffer.F)),
		"raw, writable":         open(raw, arrayfile.Raw("h", 3, 4), arrayfile.Writable()),
		"raw, read":             open(raw, arrayfile.Raw(">d"), arrayfile.Reading()),
		"raw, without items":    open(raw, arrayfile.Raw(">d", 0, 3)),
		"npy":                   open("testdata/records.npy"),
		"npy, read":             open("testdata/records.npy", arrayfile.Reading()),
		"npz":                   open("testdata/one.npz"),
		"npz, deflated":         open(deflated),
		"safetensors":           open(safetensors),
		"safetensors, writable": open(safetensors, arrayfile.Writable()),
		"wav":                   open("testdata/pcm16.wav"),
		"wav, of 24 bits":       open("testdata/pcm24.wav"),
		"png":                   open("testdata/rgb.png"),
		"in memory": func() *arrayfile.File {
			return file(t)(arrayfile.FromBytes([]byte("abcdef"), arrayfile.Raw("H")))
		},
		"pipe": func() *arrayfile.File {
			return file(t)(arrayfile.OpenReader(bytes.NewReader([]byte("abcdef")), "pipe", arrayfile.Raw("H", 3)))
		},
		"created": func() *arrayfile.File {
			created++
			path := filepath.Join(dir, fmt.Sprint("created", created))
			return file(t)(arrayfile.Create(path, buffer.Layout{ItemSize: 8, Format: "d", Shape: []int{2, 3}}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Run("array", func(t *testing.T) {
				buffertest.Test(t, func() buffer.Exporter {
					a, err := open().Array("")
					if err != nil {
						t.Fatal(err)
					}
					return a
				})
			})
			t.Run("view", func(t *testing.T) {
				buffertest.Test(t, func() buffer.Exporter {
					v, err := open().View("")
					if err != nil {
						t.Fatal(err)
					}
					return v
				})
			})
		})
	}
}

// file closes files at the end of the test.
func file(t *testing.T) func(f *arrayfile.File, err error) *arrayfile.File {
	return func(f *arrayfile.File, err error) *arrayfile.File {
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
}
