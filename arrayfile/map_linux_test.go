package arrayfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The mapping is given back when the last of its views is released.
func TestMappingIsGivenBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "unmistakable.npy")
	if err := os.WriteFile(path, npy(1, of("'|u1'", "(3,)"), 3), 0o600); err != nil {
		t.Fatal(err)
	}
	mapped := func() int {
		maps, err := os.ReadFile("/proc/self/maps")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(maps), "unmistakable.npy")
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.View("")
	if err != nil {
		t.Fatal(err)
	}
	w, err := v.Slice(1, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	for _, step := range []struct {
		name   string
		end    func() error
		remain int
	}{
		{"all are there", func() error { return nil }, 1}, {"one is left", v.Release, 1}, {"none is left", w.Release, 0},
	} {
		if err := step.end(); err != nil || mapped() != step.remain {
			t.Errorf("%s: %d mappings, %v", step.name, mapped(), err)
		}
	}
}
