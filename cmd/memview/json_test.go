package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/go-memoryview/memoryview/arrayfile"
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

// TestJSONForTerminals escapes in every string what a terminal could obey, and leaves what can be read.
func TestJSONForTerminals(t *testing.T) {
	const obeyed, seen = "\x1b[1m \u009b31m \x7f \u202e \u2028 \U000e0001", "<é 字 😀>"
	path := filepath.Join(t.TempDir(), "a.npz")
	if err := arrayfile.Save(path, []arrayfile.Named{{Name: obeyed + seen, Value: []byte("ab")}, {Name: "b", Value: []byte("ab")}}); err != nil {
		t.Fatal(err)
	}
	got := memview("info", "--json", path)
	var answer struct{ Arrays []struct{ Name string } }
	if err := json.Unmarshal([]byte(got.out), &answer); err != nil || len(answer.Arrays) != 2 || answer.Arrays[0].Name != obeyed+seen && answer.Arrays[1].Name != obeyed+seen {
		t.Errorf("%+v, %v, %s", answer, err, got.out)
	}
	if strings.ContainsAny(got.out, obeyed[:1]+"\u009b\x7f\u202e\u2028\U000e0001") || !strings.Contains(got.out, seen) {
		t.Errorf("%q", got.out)
	}
}

// listsSegments: there are shared segments on Linux alone.
func listsSegments() bool {
	_, err := os.Stat("/dev/shm")
	return err == nil
}
