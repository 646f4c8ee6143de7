// Package api_test holds the exported surface of the library to docs/api.txt, so that it changes on purpose only.
package api_test

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/go-memoryview/memoryview"
	kept   = "../../docs/api.txt"
)

// platforms are those whose surfaces are asked for: every system, both widths of int, both byte orders.
var platforms = []string{"linux/amd64", "linux/386", "linux/s390x", "darwin/arm64", "windows/amd64"}

var update = flag.Bool("update", false, "write docs/api.txt anew")

func TestAPI(t *testing.T) {
	got := strings.Join(surfaceOfAll(t), "\n") + "\n"
	if *update {
		if err := os.WriteFile(kept, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	before, after := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for _, line := range before {
		if !slices.Contains(after, line) {
			t.Errorf("gone:  %s", line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			t.Errorf("new:   %s", line)
		}
	}
	t.Error("the exported surface is not that of docs/api.txt: where that is meant, run make api and tell of it in CHANGELOG.md (docs/VERSIONS.md has the rules)")
}

// surfaceOfAll gives every line of the surface, with the platforms after one that not all of them have.
func surfaceOfAll(t *testing.T) []string {
	having := map[string][]string{}
	for _, platform := range platforms {
		for _, line := range surfaceOf(t, platform) {
			having[line] = append(having[line], platform)
		}
	}
	var lines []string
	for _, line := range slices.Sorted(maps.Keys(having)) {
		if on := having[line]; len(on) < len(platforms) {
			line += "  // " + strings.Join(on, ", ") + " only"
		}
		lines = append(lines, line)
	}
	return lines
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Name, Dir string
	GoFiles               []string
	ImportMap             map[string]string // of the standard library's own vendored packages
	DepOnly               bool
}

// surfaceOf gives the lines of one platform: of all packages of the module that somebody else may import.
func surfaceOf(t *testing.T, platform string) []string {
	checked := map[string]*types.Package{"unsafe": types.Unsafe}
	_, arch, _ := strings.Cut(platform, "/")
	var lines []string
	for _, p := range list(t, platform) { // what a package imports stands before it
		pkg, err := check(p, arch, checked)
		public := !p.DepOnly && p.Name != "main" && !strings.Contains(p.ImportPath, "/internal/")
		if err != nil && public {
			t.Fatalf("%s on %s: %v", p.ImportPath, platform, err)
		}
		checked[p.ImportPath] = pkg
		if public {
			lines = append(lines, surface(pkg)...)
		}
	}
	return lines
}

func list(t *testing.T, platform string) []listed {
	system, arch, _ := strings.Cut(platform, "/")
	command := exec.Command("go", "list", "-deps", "-json=ImportPath,Name,Dir,GoFiles,ImportMap,DepOnly", module+"/...")
	command.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []listed
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		switch err := decoder.Decode(&p); {
		case err == io.EOF:
			return packages
		case err != nil:
			t.Fatal(err)
		case p.ImportPath != "unsafe":
			packages = append(packages, p)
		}
	}
}

type imports struct {
	checked map[string]*types.Package
	renamed map[string]string
}

func (i imports) Import(path string) (*types.Package, error) {
	if renamed := i.renamed[path]; renamed != "" {
		path = renamed
	}
	return i.checked[path], nil
}

// check finds the types of what a package declares; what its functions do is passed over.
func check(p listed, arch string, checked map[string]*types.Package) (*types.Package, error) {
	fset := token.NewFileSet()
	files := make([]*ast.File, len(p.GoFiles))
	for i, name := range p.GoFiles {
		var err error
		if files[i], err = parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution); err != nil {
			return nil, err
		}
	}
	config := types.Config{
		Importer: imports{checked, p.ImportMap}, Sizes: types.SizesFor("gc", arch),
		IgnoreFuncBodies: true, FakeImportC: true,
	}
	return config.Check(p.ImportPath, fset, files, nil)
}
