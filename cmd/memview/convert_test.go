package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What astype makes of random arrays, and what readers of NumPy, safetensors, soundfile and Pillow find in the files that were made.
func TestPartnersReadConverted(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python with NumPy")
	}
	count := "400"
	if os.Getenv("MEMORYVIEW_SOAK") != "" {
		count = "10000"
	}
	script, err := filepath.Abs("testdata/convert.py")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	partner := func(args ...string) string {
		out, err := exec.Command(python, append([]string{"-B", script}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return strings.TrimSpace(string(out))
	}
	partner("make", ".", "3118", count)
	text, err := os.ReadFile("cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		Cases []struct{ Args []string }
		Casts []struct {
			From, To, Casting string
			Can               bool
		}
	}
	if err := json.Unmarshal(text, &made); err != nil {
		t.Fatal(err)
	}
	for _, c := range made.Cases {
		if got := memview(append([]string{"convert"}, c.Args...)...); got.code != exitOK || got.stderr != "" {
			t.Fatalf("%q: %+v", c.Args, got)
		}
	}
	if got, want := partner("judge", "."), fmt.Sprint(len(made.Cases), " files"); got != want || len(made.Cases) < 400 {
		t.Errorf("%s are right, not %s", got, want)
	}
	for _, c := range made.Casts {
		if got := canCast(must(formatOf(c.From)), must(formatOf(c.To)), c.Casting); got != c.Can {
			t.Errorf("%s to %s, %s: %v", c.From, c.To, c.Casting, got)
		}
	}
	if len(made.Casts) < 500 {
		t.Errorf("%d casts", len(made.Casts))
	}
}
