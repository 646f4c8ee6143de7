package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// blockOf is the block of the README in a language that holds some text.
func blockOf(t *testing.T, language, text string) string {
	t.Helper()
	readme := must(os.ReadFile("../../README.md"))
	for _, block := range strings.Split(string(readme), "```"+language+"\n")[1:] {
		if block, _, _ = strings.Cut(block, "```"); strings.Contains(block, text) {
			return block
		}
	}
	t.Fatalf("the README has no block of %s with %s", language, text)
	return ""
}

const readmeAddress = "http://127.0.0.1:8000" // which the README's server has

// weather is a Zarr store of an array without chunks, whose items are all its fill value.
const weather = `{"zarr_format": 3, "node_type": "array", "shape": [48, 3], "data_type": "float32", "fill_value": 1.5, "codecs": [{"name": "bytes"}],
	"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [24, 3]}}, "chunk_key_encoding": {"name": "default"}}`

// TestReadmeOfAddresses runs the README's commands that take addresses and Zarr stores.
func TestReadmeOfAddresses(t *testing.T) {
	photo := must(os.ReadFile("testdata/photo.npy"))
	lines := blockOf(t, "sh", readmeAddress)
	s, _ := served(t, &serveCommand{Files: []string{"testdata/photo.npy"}})
	server := httptest.NewServer(s.gate)
	defer server.Close()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"photo.npy": string(photo), "weather.zarr/zarr.json": `{"zarr_format": 3, "node_type": "group"}`, "weather.zarr/temperature/zarr.json": weather,
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	example := httptest.NewServer(http.FileServer(http.Dir(folder)))
	defer example.Close()
	t.Chdir(folder)
	t.Setenv(tokenVariable, s.made)
	addresses := strings.NewReplacer(readmeAddress, server.URL, "https://example.org", example.URL, "'", "")
	n := 0
	for line := range strings.Lines(lines) {
		args := strings.Fields(strings.ReplaceAll(addresses.Replace(line), ", ", ","))
		if got := memview(args[1:]...); args[0] != "memview" || got.code != exitOK {
			t.Errorf("%s: %d, %s", line, got.code, got.stderr)
		}
		n++
	}
	if n < 5 {
		t.Errorf("%d lines", n)
	}
}

// TestReadmeOfZarr runs the README's lines by which Python reads what is served.
func TestReadmeOfZarr(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_REMOTE")
	if python == "" {
		t.Skip("MEMORYVIEW_REMOTE names no Python with Zarr: scripts/whole does")
	}
	s, _ := served(t, &serveCommand{Files: []string{"testdata/photo.npy"}})
	server := httptest.NewServer(s.gate)
	defer server.Close()
	lines := strings.ReplaceAll(blockOf(t, "python", tokenVariable), readmeAddress, server.URL)
	command := exec.Command(python, "-c", "import os, zarr\n"+lines+"print(photo.shape, photo[5, 7])")
	command.Env = append(os.Environ(), tokenVariable+"="+s.made)
	out, err := command.CombinedOutput()
	if want := "(64, 96, 3) [ 20  14 243]\n"; err != nil || string(out) != want {
		t.Errorf("%v: %s", err, out)
	}
}
