package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const gallery = "../../docs/gallery"

// TestGallery draws the README's pictures by the commands that stand beside them, which begin in the folder of the gallery's data, and
// holds those that are kept to them. With -update it keeps what it draws.
func TestGallery(t *testing.T) {
	readme := string(must(os.ReadFile("../../README.md")))
	kept := must(filepath.Abs(gallery))
	drawn := t.TempDir()
	t.Chdir(filepath.Join(gallery, "testdata"))
	commands := regexp.MustCompile("`memview ([^`]*-o ([a-z]+\\.svg)[^`]*)`").FindAllStringSubmatch(readme, -1)
	for _, command := range commands {
		args := strings.Fields(strings.ReplaceAll(command[1], "'", ""))
		name := command[2]
		path := filepath.Join(drawn, name)
		for i, arg := range args {
			if arg == name {
				args[i] = path
			}
		}
		if got := memview(args...); got.code != exitOK || got.stderr != "" {
			t.Fatalf("%s: %d, %s", command[1], got.code, got.stderr)
		}
		picture := must(os.ReadFile(path))
		if *update {
			write(t, filepath.Join(kept, name), picture)
		}
		if was, err := os.ReadFile(filepath.Join(kept, name)); err != nil || !bytes.Equal(was, picture) {
			t.Errorf("docs/gallery/%s is not what %q draws (%v): run make gallery, and look at it", name, command[1], err)
		}
		if !strings.Contains(readme, "](docs/gallery/"+name+")") {
			t.Errorf("the README does not show docs/gallery/%s", name)
		}
	}
	if all := must(filepath.Glob(filepath.Join(kept, "*.svg"))); len(all) != len(commands) || len(all) == 0 {
		t.Errorf("%d pictures are kept, of %d commands", len(all), len(commands))
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
