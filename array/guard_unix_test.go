//go:build unix

package array_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/buffer"
)

// lost is a file of 8 pages of ones, mapped as int64, of which the first page is left.
type lost struct {
	view *memoryview.View
	left int // items
}

func (l *lost) lend(mem []byte, readOnly bool) (*buffer.Buffer, error) {
	m := buffer.Memory{
		Base: unsafe.Pointer(&mem[0]), Size: len(mem), ReadOnly: readOnly, Mapped: true,
		Explain: func(offset int) error { return fmt.Errorf("the file's byte %d", offset) },
		Release: func() { _ = unix.Munmap(mem) },
	}
	return m.Lend(0, buffer.Layout{ItemSize: 8, Format: "q", Shape: []int{len(mem) / 8}}, buffer.FullRO)
}

// newLost maps the file for reading, and for writing where access has that.
func newLost(t *testing.T, access int) *lost {
	t.Helper()
	page := os.Getpagesize()
	path := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(path, bytes.Repeat([]byte{1}, 8*page), 0o600); err != nil {
		t.Fatal(err)
	}
	file := must(os.OpenFile(path, os.O_RDWR, 0))
	defer file.Close()
	mem := must(unix.Mmap(int(file.Fd()), 0, 8*page, access, unix.MAP_SHARED))
	l := &lost{left: page / 8}
	l.view = must(memoryview.FromBuffer(must(l.lend(mem, access&unix.PROT_WRITE == 0))))
	if err := os.Truncate(path, int64(page)); err != nil {
		t.Fatal(err)
	}
	return l
}

const one = 0x0101010101010101

// read keeps the compiler from leaving a read out.
var read int64

// Every access inside a Guard becomes an error that says which byte of the file was met; what was left of it was read.
func TestGuard(t *testing.T) {
	l := newLost(t, unix.PROT_READ|unix.PROT_WRITE)
	a, d := must(array.Of[int64](l.view)), must(array.DecoderOf[int64](l.view))
	all, _ := a.Slice()
	a2 := must(array.Of[int64](must(l.view.Cast("q", a.Len()/8, 8))))
	a3 := must(array.Of[int64](must(l.view.Cast("q", a.Len()/8, 4, 2))))
	items := 0
	sum := func(xs []int64) {
		for _, x := range xs {
			items += int(x / one)
		}
	}
	for name, test := range map[string]struct {
		f     func()
		items int // before the fault
	}{
		"At":   {func() { read = a.At(l.left) }, 0},
		"At2":  {func() { read = a2.At2(l.left/8, 0) }, 0},
		"At3":  {func() { read = a3.At3(l.left/8, 3, 1) }, 0},
		"Set":  {func() { a2.Set(1, l.left/8, 0) }, 0},
		"Set2": {func() { a2.Set2(l.left/8, 1, 1) }, 0},
		"Set3": {func() { a3.Set3(l.left/8, 1, 1, 1) }, 0},
		"At1": {func() {
			for i := range a.Len() {
				items += int(a.At1(i) / one)
			}
		}, l.left},
		"Set1": {func() {
			for i := range a.Len() {
				a.Set1(i, one)
				items++
			}
		}, l.left},
		"All": {func() {
			for _, x := range a.All() {
				items += int(x / one)
			}
		}, l.left},
		"Runs": {func() {
			for _, run := range a.Runs() {
				sum(run)
			}
		}, l.left},
		"Slice": {func() { sum(all) }, l.left},
		"copy":  {func() { copy(make([]int64, len(all)), all) }, 0},
		"clear": {func() { clear(all[l.left:]) }, 0},
		"Bytes": {func() { bytes.Count(must(l.view.Bytes()), []byte{7}) }, 0},
		"Decoder": {func() {
			for _, x := range d.All() {
				items += int(x / one)
			}
		}, l.left},
		"Decoder.Set": {func() { d.Set1(l.left, 1) }, 0},
	} {
		items = 0
		err := array.Guard(test.f)
		if !errors.Is(err, buffer.ErrFault) || items != test.items {
			t.Errorf("%s: after %d items, not %d: %v", name, items, test.items, err)
			continue
		}
		var at int
		_, place, _ := strings.Cut(err.Error(), "the file's byte ")
		_, scanErr := fmt.Sscan(place, &at)
		if item := at / 8; scanErr != nil || item < l.left || test.items > 0 && item != l.left {
			t.Errorf("%s: %v: item %d, where those from %d on are lost", name, err, item, l.left)
		}
	}
}

