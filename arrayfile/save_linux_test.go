package arrayfile_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

// A file of any size is converted in the memory of a few pieces.
func TestSaveTakesNoMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "zeros")
	check(os.WriteFile(path, nil, 0o600))
	const size = 256 << 20
	check(os.Truncate(path, size))
	v := must(open(t, path, arrayfile.Raw("<f", 1<<13, size/4>>13)).View(""))
	defer v.Release()
	for _, test := range []struct {
		kind  string
		order buffer.Order
		most  uint64
	}{{"npy", buffer.C, 8 << 20}, {"npz", buffer.C, 8 << 20}, {"safetensors", 0, 8 << 20}, {"npy", buffer.F, 128 << 20}} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		check(arrayfile.Write(io.Discard, []arrayfile.Named{{Name: "x", Value: v, Format: "<d", Order: test.order}}, arrayfile.As(test.kind)))
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > test.most {
			t.Errorf("%s in order %c: %d bytes of memory for %d", test.kind, test.order, took, size)
		}
	}
}

// A process that is killed in the middle leaves the file that was there, and nothing else.
func TestKilledWhileSaving(t *testing.T) {
	const variable = "MEMORYVIEW_TEST_KILLED_SAVING"
	if path := os.Getenv(variable); path != "" {
		err := arrayfile.Save(path, make([]int64, 1<<20), arrayfile.Watched(func(done, total int64) error {
			if done > total/2 {
				fmt.Println("half")
				select {} // until it is killed
			}
			return nil
		}))
		panic(err)
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "x.npy")
	check(arrayfile.Save(path, []int64{1, 2, 3}))
	before := must(os.ReadFile(path))
	for range 3 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilledWhileSaving$")
		child.Env = append(os.Environ(), variable+"="+path)
		out := must(child.StdoutPipe())
		check(child.Start())
		if line := must(bufio.NewReader(out).ReadString('\n')); line != "half\n" {
			t.Fatal(line)
		}
		check(child.Process.Kill())
		_ = child.Wait()
		if names := listing(t, folder); !slices.Equal(names, []string{"x.npy"}) || !slices.Equal(before, must(os.ReadFile(path))) {
			t.Errorf("%q", names)
		}
	}
}

// A full disk leaves the file that was there, and nothing else.
func TestSaveOnAFullDisk(t *testing.T) {
	attr := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	inChild(t, attr, func() {
		folder := t.TempDir()
		check(unix.Mount("none", folder, "tmpfs", 0, "size=1m"))
		defer unix.Unmount(folder, unix.MNT_DETACH)
		path := filepath.Join(folder, "x.npy")
		check(arrayfile.Save(path, []int64{1, 2, 3}))
		err := arrayfile.Save(path, make([]byte, 2<<20))
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "x.npy: writing it: no space left on device: free some room") {
			t.Error(err)
		}
		if names := listing(t, folder); !slices.Equal(names, []string{"x.npy"}) || must(must(open(t, path).View("")).Len()) != 3 {
			t.Errorf("%q", names)
		}
		check(arrayfile.Save(path, make([]byte, 900<<10)))
	})
}
