// Package dependencies_test holds docs/DEPENDENCIES.md to what the modules and the lock files need, so that nothing comes in without a reason.
package dependencies_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	root   = "../.."
	page   = root + "/docs/DEPENDENCIES.md"
	module = "github.com/go-memoryview/memoryview"
)

// row is one dependency on the page.
type row struct {
	neededBy []string // files
	importer []string // folders, or the words anything, tests, nothing
	reason   string
}

var quoted = regexp.MustCompile("`([^`]+)`")

// rows reads the tables of the page: a row of four cells is of Go, one of three of Python.
func rows(t *testing.T) map[string]row {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]row{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		names := unquoted(cells[0])
		if !strings.HasPrefix(line, "| `") || len(cells) < 3 {
			continue
		}
		r := row{neededBy: unquoted(cells[1]), reason: strings.TrimSpace(cells[len(cells)-1])}
		if len(cells) == 4 {
			r.importer = append(unquoted(cells[2]), strings.Fields(quoted.ReplaceAllString(cells[2], ""))...)
		}
		for _, name := range names {
			if _, twice := listed[name]; twice || r.reason == "" {
				t.Errorf("%s is listed twice, or without a reason", name)
			}
			listed[name] = r
		}
	}
	return listed
}

func unquoted(cell string) []string {
	var names []string
	for _, match := range quoted.FindAllStringSubmatch(cell, -1) {
		names = append(names, match[1])
	}
	return names
}

func TestListed(t *testing.T) {
	listed := rows(t)
	needed := map[string][]string{}
	for path := range files(t) {
		for _, name := range neededBy(t, path) {
			needed[name] = append(needed[name], path)
		}
	}
	for name, by := range needed {
		slices.Sort(by)
		if want := slices.Sorted(slices.Values(listed[name].neededBy)); !slices.Equal(by, want) {
			t.Errorf("%s is needed by %v: docs/DEPENDENCIES.md says %v (is there a reason to have it?)", name, by, want)
		}
	}
	for name := range listed {
		if needed[name] == nil {
			t.Errorf("%s is listed, and nothing needs it", name)
		}
	}
}

// files walks the repository, without what is hidden or generated.
func files(t *testing.T) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			name := entry.Name()
			if err == nil && entry.IsDir() && (len(name) > 2 && name[0] == '.' || name == "vendor" || name == "dist") {
				return filepath.SkipDir
			}
			relative, _ := filepath.Rel(root, path)
			if err == nil && !entry.IsDir() && !yield(filepath.ToSlash(relative)) {
				return filepath.SkipAll
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

var pin = regexp.MustCompile(`(?m)^([\w.-]+)==`)

// neededBy gives what a go.mod requires itself, and the tools of one, or what a lock file pins.
func neededBy(t *testing.T, path string) []string {
	names := map[string]bool{}
	switch {
	case strings.HasSuffix(path, ".lock"):
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range pin.FindAllStringSubmatch(string(text), -1) {
			names[match[1]] = true
		}
	case filepath.Base(path) == "go.mod":
		out, err := exec.Command("go", "mod", "edit", "-json", filepath.Join(root, path)).Output()
		if err != nil {
			t.Fatal(err)
		}
		var mod struct {
			Require []struct {
				Path     string
				Indirect bool
			}
			Tool []struct{ Path string }
		}
		if err := json.Unmarshal(out, &mod); err != nil {
			t.Fatal(err)
		}
		for _, r := range mod.Require {
			isTool := slices.ContainsFunc(mod.Tool, func(tool struct{ Path string }) bool { return within(tool.Path, r.Path) })
			if r.Path != module && (!r.Indirect || isTool) {
				names[r.Path] = true
			}
		}
	}
	return slices.Collect(maps.Keys(names))
}

// within tells that a path is another one or lies below it.
func within(path, above string) bool { return path == above || strings.HasPrefix(path, above+"/") }

func TestImportedWhereAllowed(t *testing.T) {
	listed := rows(t)
	// Helpers of tests alone, which no other package imports: scripts/rooms has them too.
	helpers := []string{"buffertest", "internal/draw", "internal/fence", "internal/closetest"}
	for path := range files(t) {
		if !strings.HasSuffix(path, ".go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		inFolder := func(allowed string) bool { return within(folder, allowed) }
		isTest := strings.HasSuffix(path, "_test.go") || slices.ContainsFunc(helpers, inFolder)
		for _, spec := range file.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") || within(imported, module) {
				continue
			}
			name := listedAs(listed, imported)
			allowed := listed[name].importer
			if !slices.Contains(allowed, "anything") && !(isTest && slices.Contains(allowed, "tests")) && !slices.ContainsFunc(allowed, inFolder) {
				t.Errorf("%s imports %s, which may be imported by %v", path, imported, allowed)
			}
		}
	}
}

// listedAs finds the dependency that a package belongs to.
func listedAs(listed map[string]row, imported string) string {
	for name := range listed {
		if within(imported, name) {
			return name
		}
	}
	return ""
}
