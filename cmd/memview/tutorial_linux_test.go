//go:build !static

package main

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-memoryview/memoryview/shm"
)

const tutorialPath = "../../docs/TUTORIAL.md"

var (
	fenced  = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")
	prompts = regexp.MustCompile(`(?m)^\$ .*\n`)
)

// TestTutorialWithPython does what the tutorial says: saves its programs, runs its commands, and compares all that is printed.
func TestTutorialWithPython(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python")
	}
	folder := tutorialFolder(t)
	t.Setenv("PATH", filepath.Dir(python)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Setenv("PYTHON", python)
	t.Setenv("GOWORK", "off")

	// The segment gets a name that no other run has, and is as long.
	const segment = "heartbeat"
	mine := strings.ToLower(rand.Text()[:len(segment)])
	t.Cleanup(func() { _ = shm.Remove(mine) })

	page := string(must(os.ReadFile(tutorialPath)))
	got := fenced.ReplaceAllStringFunc(page, func(block string) string {
		parts := fenced.FindStringSubmatch(block)
		language, text := parts[1], parts[2]
		if language != "console" {
			// The first line is a comment with the file's name.
			name := strings.Trim(strings.SplitN(text, "\n", 2)[0], "/# ")
			write(t, filepath.Join(folder, name), []byte(text))
			return block
		}
		var screen strings.Builder
		for _, prompt := range prompts.FindAllString(text, -1) {
			command := exec.Command("sh", "-c", strings.ReplaceAll(prompt[2:], segment, mine))
			command.Dir = folder
			printed, _ := command.CombinedOutput() // diff answers 1; what fails says so
			screen.WriteString(prompt + strings.ReplaceAll(string(printed), mine, segment))
		}
		return "```console\n" + screen.String() + "```"
	})
	if *update {
		write(t, tutorialPath, []byte(got))
	} else if difference := cmp.Diff(page, got); difference != "" {
		t.Errorf("what is run prints something else (+) than the tutorial has (-):\n%s", difference)
	}
}

// tutorialFolder has what a reader begins with: a module that takes this one, the file, and Python for segments.
func tutorialFolder(t *testing.T) string {
	folder := t.TempDir()
	root := must(filepath.Abs("../.."))
	module := string(must(os.ReadFile(filepath.Join(root, "go.mod"))))
	module = strings.Replace(module, "module github.com/go-memoryview/memoryview", "module tutorial", 1) +
		"\nrequire github.com/go-memoryview/memoryview v0.0.0\n\nreplace github.com/go-memoryview/memoryview => " + root + "\n"

	var python strings.Builder
	for _, block := range fenced.FindAllStringSubmatch(string(must(os.ReadFile(filepath.Join(root, "docs/SHM.md")))), -1) {
		if block[1] == "python" {
			python.WriteString(block[2])
		}
	}
	for name, text := range map[string]string{
		"go.mod":    module,
		"go.sum":    string(must(os.ReadFile(filepath.Join(root, "go.sum")))),
		"heart.npy": string(must(os.ReadFile(filepath.Join(root, "docs/gallery/testdata/heart.npy")))),
		"shared.py": python.String(),
	} {
		write(t, filepath.Join(folder, name), []byte(text))
	}
	return folder
}
