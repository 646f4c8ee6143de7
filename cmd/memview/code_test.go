package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/buffer"
)

// codeCase is a part, and what its code must bring.
type codeCase struct {
	raw               rawFlags
	name, array, part string
	code              code
	want              string // shape and bytes
}

// codeCases are parts of files of every kind.
func codeCases(t *testing.T) (cases []codeCase) {
	for _, c := range []codeCase{
		{name: "testdata/photo.npy", part: "[::-2, 3:9, 0]"},
		{name: "testdata/photo.npy", part: "[..., 1][5]"},
		{name: "testdata/events.npy"},
		{name: "testdata/events.npy", part: "[3:9].at.lat[::2]"},
		{name: "testdata/events.npy", part: "[:].hits[:, 0]"},
		{name: "testdata/floats.npy", part: "[1]"},
		{name: "testdata/hostile.npy", part: ".text"},
		{name: "../../arrayfile/testdata/many.npz", array: "layer/0/records", part: "[0]"},
		{name: "../../arrayfile/testdata/many.npz", array: "fortran", part: "[:, 1]"},
		{name: "../../arrayfile/testdata/types.safetensors", array: "plain.float32", part: "[::-1]"},
		{name: "../../arrayfile/testdata/pcm16.wav", part: "[1:, 0]"},
		{name: "../../arrayfile/testdata/gray.png", part: "[::2]"},
		{name: "testdata/photo.npy", raw: rawFlags{Format: ">H", Shape: []int{4, 5}, Offset: 131, Order: "F"}, part: "[1:, ::2]"},
		{name: "testdata/photo.npy", raw: rawFlags{Format: "T{<H:a:x>f:it's \"b\":}", Offset: 129}, part: "[1:9].it's \"b\""},
	} {
		files, err := openShelf([]string{c.name}, c.raw)
		if err != nil {
			t.Fatal(err)
		}
		a := newAPI(files)
		if c.array != "" {
			if _, err := files.files[0].Array(c.array); err != nil {
				t.Fatal(err)
			}
		}
		s, err := a.part(&params{Values: map[string][]string{"array": {c.array}, "slice": {c.part}}})
		if err != nil {
			t.Fatal(err)
		}
		data, err := s.part.ToBytes(buffer.C)
		if err != nil {
			t.Fatal(err)
		}
		c.code, c.want = codeOf(s, c.raw), fmt.Sprintf("%v %s", s.part.Shape(), hex.EncodeToString(data))
		s.Close()
		files.Close()
		cases = append(cases, c)
	}
	return cases
}

func compareCode(t *testing.T, output string, cases []codeCase) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if len(lines) != len(cases) {
		t.Fatalf("%d lines for %d cases: %s", len(lines), len(cases), output)
	}
	for i, c := range cases {
		if lines[i] != c.want {
			t.Errorf("%s%s gives\n%.200s, want\n%.200s", c.name, c.part, lines[i], c.want)
		}
	}
}

// What Python opens by the line for it is the same part, byte for byte.
func TestPythonCode(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python with NumPy")
	}
	cases := codeCases(t)
	var script strings.Builder
	script.WriteString("import numpy\n")
	for _, c := range cases {
		if c.code.Python == "" {
			t.Fatalf("%s%s has no line for Python", c.name, c.part)
		}
		fmt.Fprintf(&script, "%s\nprint('[' + ' '.join(map(str, numpy.shape(a))) + ']', a.tobytes().hex())\n", c.code.Python)
	}
	command := exec.Command(python, "-c", script.String())
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v:\n%s", err, script.String())
	}
	compareCode(t, string(out), cases)
}

// And so is what Go opens.
func TestGoCode(t *testing.T) {
	cases := codeCases(t)
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var program strings.Builder
	program.WriteString("package main\n\nimport (\n\"fmt\"\n\"github.com/go-memoryview/memoryview/arrayfile\"\n\"github.com/go-memoryview/memoryview/buffer\"\n)\n\nfunc main() {\n")
	for _, c := range cases {
		fmt.Fprintf(&program, "{\n%s\ndata, err := v.ToBytes(buffer.C)\nfmt.Printf(\"%%v %%x\\n\", v.Shape(), data)\n_ = err\n}\n", c.code.Go)
	}
	program.WriteString("}\n")
	folder := t.TempDir()
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"main.go": program.String(),
		"go.sum":  string(sums),
		"go.mod":  "module opened\n\ngo 1.26.0\n\nrequire github.com/go-memoryview/memoryview v0.0.0\n\nreplace github.com/go-memoryview/memoryview => " + here + "\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-mod=mod", "-o", "opened", ".")
	build.Dir = folder
	build.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GOWORK=off", "GOARCH=", "GOOS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s\n%s", err, out, program.String())
	}
	out, err := exec.Command(filepath.Join(folder, "opened")).Output()
	if err != nil {
		t.Fatal(err)
	}
	compareCode(t, string(out), cases)
}

// What there is no file of has no code, and names are quoted as a shell wants it.
func TestCodeOfOtherFiles(t *testing.T) {
	files, err := openShelf(nil, rawFlags{})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	s, err := newAPI(files).part(&params{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := codeOf(s, rawFlags{}); got != (code{}) {
		t.Errorf("the sample is opened by %+v", got)
	}
	s.path = "it's.npy"
	if got := codeOf(s, rawFlags{Format: "<f", Shape: []int{2, 3}, Offset: 4, Order: "F"}).Shell; got != `memview show --format '<f' --shape 2,3 --offset 4 --order F 'it'\''s.npy'` {
		t.Error(got)
	}
}
