package arrayfile_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

func row(n int) buffer.Layout { return buffer.Layout{Format: "B", Shape: []int{n}} }

// refused asks for a new file in place of an old one. It is refused, the old one is untouched, and nothing lies beside it.
func refused(t *testing.T, folder string, n int, is error, message string, opts ...arrayfile.CreateOption) {
	t.Helper()
	path := filepath.Join(folder, "old")
	write(path, "the old one")
	defer os.Remove(path)
	f, err := arrayfile.Create(path, row(n), opts...)
	if f != nil || !errors.Is(err, is) || !strings.Contains(err.Error(), message) || !strings.HasPrefix(err.Error(), path) {
		t.Errorf("%d bytes: %v", n, err)
	}
	if content := must(os.ReadFile(path)); string(content) != "the old one" || len(listing(t, folder)) != 1 {
		t.Errorf("%q is left in %q", content, listing(t, folder))
	}
}

// A file that the disk has no room for is refused when it is made.
func TestNoRoomOnTheDisk(t *testing.T) {
	folder, err := os.MkdirTemp("/dev/shm", "memoryview-test-") // in memory, of a size that is checked before room is taken
	if err != nil {
		t.Skipf("platform: %v", err)
	}
	defer os.RemoveAll(folder)
	var stat unix.Statfs_t
	check(unix.Statfs(folder, &stat))
	whole := stat.Blocks * uint64(stat.Bsize)
	if stat.Type != unix.TMPFS_MAGIC || whole == 0 || whole > math.MaxInt {
		t.Skipf("platform: /dev/shm is of kind %#x, and has %d bytes", stat.Type, whole)
	}
	refused(t, folder, int(whole), syscall.ENOSPC, "making a file beside it: no space left on device: free some room, or name a folder on another disk")
}

// On a disk that is full, a file whose room was taken is written to its end; a sparse one, and the holes in one that
// was there, are an error where there is no room, and the process lives.
func TestFaultOfAFullDisk(t *testing.T) {
	attr := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS, // where everybody may mount a disk
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	inChild(t, attr, func() {
		folder := t.TempDir()
		check(unix.Mount("none", folder, "tmpfs", 0, "size=1m"))
		defer unix.Unmount(folder, unix.MNT_DETACH)
		in := func(name string) string { return filepath.Join(folder, name) }
		refused(t, folder, 2<<20, syscall.ENOSPC, "free some room")

		reserved, v := create(t, in("reserved"), row(256<<10))
		sparse, w := create(t, in("sparse"), row(256<<10), arrayfile.Sparse())
		check(os.WriteFile(in("holes"), nil, 0o600))
		check(os.Truncate(in("holes"), 256<<10))
		holes := open(t, in("holes"), arrayfile.Raw("B"), arrayfile.Writable())
		h := must(holes.View(""))
		defer h.Release()
		if err := os.WriteFile(in("filler"), make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}

		check(v.CopyFrom(7))
		check(reserved.Commit())
		if content := must(os.ReadFile(in("reserved"))); bytes.Count(content, []byte{7}) < 256<<10 {
			t.Error("what was reserved is not written")
		}
		for _, err := range []error{w.CopyFrom(7), h.CopyFrom(7)} {
			if !errors.Is(err, buffer.ErrFault) || !strings.Contains(err.Error(), "which the file has, could not be reached: is the disk full or damaged? free some room") {
				t.Error(err)
			}
		}
		check(os.Remove(in("filler")))
		check(errors.Join(w.CopyFrom(8), h.CopyFrom(8), sparse.Commit(), holes.Flush()))
		if content := must(os.ReadFile(in("holes"))); bytes.Count(content, []byte{8}) != 256<<10 {
			t.Error("there is room again, and it is not written")
		}
	})
}

// A limit on the size of files is an error, and not the end of the process; so is what no file can have.
func TestLimitOfFileSizes(t *testing.T) {
	inChild(t, nil, func() {
		folder := t.TempDir()
		limit(t, unix.RLIMIT_FSIZE, 1<<20)
		const message = "file too large: the disk's format or a limit (ulimit -f) has no files so large"
		refused(t, folder, 1<<20, syscall.EFBIG, message)
		refused(t, folder, 1<<20, syscall.EFBIG, message, arrayfile.Sparse())
		f, _ := create(t, filepath.Join(folder, "fits"), row(1<<20-128))
		check(f.Commit())
	})
	if math.MaxInt > math.MaxInt32 {
		refused(t, t.TempDir(), math.MaxInt, syscall.EFBIG, "making a file beside it: file too large", arrayfile.Sparse())
	}
}

// Names may be as long as the system has them.
func TestCreateWithALongName(t *testing.T) {
	for _, name := range []string{strings.Repeat("x", 255), strings.Repeat("日", 85), "new\nline"} {
		folder := t.TempDir()
		f, v := create(t, filepath.Join(folder, name), row(3))
		check(errors.Join(v.Release(), f.Commit(), f.Close()))
		if names := listing(t, folder); !slices.Equal(names, []string{name}) {
			t.Errorf("%q", names)
		}
	}
	_, err := arrayfile.Create(filepath.Join(t.TempDir(), strings.Repeat("x", 256)), row(3))
	if !errors.Is(err, syscall.ENAMETOOLONG) || !strings.Contains(err.Error(), "give a shorter name") {
		t.Error(err)
	}
	_, err = arrayfile.Create(filepath.Join(t.TempDir(), "none", "file"), row(3))
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "none/file: making a file beside it: no such file or directory: make its folder first") {
		t.Error(err)
	}
}

// A process that makes one file after the other, and is killed at any time, leaves the last one whole.
func TestKilledWhileCreating(t *testing.T) {
	const variable, n = "MEMORYVIEW_TEST_KILLED", 32 << 10
	fill := func(path string, k float64) {
		f := must(arrayfile.Create(path, buffer.Layout{Format: "<d", Shape: []int{n}}))
		v := must(f.View(""))
		check(errors.Join(v.CopyFrom(k), v.Release(), f.Commit(), f.Close()))
	}
	if path := os.Getenv(variable); path != "" {
		fmt.Println("started")
		for k := 1; ; k++ {
			fill(path, float64(k))
		}
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "file.npy")
	fill(path, 0)
	rounds := 15
	if os.Getenv("MEMORYVIEW_SOAK") != "" {
		rounds = 300 // each a process, which takes its time to start under the race detector
	}
	for range rounds {
		child := exec.Command(os.Args[0], "-test.run=^TestKilledWhileCreating$")
		child.Env = append(os.Environ(), variable+"="+path)
		out := must(child.StdoutPipe())
		check(child.Start())
		must(bufio.NewReader(io.LimitReader(out, 100)).ReadString('\n'))
		time.Sleep(time.Duration(rand.IntN(30_000)) * time.Microsecond)
		check(child.Process.Kill())
		_ = child.Wait()
		v := must(open(t, path).View(""))
		if same := must(v.Count(must(v.At(0)))); same != n {
			t.Fatalf("%d of %d items are of the last file", same, n)
		}
		check(v.Release())
	}
	for _, name := range listing(t, folder) {
		if name != "file.npy" && !(strings.HasPrefix(name, ".file.npy.") && strings.HasSuffix(name, ".tmp")) {
			t.Errorf("%q is left", name)
		}
	}
}
