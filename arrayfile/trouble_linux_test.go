package arrayfile_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// write makes a file of that content.
func write(path, content string) string {
	check(os.WriteFile(path, []byte(content), 0o600))
	return path
}

// header is an npy file up to its data.
func header(descr, shape string) string {
	text := fmt.Sprintf("{'descr': %s, 'fortran_order': False, 'shape': %s}\n", descr, shape)
	return "\x93NUMPY\x01\x00" + string(binary.LittleEndian.AppendUint16(nil, uint16(len(text)))) + text
}

// Whatever stands under a name, opening it comes back with a view or an error, which names the file, on one line, and says what
// would work.
func TestOpenWhatIsNoArrayFile(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	check(unix.Mkfifo(in("pipe"), 0o600))
	socket := must(net.Listen("unix", in("socket")))
	defer socket.Close()
	check(os.Symlink("loop", in("loop")))
	check(os.Symlink("nowhere", in("dangling")))
	check(os.Symlink("pipe", in("linked")))
	check(os.Mkdir(in("folder\x1b[2J"), 0o700))
	files := len(listing(t, "/proc/self/fd"))
	for _, test := range []struct {
		path    string
		is      error
		message string
	}{
		{folder, arrayfile.ErrUnknown, "it is a directory: name a file in it"},
		{in("folder\x1b[2J"), arrayfile.ErrUnknown, `folder\x1b[2J": unknown kind of array file: it is a directory`},
		{in("pipe"), arrayfile.ErrUnknown, "it is a pipe, which waits for its writer: open it yourself"},
		{in("linked"), arrayfile.ErrUnknown, "it is a pipe"},
		{in("socket"), arrayfile.ErrUnknown, "it is a socket: connect to it yourself"},
		{"/dev/null", arrayfile.ErrUnknown, "it is a device: copy what is wanted of it"},
		{"/dev/zero", arrayfile.ErrUnknown, "it is a device"},
		{"/dev/full", arrayfile.ErrUnknown, "it is a device"},
		{"/proc/self/status", arrayfile.ErrUnknown, "of 0, as files in /proc: copy it into a file"},
		{write(in("empty"), ""), arrayfile.ErrUnknown, "the file is empty"},
		{in("loop"), syscall.ELOOP, "name the file itself"},
		{in("dangling"), fs.ErrNotExist, "dangling: opening it"},
		{in("none\nwhere"), fs.ErrNotExist, `none\nwhere": opening it`},
		{in("nul\x00byte"), syscall.EINVAL, `nul\x00byte": opening it: invalid argument: a name cannot hold a NUL byte`},
		{in("under.npy/file"), fs.ErrNotExist, "under.npy/file: "},
		{write(in("file"), "text") + "/below", syscall.ENOTDIR, "file/below: opening it: not a directory"},
		{in(strings.Repeat("x", 256)), syscall.ENAMETOOLONG, "give a shorter name"},
		{write(in("exbi"), header("'<f8'", fmt.Sprintf("(%d,)", math.MaxInt/8+1))), buffer.ErrLayout, "larger than the address space"},
		{write(in("almost"), header("'|u1'", fmt.Sprintf("(%d,)", math.MaxInt))), arrayfile.ErrTruncated, fmt.Sprintf("needs %d bytes of data, 0 follow", math.MaxInt)},
		{write(in("product"), header("'<f8'", "(65536, 65536, 65536, 65536)")), buffer.ErrLayout, "larger than the address space"},
		{write(in("beyond"), header("'<f8'", "(1,)")[:40]), arrayfile.ErrTruncated, "the header takes 56 bytes, 30 are left"},
		{write(in("new\nline"), header("'<f8'", "(1,)")), arrayfile.ErrTruncated, `new\nline": invalid header`},
	} {
		f, err := arrayfile.Open(test.path)
		if f != nil || !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.message) {
			t.Errorf("%q: %v: does not say %q", test.path, err, test.message)
		}
		if strings.ContainsAny(fmt.Sprint(err), "\n\x1b\x00") || !strings.HasPrefix(strings.TrimPrefix(fmt.Sprint(err), `"`), test.path[:4]) {
			t.Errorf("%q is not one line that begins with the name", err)
		}
		if f, err := arrayfile.Open(test.path, arrayfile.Writable()); f != nil || err == nil {
			t.Errorf("%q, for writing: %v", test.path, err)
		}
	}
	if n := len(listing(t, "/proc/self/fd")); n != files {
		t.Errorf("%d files are open, %d were", n, files)
	}
	// The size of a file that is raw is all there is to go by.
	for _, path := range []string{"/proc/self/status", "/proc/self/pagemap", "/proc/self/mem"} {
		if _, err := arrayfile.Open(path, arrayfile.Raw("B")); !errors.Is(err, arrayfile.ErrUnknown) {
			t.Error(err)
		}
	}
	f := open(t, in("empty"), arrayfile.Raw("<d"))
	if v := must(f.View("")); v.NBytes() != 0 {
		t.Errorf("%v", v)
	}
}