// A Guard inside a Guard answers for its own part, and both leave the goroutine as they found it.
func TestGuardNested(t *testing.T) {
	l := newLost(t, unix.PROT_READ)
	a := must(array.Of[int64](l.view))
	var inner error
	outer := array.Guard(func() {
		inner = array.Guard(func() { read = a.At1(l.left) })
		read = a.At1(l.left)
	})
	if !errors.Is(inner, buffer.ErrFault) || !errors.Is(outer, buffer.ErrFault) {
		t.Errorf("inside %v, outside %v", inner, outer)
	}
	// Methods of View have their own guard inside, which must leave this one in force.
	err := array.Guard(func() {
		_, _ = l.view.At(-1)
		read = a.At1(l.left)
	})
	if !errors.Is(err, buffer.ErrFault) {
		t.Error(err)
	}
	if debug.SetPanicOnFault(false) {
		t.Error("faults are still panics after a Guard")
	}
}

// What is no fault in mapped memory passes through as what it is.
func TestGuardPassesOtherPanicsOn(t *testing.T) {
	if err := array.Guard(func() {}); err != nil {
		t.Error(err)
	}
	a := must(array.Of[byte](view("abc")))
	if err := caught(func() { _ = array.Guard(func() { a.At1(3) }) }); !errors.Is(err, buffer.ErrBounds) {
		t.Errorf("an index outside, inside a Guard: %v", err)
	}
	l := newLost(t, unix.PROT_READ)
	defer l.view.Release()
	stranger := must(unix.Mmap(-1, 0, 4096, unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE))
	defer unix.Munmap(stranger)
	var none *struct{ field int }
	for name, f := range map[string]func(){
		"a nil pointer":        func() { none.field = 1 },
		"somebody else's byte": func() { stranger[0]++ },
		"a panic with a value": func() { panic("a value") },
	} {
		var r any
		func() {
			defer func() { r = recover() }()
			t.Errorf("%s: an error: %v", name, array.Guard(f))
		}()
		switch name {
		case "a panic with a value":
			if r != "a value" {
				t.Errorf("%s: %v", name, r)
			}
		default:
			if err, ok := r.(runtime.Error); !ok || errors.Is(err, buffer.ErrFault) {
				t.Errorf("%s: %v", name, r)
			}
		}
	}
	ended := make(chan bool)
	go func() {
		defer close(ended)
		_ = array.Guard(runtime.Goexit)
		t.Error("the goroutine went on after Goexit")
	}()
	<-ended
}

// A system call that gets a slice of the lost part fails, and nothing faults.
func TestSystemCallsOnALostFile(t *testing.T) {
	l := newLost(t, unix.PROT_READ)
	defer l.view.Release()
	sink := must(os.Create(filepath.Join(t.TempDir(), "sink")))
	defer sink.Close()
	mem := must(l.view.Bytes())
	if _, err := sink.Write(mem[8*l.left:]); !errors.Is(err, syscall.EFAULT) {
		t.Error(err)
	}
}

// fatal is what ends the process: it is not promised otherwise.
var fatal = map[string]func(t *testing.T){
	"a typed access to a lost file, without a Guard": func(t *testing.T) {
		l := newLost(t, unix.PROT_READ)
		read = must(array.Of[int64](l.view)).At1(l.left)
	},
	"a write through a slice of read-only memory": func(t *testing.T) {
		l := newLost(t, unix.PROT_READ)
		must(l.view.Bytes())[0] = 1
	},
	"a goroutine that was started inside a Guard": func(t *testing.T) {
		l := newLost(t, unix.PROT_READ)
		a := must(array.Of[int64](l.view))
		_ = array.Guard(func() {
			done := make(chan bool)
			go func() {
				read = a.At1(l.left)
				done <- true
			}()
			<-done
		})
	},
}

// What no Guard holds ends the process, and is said to.
func TestWhatIsNotGuarded(t *testing.T) {
	const variable = "MEMORYVIEW_TEST_FATAL"
	if name := os.Getenv(variable); name != "" {
		fatal[name](t)
		return
	}
	for name := range fatal {
		child := exec.Command(os.Args[0], "-test.run=^TestWhatIsNotGuarded$")
		child.Env = append(os.Environ(), variable+"="+name)
		output, err := child.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || !bytes.Contains(output, []byte("unexpected fault address")) {
			t.Errorf("%s: %v\n%.2000s", name, err, output)
		}
	}
	// Inside a Guard, such a write is an error too.
	l := newLost(t, unix.PROT_READ)
	defer l.view.Release()
	mem := must(l.view.Bytes())
	if err := array.Guard(func() { mem[3] = 1 }); !errors.Is(err, buffer.ErrFault) || !strings.HasSuffix(err.Error(), "the file's byte 3") {
		t.Error(err)
	}
}
