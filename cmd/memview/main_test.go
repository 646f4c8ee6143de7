package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// result is what one run of the command does.
type result struct {
	code        int
	out, stderr string
}

func memview(args ...string) result {
	var out, stderr bytes.Buffer
	code := run(args, plainOutput(&out), &stderr)
	return result{code, out.String(), stderr.String()}
}

// terminalRun runs the command as on a terminal.
func terminalRun(width int, args ...string) result {
	var out, stderr bytes.Buffer
	terminal := plainOutput(&out)
	terminal.width, terminal.color = width, true
	code := run(args, terminal, &stderr)
	return result{code, out.String(), stderr.String()}
}

func TestGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"show-sample":         {},
		"show-sample-part":    {"[::50]"},
		"show-sample-field":   {"show", "--field", "petal", "[:3]"},
		"show-sample-one":     {"show", "[7]"},
		"show-photo":          {"show", "testdata/photo.npy[::16, ::16, 0]"},
		"show-photo-two":      {"show", "testdata/photo.npy", "::16, ::16, 0"},
		"show-events":         {"show", "testdata/events.npy"},
		"show-events-none":    {"show", "testdata/events.npy[:0]"},
		"show-events-all":     {"show", "--all", "testdata/events.npy[:70]"},
		"show-events-width":   {"show", "--width", "40", "testdata/events.npy[:3]"},
		"show-events-2d":      {"show", "testdata/events2d.npy[:2, :2]"},
		"show-events-json":    {"show", "--json", "testdata/events.npy[:3]"},
		"show-hostile":        {"show", "testdata/hostile.npy"},
		"show-specials-json":  {"show", "--json", "testdata/specials.npy"},
		"show-halves-json":    {"show", "--json", "testdata/halves.npy"},
		"show-complex-json":   {"show", "--json", "testdata/complex.npy"},
		"show-big-json":       {"show", "--json", "testdata/big.npy"},
		"show-hostile-json":   {"show", "--json", "testdata/hostile.npy"},
		"info-sample":         {"info"},
		"info-events":         {"info", "testdata/events.npy"},
		"info-events-json":    {"info", "--json", "testdata/events.npy"},
		"info-photo":          {"info", "testdata/photo.npy"},
		"info-floats":         {"info", "testdata/floats.npy"},
		"info-hostile":        {"info", "testdata/hostile.npy"},
		"stats-sample":        {"stats", "[:].petal"},
		"stats-photo":         {"stats", "testdata/photo.npy[..., 1]"},
		"stats-events":        {"stats", "testdata/events.npy"},
		"stats-quick":         {"stats", "--quick", "testdata/big.npy"},
		"stats-specials-json": {"stats", "--json", "testdata/specials.npy"},
		"stats-hostile-json":  {"stats", "--json", "testdata/hostile.npy"},
		"show-field-in-field": {"show", "testdata/events.npy[::20]", "--field", "at.lat"},
	} {
		t.Run(name, func(t *testing.T) {
			got := memview(args...)
			if got.code != exitOK || got.stderr != "" {
				t.Fatalf("%d, %s", got.code, got.stderr)
			}
			checkGolden(t, name, got.out)
		})
	}
}

// TestReadme holds the screens in the README to what the command prints.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	screens := strings.Split(string(readme), "```console\n$ memview ")[1:]
	if len(screens) == 0 {
		t.Fatal("the README shows no screen")
	}
	for _, screen := range screens {
		screen, _, _ = strings.Cut(screen, "```")
		command, want, _ := strings.Cut(screen, "\n")
		got := memview(strings.Fields(strings.ReplaceAll(command, "'", ""))...)
		if got.code != exitOK || got.out != want {
			t.Errorf("memview %s prints\n%swhere the README has\n%s", command, got.out, want)
		}
	}
}