func TestPermissions(t *testing.T) {
	folder := t.TempDir()
	locked, readOnly := filepath.Join(folder, "locked"), filepath.Join(folder, "readonly")
	write(locked, "12345678")
	write(readOnly, "12345678")
	check(errors.Join(os.Chmod(locked, 0), os.Chmod(readOnly, 0o400)))
	closed := filepath.Join(folder, "closed")
	check(os.Mkdir(closed, 0o500))
	raw := arrayfile.Raw("B")
	unprivileged(t, func() {
		for _, test := range []struct {
			do      func() (*arrayfile.File, error)
			message string
		}{
			{func() (*arrayfile.File, error) { return arrayfile.Open(locked, raw) }, "locked: opening it: permission denied: ask for the permission to read it"},
			{func() (*arrayfile.File, error) { return arrayfile.Open(locked, raw, arrayfile.Writable()) }, "locked: opening it for writing: permission denied"},
			{func() (*arrayfile.File, error) { return arrayfile.Open(readOnly, raw, arrayfile.Writable()) }, "readonly: opening it for writing: permission denied: open it without Writable"},
			{func() (*arrayfile.File, error) {
				return arrayfile.Create(filepath.Join(closed, "a.npy"), buffer.Layout{Shape: []int{3}})
			}, "a.npy: making a file beside it: permission denied: name a folder in which files may be made"},
		} {
			f, err := test.do()
			if f != nil || !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), test.message) {
				t.Errorf("%v, not %s", err, test.message)
			}
		}
		f, err := arrayfile.Open(readOnly, raw)
		if err != nil {
			t.Error(err)
			return
		}
		v := must(f.View(""))
		if err := v.Set(1, 0); !errors.Is(err, buffer.ErrReadOnly) {
			t.Errorf("a write to a file that was opened for reading: %v", err)
		}
		check(errors.Join(v.Release(), f.Close()))
	})
}

// A pipe that takes the place of a file while it is opened does not hold anybody up.
func TestReplacedByAPipeWhileOpened(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	write(path, "12345678")
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		spare := filepath.Join(folder, "spare")
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if i%2 == 0 {
				check(unix.Mkfifo(spare, 0o600))
			} else {
				write(spare, "12345678")
			}
			check(os.Rename(spare, path))
		}
	}()
	for range 3000 {
		f, err := arrayfile.Open(path, arrayfile.Raw("B"))
		switch {
		case err == nil:
			if f.Size() != 8 {
				t.Errorf("%d bytes", f.Size())
			}
			check(f.Close())
		case !errors.Is(err, arrayfile.ErrUnknown):
			t.Fatal(err)
		}
	}
	close(stop)
	<-stopped
}

