package arrayfile

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview/buffer"
)

// A mapping that does not fit is an error, and so is a copy. It takes a process of its own, whose address space is small.
func TestMappingThatDoesNotFit(t *testing.T) {
	const (
		variable = "MEMORYVIEW_TEST_SMALL"
		space    = 1 << (30 + 3*(^uint(0)>>63)) // 1 GiB, or 8 GiB on 64-bit systems
		items    = space / 5                    // of 8 bytes
	)
	if path := os.Getenv(variable); path != "" {
		limit := unix.Rlimit{Cur: space, Max: space}
		if err := unix.Setrlimit(unix.RLIMIT_AS, &limit); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			opts    []Option
			is      error
			message string
		}{
			{nil, syscall.ENOMEM, "mapping it: cannot allocate memory: the address space (ulimit -v)"},
			{[]Option{Writable()}, syscall.ENOMEM, "release views, or raise the limit"},
			{[]Option{Reading()}, buffer.ErrLayout, "they do not fit into memory: map it, without the option Reading"},
		} {
			f, err := Open(path, test.opts...)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.View(""); !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.message) {
				t.Errorf("%v: does not say %s", err, test.message)
			}
		}
		return
	}
	path := filepath.Join(t.TempDir(), "large.npy")
	if err := os.WriteFile(path, npy(1, of("'<f8'", fmt.Sprintf("(%d,)", items)), 0), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 9*items); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestMappingThatDoesNotFit$")
	child.Env = append(os.Environ(), variable+"="+path)
	if output, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%.2000s", err, output)
	}
}

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
