package memoryview_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// namedTest is a test in SAFETY.md: a folder, none for the root, and the function. Or a file that holds tests, or runs them.
var namedTest = regexp.MustCompile("`((?:[a-z0-9/]+/)?(?:Test|Fuzz)[A-Za-z0-9]+|(?:python|scripts)/[a-z0-9_./-]+)`")

// TestSafetyDocument looks for every test that SAFETY.md names, and for one in every promise.
func TestSafetyDocument(t *testing.T) {
	text, err := os.ReadFile("SAFETY.md")
	if err != nil {
		t.Fatal(err)
	}
	promises := 0
	for line := range strings.Lines(string(text)) {
		tests := namedTest.FindAllStringSubmatch(line, -1)
		for _, name := range tests {
			if err := findTest(name[1]); err != nil {
				t.Error(err)
			}
		}
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| Promise ") {
			promises++
			if len(tests) == 0 {
				t.Errorf("no test holds this promise: %s", line)
			}
		}
	}
	if promises < 30 {
		t.Errorf("%d promises: are the tables read as they are written?", promises)
	}
}

// findTest fails where there is no such test function, or file.
func findTest(name string) error {
	folder, function := path.Split(name)
	if !strings.HasPrefix(function, "Test") && !strings.HasPrefix(function, "Fuzz") {
		_, err := os.Stat(name)
		return err
	}
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		return err
	}
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if strings.Contains(string(code), "\nfunc "+function+"(") {
			return nil
		}
	}
	return fmt.Errorf("SAFETY.md names %s, which is in none of %d files", name, len(files))
}