// A view stays what it was when the file is deleted, when another one takes its name, and when it grows.
func TestFileThatIsReplaced(t *testing.T) {
	path := write(filepath.Join(t.TempDir(), "file"), "before")
	f := open(t, path, arrayfile.Raw("B"))
	v := must(f.View(""))
	defer v.Release()
	see := func(what string) {
		t.Helper()
		w := must(f.View(""))
		defer w.Release()
		if got := [2]string{string(must(v.ToBytes(buffer.C))), string(must(w.ToBytes(buffer.C)))}; got != [2]string{"before", "before"} {
			t.Errorf("%s: %q", what, got)
		}
	}
	other := must(os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0))
	defer other.Close()
	must(other.WriteString(" and more"))
	see("a file that grew")
	if g := open(t, path, arrayfile.Raw("B")); g.Size() != int64(len("before and more")) {
		t.Errorf("opened again: %d bytes", g.Size())
	}
	check(os.Rename(write(path+".new", "after"), path))
	see("a file that was replaced")
	check(os.Remove(path))
	see("a file that is deleted")
}

// The error of a lost byte says where in the file it was, wherever the array begins, what happened to the file, and what
// would work. Bytes of the last page that is left are zeros.
func TestFaultOfAFileCutShort(t *testing.T) {
	page := os.Getpagesize()
	path := filepath.Join(t.TempDir(), "file")
	for _, offset := range []int{0, 128, page - 1, page, 3*page + 77} {
		for _, opts := range [][]arrayfile.Option{nil, {arrayfile.Writable()}} {
			write(path, strings.Repeat("x", 9*page))
			f := open(t, path, append(opts, arrayfile.Raw("B"), arrayfile.Offset(int64(offset)))...)
			v := must(f.View(""))
			left := 5*page + 10
			check(os.Truncate(path, int64(left)))
			if last := must(v.At(left - offset - 1)); last != byte('x') {
				t.Errorf("the last byte is %v", last)
			}
			if beyond := must(v.At(left - offset)); beyond != byte(0) {
				t.Errorf("the byte behind it is %v", beyond)
			}
			for _, at := range []int{6 * page, 9*page - 1} {
				_, err := v.At(at - offset)
				want := fmt.Sprintf("%s: byte %d is gone: %v: it had %d bytes when it was opened, and has %d now: open it again",
					path, at, arrayfile.ErrTruncated, 9*page, left)
				if !errors.Is(err, buffer.ErrFault) || !errors.Is(err, arrayfile.ErrTruncated) || err.Error() != "memory fault: "+want {
					t.Errorf("%v\nnot %s", err, want)
				}
			}
			if _, err := v.ToList(); !strings.Contains(fmt.Sprint(err), fmt.Sprintf("byte %d is gone", 6*page)) {
				t.Error(err)
			}
			if _, err := f.View(""); !errors.Is(err, arrayfile.ErrTruncated) {
				t.Errorf("a view of what is gone: %v", err)
			}
			check(f.Close())
			if _, err := v.At(-1); !errors.Is(err, buffer.ErrFault) || !strings.Contains(err.Error(), fmt.Sprintf("%s: byte %d could not be reached", path, 9*page-1)) {
				t.Errorf("a closed file: %v", err)
			}
			check(v.Release())
		}
	}
}

// A write through a slice of a read-only file, which a Guard or an Access makes an error, is not called a file cut short.
func TestFaultThatIsNoCut(t *testing.T) {
	path := write(filepath.Join(t.TempDir(), "file"), "12345678")
	f := open(t, path, arrayfile.Raw("B"))
	v := must(f.View(""))
	defer v.Release()
	mem := must(v.Bytes())
	err := v.Buffer().Access(func(unsafe.Pointer) error { mem[5] = 'x'; return nil })
	if !errors.Is(err, buffer.ErrFault) || errors.Is(err, arrayfile.ErrTruncated) || !strings.Contains(err.Error(), path+": byte 5, which the file has") {
		t.Error(err)
	}
}

