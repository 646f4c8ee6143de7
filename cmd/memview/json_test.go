package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/alecthomas/kong"
)

// Commands without --json, and why.
var withoutJSON = map[string]string{
	"py":         "the result is Python's, which has a json of its own",
	"rm":         "it prints nothing",
	"completion": "it prints a script",
}

// TestJSONEverywhere asks every command that prints for JSON.
func TestJSONEverywhere(t *testing.T) {
	// What a command needs beside --json. All others print the sample.
	arguments := map[string][]string{
		"find":    {"[:].petal.length", ">6"},
		"diff":    {"testdata/photo.npy", "testdata/photo.npy[::-1]"},
		"convert": {"testdata/photo.npy", filepath.Join(t.TempDir(), "new.npy")},
		"cast":    {"testdata/photo.npy", "b"},
	}
	elsewhere := []string{
		"serve", // goes on until it is interrupted: TestServeSays
		"share", // leaves a segment: segment.txtar
	}
	parser := must(newParser(plainOutput(io.Discard), io.Discard, func(int) {}))
	for _, command := range parser.Model.Children {
		has := slices.ContainsFunc(command.Flags, func(f *kong.Flag) bool { return f.Name == "json" })
		if why := withoutJSON[command.Name]; has == (why != "") {
			t.Errorf("%s has --json: %v, and a reason against it: %q", command.Name, has, why)
		}
		if !has || command.Name == "list" && !listsSegments() {
			continue
		}
		if slices.Contains(elsewhere, command.Name) {
			continue
		}
		got := memview(append([]string{command.Name, "--json"}, arguments[command.Name]...)...)
		if got.stderr != "" || !json.Valid([]byte(got.out)) {
			t.Errorf("%s --json prints %s, and says %s", command.Name, got.out, got.stderr)
		}
	}
}

// listsSegments: there are shared segments on Linux alone.
func listsSegments() bool {
	_, err := os.Stat("/dev/shm")
	return err == nil
}
