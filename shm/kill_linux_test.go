package shm_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/shm"
)

// killedItems is how many numbers the segments have whose makers and users are killed: many pages.
const killedItems = 16 << 10

// killedVariable names a segment to a process that is there to be killed.
const killedVariable = "MEMORYVIEW_TEST_KILLED"

// ifChild is the beginning of a test that runs in processes of its own, too: they do something with a name again and again, and
// nothing else of the test, until they are killed.
func ifChild(do func(name string, k int32)) {
	name := os.Getenv(killedVariable)
	if name == "" {
		return
	}
	fmt.Println("started")
	for k := int32(1); ; k++ {
		do(name, k)
	}
}

// child starts such a process.
func child(t *testing.T, name string) (kill func()) {
	t.Helper()
	process := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	process.Env = append(os.Environ(), killedVariable+"="+name)
	out := must(process.StdoutPipe())
	check(process.Start())
	must(bufio.NewReader(io.LimitReader(out, 100)).ReadString('\n'))
	return func() {
		check(process.Process.Kill())
		_ = process.Wait()
	}
}

// aWhile is a time in which much happens, each time another.
func aWhile() { time.Sleep(time.Duration(rand.IntN(20_000)) * time.Microsecond) }

// newcomer makes a segment of that name, and attaches to it: nothing stands in its way.
func newcomer(t *testing.T, name string) {
	t.Helper()
	if err := shm.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	s := must(shm.Create(name, row(killedItems)))
	v := must(s.View())
	check(errors.Join(v.CopyFrom(-5), v.Release(), s.Publish(), s.Close()))
	if first, _ := wholeOf(t, name, killedItems); first != int32(-5) {
		t.Errorf("a newcomer finds %v", first)
	}
	check(shm.Remove(name))
}

// Whoever is attached when the maker is killed goes on, and a newcomer finds a segment that is whole, or none.
func TestMakerIsKilled(t *testing.T) {
	ifChild(func(name string, k int32) {
		_ = shm.Remove(name) // the last one: others see it, or the next, or none
		s := must(shm.Create(name, row(killedItems)))
		v := must(s.View())
		check(errors.Join(v.CopyFrom(k), v.Release(), s.Publish(), s.Close()))
		time.Sleep(time.Millisecond)
	})
	name := unused(t)
	survived := 0
	for range rounds(12, 1000) {
		kill := child(t, name)
		aWhile()
		s, err := shm.Open(name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
		kill()
		if s != nil {
			v := must(s.View())
			if packed := must(v.ToBytes(buffer.C)); !bytes.Equal(packed, bytes.Repeat(packed[:4], killedItems)) {
				t.Error("what a survivor has is not whole")
			}
			check(errors.Join(v.Release(), s.Close()))
			survived++
		}
		wholeOf(t, name, killedItems)
		newcomer(t, name)
	}
	if survived == 0 {
		t.Error("nobody was attached when a maker was killed")
	}
	mine := slices.DeleteFunc(must(shm.List()), func(e shm.Entry) bool { return !strings.HasPrefix(e.Name, name) })
	if len(mine) > 0 {
		t.Errorf("%v is left", mine)
	}
}

// Whoever is killed while it is attached, and writes, leaves the others at their work.
func TestAttacherIsKilled(t *testing.T) {
	ifChild(func(name string, k int32) {
		other := must(shm.Open(name, shm.Writable()))
		w := must(other.View())
		check(errors.Join(w.CopyFrom(k), w.Release(), other.Close()))
	})
	name := unused(t)
	s := must(shm.Create(name, row(killedItems)))
	defer s.Close()
	v := must(s.View())
	defer v.Release()
	check(s.Publish())
	for range rounds(12, 1000) {
		kill := child(t, name)
		aWhile()
		kill()
		stillShared(t, s)
	}
}

// stillShared tells that a segment is found, and is the one it was.
func stillShared(t *testing.T, s *shm.Segment) {
	t.Helper()
	v := must(s.View())
	defer v.Release()
	check(v.CopyFrom(-1))
	if first, _ := wholeOf(t, s.Name(), killedItems); first != int32(-1) || !must(s.Named()) {
		t.Errorf("a newcomer finds %v", first)
	}
}

// Python's maker is killed: a newcomer finds a segment that is whole, or is told that it never will be.
func TestPythonMakerIsKilled(t *testing.T) {
	name := unused(t)
	seen := map[error]int{}
	for range rounds(8, 300) {
		p := newPartner(t)
		p.does("untracked")
		p.does("make_on", name, "<i4", []int{killedItems})
		aWhile()
		survivor, _ := shm.Open(name)
		p.kill()
		if survivor != nil {
			v := must(survivor.View())
			must(v.ToBytes(buffer.C))
			check(errors.Join(v.Release(), survivor.Close()))
		}
		s, err := shm.Open(name)
		if err == nil {
			wholeOf(t, name, killedItems)
			check(s.Close())
		}
		found := false
		for _, is := range []error{nil, os.ErrNotExist, shm.ErrAbandoned, shm.ErrBare, shm.ErrNotReady} {
			if errors.Is(err, is) && !found {
				found = true
				seen[is]++
			}
		}
		if info, _ := os.Stat(path(name)); !found || errors.Is(err, shm.ErrNotReady) && (info == nil || info.Size() > 0) {
			t.Errorf("its maker is dead: %v", err)
		}
		newcomer(t, name)
	}
	t.Logf("%v", seen)
}

// Python is killed while it is attached, and writes: the others go on.
func TestPythonAttacherIsKilled(t *testing.T) {
	name := unused(t)
	s := must(shm.Create(name, row(killedItems)))
	defer s.Close()
	check(s.Publish())
	for range rounds(4, 300) {
		p := newPartner(t)
		p.does("untracked")
		p.does("write_on", name)
		aWhile()
		p.kill()
		stillShared(t, s)
	}
}
