package shm_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
	"github.com/go-memoryview/memoryview/shm"
)

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

const prefix = "memoryview-test-"

// unused is a name that nobody has. Whoever has it when the test ends loses it.
func unused(t testing.TB) string {
	name := prefix + rand.Text()
	t.Cleanup(func() { _ = shm.Remove(name) })
	return name
}

func path(name string) string { return must(shm.Path(name)) }

func content(name string) string { return string(must(os.ReadFile(path(name)))) }

func row(n int) buffer.Layout { return buffer.Layout{Format: "<i", Shape: []int{n}} }

// published is a segment of numbers, all the same.
func published(t testing.TB, n int, value any) *shm.Segment {
	s := must(shm.Create(unused(t), row(n)))
	v := must(s.View())
	check(errors.Join(v.CopyFrom(value), v.Release(), s.Publish()))
	return s
}

func TestExporters(t *testing.T) {
	for name, make := range map[string]func(t *testing.T) *shm.Segment{
		"created": func(t *testing.T) *shm.Segment { return must(shm.Create("", row(12))) },
		"created bare, in F order": func(t *testing.T) *shm.Segment {
			return must(shm.CreateBare("", buffer.Layout{ItemSize: 2, Format: "h", Shape: []int{3, 4}, Strides: []int{2, 6}}))
		},
		"attached": func(t *testing.T) *shm.Segment {
			return must(shm.Open(published(t, 12, 7).Name()))
		},
		"attached to write": func(t *testing.T) *shm.Segment {
			return must(shm.Open(published(t, 12, 7).Name(), shm.Writable()))
		},
		"attached bare": func(t *testing.T) *shm.Segment {
			return must(shm.OpenBare(published(t, 12, 7).Name(), buffer.Layout{Format: ">H", Shape: []int{3, 5}}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			buffertest.Test(t, func() buffer.Exporter {
				s := make(t)
				t.Cleanup(func() { check(s.Close()) })
				return s
			})
		})
	}
}

// A segment has its name from Publish on, whole, and nothing is left of one that was not published.
func TestPublish(t *testing.T) {
	name := unused(t)
	s := must(shm.Create("/"+name, buffer.Layout{Format: "<d", Shape: []int{2, 3}}))
	v := must(s.View())
	if _, err := shm.Open(name); !errors.Is(err, os.ErrNotExist) || must(s.Named()) {
		t.Errorf("it has a name before it is published: %v", err)
	}
	check(errors.Join(v.CopyFrom(2.5), s.Publish()))
	if err := s.Publish(); !errors.Is(err, buffer.ErrValue) || !must(s.Named()) || s.Name() != name {
		t.Errorf("%v", err)
	}
	if info := must(os.Stat(path(name))); info.Mode() != 0o600 || info.Size() != s.Size() {
		t.Errorf("%v, %d bytes", info.Mode(), info.Size())
	}
	other := must(shm.Open(name))
	w := must(other.View())
	if !must(w.Equal(v)) || !w.ReadOnly() || !slices.Equal(other.Layout().Strides, []int{24, 8}) {
		t.Errorf("%v", must(w.ToList()))
	}
	if err := other.Publish(); !errors.Is(err, buffer.ErrValue) {
		t.Errorf("an attacher publishes: %v", err)
	}
	if _, err := shm.Create(name, row(1)); !errors.Is(err, os.ErrExist) || !strings.Contains(err.Error(), name) {
		t.Errorf("%v", err)
	}
	check(shm.Remove(name))
	if must(other.Named()) || must(s.Named()) {
		t.Error("the name is gone, and they do not know")
	}
	check(v.CopyFrom(3.5))
	if !must(w.Equal(v)) {
		t.Error("without the name it is not shared any more")
	}
	check(errors.Join(published(t, 1, 1).Close(), s.Close(), other.Close(), s.Close()))
	check(v.CopyFrom(4.5)) // it outlives the segment
	if !must(w.Equal(v)) {
		t.Error("closed, it is not shared any more")
	}
	check(errors.Join(v.Release(), w.Release()))
	for _, err := range []error{
		s.Publish(), second(s.Named()), second(s.View()), second(s.GetBuffer(buffer.FullRO)),
	} {
		if !errors.Is(err, os.ErrClosed) || !strings.HasPrefix(err.Error(), "shared segment "+name) {
			t.Errorf("%v", err)
		}
	}
	if mapped := string(must(os.ReadFile("/proc/self/maps"))); strings.Contains(mapped, name) {
		t.Error("it is still mapped")
	}
}

func second[T any](_ T, err error) error { return err }

// A name that another segment took is not this segment's.
func TestNameThatIsReplaced(t *testing.T) {
	s := published(t, 3, 1)
	defer s.Close()
	check(shm.Remove(s.Name()))
	check(os.WriteFile(path(s.Name()), []byte("another"), 0o600))
	if must(s.Named()) {
		t.Error("another's name is taken for its own")
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"/", ".", "..", "a/b", "//a", "a\x00b", strings.Repeat("x", 256)} {
		for _, err := range []error{
			second(shm.Create(name, row(1))), second(shm.CreateBare(name, row(1))), second(shm.Open(name)), second(shm.OpenBare(name, row(1))),
			shm.Remove(name), second(shm.Path(name)),
		} {
			if !errors.Is(err, shm.ErrName) {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
	if err := second(shm.Open("")); !errors.Is(err, shm.ErrName) {
		t.Error(err)
	}
	long := prefix + strings.Repeat("日", 79) // 253 bytes
	s := must(shm.Create(long, row(1)))
	defer shm.Remove(long)
	check(s.Publish())
	if entries := must(shm.List()); !slices.Contains(entries, shm.Entry{Name: long, Size: s.Size()}) {
		t.Errorf("it is not among %v", entries)
	}
	check(errors.Join(must(shm.Open("/"+long)).Close(), s.Close(), shm.Remove("/"+long)))
	if err := shm.Remove(long); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := shm.Open(long); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "List tells what there is") {
		t.Error(err)
	}
}

func TestLayoutsThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		l  buffer.Layout
		is error
	}{
		"format":       {buffer.Layout{Format: "nonsense", Shape: []int{1}}, buffer.ErrFormat},
		"items":        {buffer.Layout{Format: "<i", ItemSize: 5, Shape: []int{1}}, buffer.ErrLayout},
		"strides":      {buffer.Layout{Format: "<i", Shape: []int{2}, Strides: []int{8}}, buffer.ErrNotContiguous},
		"few strides":  {buffer.Layout{Format: "<i", Shape: []int{2, 2}, Strides: []int{8}}, buffer.ErrNotContiguous},
		"suboffsets":   {buffer.Layout{Format: "<i", Shape: []int{2}, Suboffsets: []int{0}}, buffer.ErrLayout},
		"negative":     {buffer.Layout{Format: "<i", Shape: []int{-1}}, buffer.ErrLayout},
		"overflow":     {buffer.Layout{Format: "<i", Shape: []int{math.MaxInt, 3}}, buffer.ErrLayout},
		"dimensions":   {buffer.Layout{Format: "<i", Shape: make([]int, 65)}, buffer.ErrLayout},
		"no room":      {buffer.Layout{Format: "B", Shape: []int{math.MaxInt - 10}}, nil},
		"long formats": {buffer.Layout{Format: "T{" + strings.Repeat("<i:x:", 300_000) + "}", Shape: []int{1}}, buffer.ErrFormat},
	} {
		s, err := shm.Create(unused(t), test.l)
		if s != nil || err == nil || test.is != nil && !errors.Is(err, test.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := shm.CreateBare(unused(t), row(0)); !errors.Is(err, buffer.ErrLayout) {
		t.Errorf("a segment without bytes: %v", err)
	}
	name := published(t, 5, 1).Name()
	for _, l := range []buffer.Layout{row(1000), {Format: "nonsense"}, {Format: "<i", Shape: []int{2}, Strides: []int{1}}, {Format: "<i", Shape: []int{2}, Strides: []int{-4}}} {
		if _, err := shm.OpenBare(name, l); !errors.Is(err, buffer.ErrLayout) && !errors.Is(err, buffer.ErrFormat) {
			t.Errorf("%v: %v", l, err)
		}
	}
	empty := must(shm.Create(unused(t), row(0)))
	check(errors.Join(empty.Publish(), must(shm.Open(empty.Name())).Close(), empty.Close()))
}

// Whatever stands under a name, attaching to it ends, and says what it is.
func TestWhatIsNoSegment(t *testing.T) {
	pipe, link, folder, empty := unused(t), unused(t), unused(t), unused(t)
	check(errors.Join(unix.Mkfifo(path(pipe), 0o600), os.Symlink("/etc/passwd", path(link)), os.Mkdir(path(folder), 0o700), os.WriteFile(path(empty), nil, 0o600)))
	defer os.Remove(path(folder))
	for name, want := range map[string]struct {
		is      error
		message string
	}{
		pipe:   {shm.ErrName, "no regular file"},
		link:   {syscall.ELOOP, "a symbolic link"},
		folder: {shm.ErrName, "no regular file"},
		empty:  {shm.ErrNotReady, "no bytes yet"},
	} {
		for _, err := range []error{second(shm.Open(name)), second(shm.OpenBare(name, row(1)))} {
			if !errors.Is(err, want.is) || !strings.Contains(err.Error(), want.message) {
				t.Error(err)
			}
		}
		listed := slices.ContainsFunc(must(shm.List()), func(e shm.Entry) bool { return e.Name == name })
		if listed != (name == empty) {
			t.Errorf("listed: %v", listed)
		}
	}
}

// What somebody makes is not ready as long as it is locked, and abandoned when it is not.
func TestNotReady(t *testing.T) {
	s := published(t, 5, 1)
	check(s.Close())
	file := must(os.OpenFile(path(s.Name()), os.O_RDWR, 0))
	defer file.Close()
	must(file.WriteAt([]byte{0}, 8))
	check(unix.Flock(int(file.Fd()), unix.LOCK_EX))
	if _, err := shm.Open(s.Name()); !errors.Is(err, shm.ErrNotReady) || !strings.Contains(err.Error(), "at work") {
		t.Error(err)
	}
	check(unix.Flock(int(file.Fd()), unix.LOCK_UN))
	if _, err := shm.Open(s.Name()); !errors.Is(err, shm.ErrAbandoned) || errors.Is(err, shm.ErrNotReady) {
		t.Error(err)
	}
	must(file.WriteAt([]byte{1}, 8))
	check(must(shm.Open(s.Name())).Close())
}

// A segment that is cut short under its mapping is an error where the bytes are gone, which names it, and no crash.
func TestFaultOfASegmentCutShort(t *testing.T) {
	page := os.Getpagesize()
	s := published(t, 4*page, 7)
	other := must(shm.Open(s.Name(), shm.Writable()))
	v, w := must(s.View()), must(other.View())
	defer s.Close()
	check(os.Truncate(path(s.Name()), int64(2*page)))
	if got := must(v.At(0)); got != int32(7) {
		t.Error(got)
	}
	for _, err := range []error{second(v.At(-1)), second(v.ToBytes(buffer.C)), w.CopyFrom(8), second(w.Count(7))} {
		if !errors.Is(err, buffer.ErrFault) || !strings.Contains(err.Error(), "shared segment "+s.Name()+": byte ") || !strings.Contains(err.Error(), fmt.Sprintf("to %d", 2*page)) {
			t.Error(err)
		}
	}
	check(other.Close())
	if _, err := w.At(-1); !errors.Is(err, buffer.ErrFault) || !strings.Contains(err.Error(), s.Name()) {
		t.Errorf("of a closed segment: %v", err)
	}
	if _, err := shm.Open(s.Name()); !errors.Is(err, shm.ErrHeader) {
		t.Errorf("attached to what is cut short: %v", err)
	}
	check(errors.Join(v.Release(), w.Release()))
}

// A segment that shared memory has no room for is refused when it is made, and nothing is taken.
func TestNoRoom(t *testing.T) {
	var before, after unix.Statfs_t
	check(unix.Statfs("/dev/shm", &before))
	whole := before.Blocks * uint64(before.Bsize)
	if before.Type != unix.TMPFS_MAGIC || whole == 0 || whole > math.MaxInt {
		t.Skipf("platform: /dev/shm is of kind %#x, and has %d bytes", before.Type, whole)
	}
	_, err := shm.Create(unused(t), buffer.Layout{Format: "B", Shape: []int{int(whole)}})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "making it: no space left on device: shared memory (/dev/shm) is full") {
		t.Error(err)
	}
	check(unix.Statfs("/dev/shm", &after))
	if taken := int64(before.Bfree) - int64(after.Bfree); taken*int64(before.Bsize) > int64(whole/2) {
		t.Errorf("%d blocks are still taken", taken)
	}
}

// Of many who make a segment of the same name, one does; who attaches meanwhile finds one that is whole, or none.
func TestManyCreators(t *testing.T) {
	const n = 5000
	name := unused(t)
	for range rounds(20, 1000) {
		var wait sync.WaitGroup
		var mu sync.Mutex
		var winners []int32
		for id := range int32(6) {
			wait.Go(func() {
				s, err := shm.Create(name, row(n))
				if err == nil {
					v := must(s.View())
					check(errors.Join(v.CopyFrom(id), v.Release()))
					err = errors.Join(s.Publish(), s.Close())
				}
				switch {
				case err == nil:
					mu.Lock()
					winners = append(winners, id)
					mu.Unlock()
				case !errors.Is(err, os.ErrExist):
					t.Error(err)
				}
			})
		}
		for range 2 {
			wait.Go(func() {
				for range 20 {
					wholeOf(t, name, n)
				}
			})
		}
		wait.Wait()
		first, _ := wholeOf(t, name, n)
		if len(winners) != 1 || first != winners[0] {
			t.Fatalf("%v made it, and it is %v's", winners, first)
		}
		check(shm.Remove(name))
	}
}

// wholeOf attaches to a segment, and returns the number that all items are. It fails where they are not. It is false where there is none.
func wholeOf(t *testing.T, name string, n int) (first any, there bool) {
	s, err := shm.Open(name)
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v", err)
		}
		return nil, false
	}
	defer s.Close()
	v := must(s.View())
	defer v.Release()
	packed := must(v.ToBytes(buffer.C))
	if len(packed) != 4*n || !bytes.Equal(packed, bytes.Repeat(packed[:4], n)) {
		t.Errorf("%d bytes that are not of one maker", len(packed))
	}
	return must(v.At(0)), true
}

// rounds is how often to do what is left to chance.
func rounds(few, soak int) int {
	if os.Getenv("MEMORYVIEW_SOAK") != "" {
		return soak
	}
	return few
}

// The names that a segment is known by lead to the file that it is.
func TestPath(t *testing.T) {
	if p, q := path("a"), path("/a"); p != q || p != filepath.Join("/dev/shm", "a") {
		t.Errorf("%s, %s", p, q)
	}
}