// As many files are opened as a process may have, and many more views are had.
func TestManyFiles(t *testing.T) {
	inChild(t, nil, func() {
		path := write(filepath.Join(t.TempDir(), "file"), "12345678")
		limit(t, unix.RLIMIT_NOFILE, 64)
		var views []*memoryview.View
		for range 1000 {
			f := must(arrayfile.Open(path, arrayfile.Raw("B")))
			views = append(views, must(f.View("")))
			check(f.Close())
		}
		for _, v := range views {
			if string(must(v.ToBytes(buffer.C))) != "12345678" {
				t.Fatal("a view does not outlive its file")
			}
		}
		var files []*arrayfile.File
		var err error
		for err == nil {
			var f *arrayfile.File
			if f, err = arrayfile.Open(path, arrayfile.Raw("B")); err == nil {
				files = append(files, f)
			}
		}
		_, createErr := arrayfile.Create(path+".npy", buffer.Layout{Shape: []int{3}})
		for _, err := range []error{err, createErr} {
			if !errors.Is(err, syscall.EMFILE) || !strings.Contains(err.Error(), "close some (views outlive their File), or raise the limit (ulimit -n)") {
				t.Error(err)
			}
		}
		for _, f := range files {
			check(f.Close())
		}
		check(must(arrayfile.Open(path, arrayfile.Raw("B"))).Close())
	})
}

// As many mappings are made as the system has for a process. The next view is an error, and there are more when some are released.
func TestTooManyMappings(t *testing.T) {
	text := string(must(os.ReadFile("/proc/sys/vm/max_map_count")))
	if most := must(strconv.Atoi(strings.TrimSpace(text))); most > 200_000 {
		t.Skipf("platform: %d mappings are too many to use them up", most)
	}
	inChild(t, nil, func() {
		f := must(arrayfile.Open(write(filepath.Join(t.TempDir(), "file"), "12345678"), arrayfile.Raw("B")))
		defer f.Close()
		// Most are used up without Go's heap: while it grows, its runtime may be the one who asks for the mapping too many, and ends the process.
		debug.SetGCPercent(-1)
		taken := make([]unsafe.Pointer, 0, 200_000)
		var views []*memoryview.View
		var err error
		for err == nil {
			var p unsafe.Pointer
			protection := unix.PROT_READ * (len(taken) % 2) // the system joins neighbours that are alike
			if p, err = unix.MmapPtr(-1, 0, nil, 1, protection, unix.MAP_PRIVATE|unix.MAP_ANON); err == nil {
				taken = append(taken, p)
			}
		}
		for _, p := range taken[len(taken)-100:] {
			check(unix.MunmapPtr(p, 1))
		}
		for err = nil; err == nil; {
			var v *memoryview.View
			if v, err = f.View(""); err == nil {
				views = append(views, v)
			}
		}
		for _, v := range views {
			check(v.Release())
		}
		if !errors.Is(err, syscall.ENOMEM) || !strings.Contains(err.Error(), "(vm.max_map_count) is used up: release views") {
			t.Errorf("after %d views: %v", len(views), err)
		}
		check(must(f.View("")).Release())
	})
}

// A file of a tebibyte is opened, and read where it is looked at.
func TestTebibyte(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("platform: an address space of 32 bits")
	}
	const size = math.MaxInt>>23 + 1 // 1 TiB
	path := write(filepath.Join(t.TempDir(), "file"), header("'|u1'", fmt.Sprintf("(%d,)", size-1024)))
	check(os.Truncate(path, size))
	f := open(t, path)
	v := must(f.View(""))
	defer v.Release()
	if last := must(v.At(-1)); last != byte(0) || v.NBytes() != size-1024 {
		t.Errorf("%v of %d bytes", last, v.NBytes())
	}
	if n := must(must(v.Select("::200000000000")).Count(0)); n != 6 {
		t.Errorf("%d zeros", n)
	}
	if _, err := v.ToList(); !errors.Is(err, buffer.ErrLayout) {
		t.Errorf("a list of it: %v", err)
	}
}