func TestGoldenOnTerminals(t *testing.T) {
	for name, test := range map[string]struct {
		width int
		args  []string
	}{
		"terminal-60-sample":  {60, nil},
		"terminal-60-events":  {60, []string{"testdata/events.npy"}},
		"terminal-120-events": {120, []string{"testdata/events.npy"}},
		"terminal-60-wide":    {60, []string{"testdata/wide.npy"}},
		"terminal-40-photo":   {40, []string{"testdata/photo.npy[:3, :, 0]"}},
		"terminal-80-escape":  {80, []string{"testdata/escape.npy"}},
		"terminal-40-stats":   {40, []string{"stats", "--bins", "5", "testdata/photo.npy"}},
		"terminal-20-stats":   {20, []string{"stats", "--bins", "5", "testdata/floats.npy"}},
		"terminal-60-hostile": {60, []string{"stats", "testdata/hostile.npy"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := terminalRun(test.width, test.args...)
			if got.code != exitOK || got.stderr != "" {
				t.Fatalf("%d, %s", got.code, got.stderr)
			}
			checkGolden(t, name, got.out)
		})
	}
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What is printed is a line about the array, and what NumPy prints of it.
func TestShowIsNumPys(t *testing.T) {
	text, err := os.ReadFile("testdata/numpy.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		File, Slice, Text string
		Shape             []int
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) == 0 {
		t.Fatal(len(cases), err)
	}
	for _, test := range cases {
		name := "testdata/" + test.File + test.Slice
		got := memview("show", name)
		heading, rest, _ := strings.Cut(got.out, "\n")
		for strings.HasPrefix(rest, "note: ") {
			_, rest, _ = strings.Cut(rest, "\n")
		}
		if got.code != exitOK || rest != test.Text+"\n" {
			t.Errorf("%s: %d %s\n got %s\nwant %s", name, got.code, got.stderr, rest, test.Text)
		}
		if !strings.HasPrefix(heading, name+"  ") || !strings.Contains(heading, "  "+tuple(test.Shape)) {
			t.Errorf("heading %q", heading)
		}
	}
}

func TestFailures(t *testing.T) {
	for _, test := range []struct {
		args    []string
		code    int
		message string // all of it, but for the name and the end of line
	}{
		{[]string{"nosuch.npy"}, exitFailed, "nosuch.npy: file does not exist"},
		{[]string{"show", "testdata/photo"}, exitFailed, "testdata/photo: file does not exist: did you mean testdata/photo.npy?"},
		{[]string{"info", "testdata/photo"}, exitFailed, "testdata/photo: file does not exist: did you mean testdata/photo.npy?"},
		{[]string{"::2"}, exitFailed, "::2: file does not exist: a slice comes after the file, or in brackets for the sample: '[::2]'"},
		{[]string{"testdata/photo.npy[::2"}, exitFailed, "testdata/photo.npy[::2: file does not exist: FILE[SLICE] ends in ']' or in the name of a field, and is one argument, in quotes: 'photo.npy[::2, 0]'"},
		{[]string{"testdata/photo.npy[0]", "[1]"}, exitFailed, `"[0]" and "[1]" are two slices: give one`},
		{[]string{"testdata"}, exitFailed, "testdata: unknown kind of array file: it is a directory: name a file in it"},
		{[]string{"main.go"}, exitFailed, `main.go: unknown kind of array file: it begins with "// Comma": npy, npz, safetensors, wav, png and jpeg files are known by their beginning: write one of those, or give the format of a raw file`},
		{[]string{"--bogus"}, exitUsage, "unknown flag --bogus: memview --help says how"},
		{[]string{"show", "-1"}, exitUsage, "a slice that begins with '-' stands in brackets, as in '[-1]'"},
		{[]string{"show", "a", "b", "c"}, exitUsage, "unexpected argument c: memview --help says how"},
		{[]string{"show", "--width=-4"}, exitUsage, "show: --width=-4: lines have at least one character: memview --help says how"},
	} {
		got := memview(test.args...)
		want := "memview: " + strings.ReplaceAll(test.message, `\\x93`, `\x93`) + "\n"
		if got.code != test.code || got.stderr != want || got.out != "" {
			t.Errorf("%q: %d\n got %swant %s%s", test.args, got.code, got.stderr, want, got.out)
		}
	}
	// The engine's words may change, not what they tell.
	for _, test := range []struct {
		args  []string
		parts []string
	}{
		{[]string{"testdata/photo.npy[64]"}, []string{"index 64", "dimension 0", "64 items"}},
		{[]string{"testdata/photo.npy[0, 0, 0, 0]"}, []string{"4 indices", "shape is (64, 96, 3)"}},
		{[]string{"testdata/photo.npy[x]"}, []string{"offset 1", "Python's index syntax"}},
		{[]string{"testdata/escape.npy[0]"}, []string{"scalar"}},
		{[]string{"testdata/photo.npy", "--field", "x"}, []string{"no fields"}},
		{[]string{"--field", "sepal.size"}, []string{`"size"`, `"length", "width"`}},
	} {
		got := memview(test.args...)
		if got.code != exitFailed || strings.Count(got.stderr, "\n") != 1 || got.out != "" {
			t.Errorf("%q: %d, %s%s", test.args, got.code, got.stderr, got.out)
		}
		for _, part := range test.parts {
			if !strings.Contains(got.stderr, part) {
				t.Errorf("%q: %s does not say %s", test.args, got.stderr, part)
			}
		}
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"show", "--help"}, {"info", "--help"}, {"stats", "--help"}, {"layout", "--help"}, {"plot", "--help"}, {"diff", "--help"}} {
		if got := memview(args...); got.code != exitOK || !strings.Contains(got.out, "Usage: memview") || got.stderr != "" {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

// A file whose name has brackets is that file, and can be cut by brackets behind them.
func TestBracketsInNames(t *testing.T) {
	data, err := os.ReadFile("testdata/big.npy")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a[1]")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for arg, want := range map[string]string{path: "(2,)", path + "[:1]": "(1,) of (2,)"} {
		if got := memview(arg); got.code != exitOK || !strings.Contains(got.out, "int64  "+want+"\n") {
			t.Errorf("%s: %+v", arg, got)
		}
	}
}

// JSON of every array is JSON, and has the values that its shape says.
func TestJSONIsWhole(t *testing.T) {
	files, err := filepath.Glob("testdata/*.npy")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		got := memview("show", "--json", path)
		var whole struct {
			File   string
			Shape  []int
			Values any
		}
		if err := json.Unmarshal([]byte(got.out), &whole); err != nil || whole.File != path {
			t.Errorf("%s: %v\n%s%s", path, err, got.out, got.stderr)
		}
		values := whole.Values
		for d, extent := range whole.Shape {
			list, ok := values.([]any)
			if !ok || len(list) != extent {
				t.Fatalf("%s: %d items in dimension %d of %v", path, len(list), d, whole.Shape)
			}
			values = list[0]
		}
	}
}

// The file's name ends as late as there is such a file, and otherwise before the first colon that is no drive's.
func TestTargets(t *testing.T) {
	for _, test := range []struct {
		arg, rest, exists string
		want              target
	}{
		{"a.npz:x[0]", "", "a.npz", target{path: "a.npz", isNamed: true, inside: "x[0]"}},
		{"a.npz:x", "0", "a.npz", target{path: "a.npz", isNamed: true, inside: "x[0]"}},
		{"a.npz:x", "", "a.npz:x", target{path: "a.npz:x"}},
		{"a:b[1]:c[2]", "", "a:b[1]", target{path: "a:b[1]", isNamed: true, inside: "c[2]"}},
		{"a:b[1]:c[2]", "", "a", target{path: "a", isNamed: true, inside: "b[1]:c[2]"}},
		{`C:\a.npz:x[0]`, "", `C:\a.npz`, target{path: `C:\a.npz`, isNamed: true, inside: "x[0]"}},
		{`C:\a.npz:x`, "", "", target{path: `C:\a.npz`, isNamed: true, inside: "x"}},
		{"C:/a.npy[0]", "", "", target{path: "C:/a.npy", steps: "[0]"}},
		{"C:x", "", "", target{path: "C", isNamed: true, inside: "x"}},
		{"-:x", "", "", target{path: "-", isNamed: true, inside: "x"}},
		{"a.npy", ".at[0]", "a.npy", target{path: "a.npy", steps: ".at[0]"}},
	} {
		got, err := parseTarget(test.arg, test.rest, func(path string) bool { return path == test.exists })
		if err != nil || got != test.want {
			t.Errorf("%s %s, where %s exists: %+v, %v", test.arg, test.rest, test.exists, got, err)
		}
	}
}
