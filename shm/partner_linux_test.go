package shm_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/shm"
)

// partner is a Python on the other side, with the code of docs/SHM.md.
type partner struct {
	t       *testing.T
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	errors  *strings.Builder
}

func newPartner(t *testing.T) *partner {
	t.Helper()
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python with NumPy")
	}
	p := &partner{t: t, process: exec.Command(python, "testdata/partner.py", "../docs/SHM.md"), errors: new(strings.Builder)}
	p.process.Stderr = p.errors
	p.in = must(p.process.StdinPipe())
	p.out = bufio.NewScanner(must(p.process.StdoutPipe()))
	p.out.Buffer(nil, 1<<24)
	check(p.process.Start())
	t.Cleanup(p.end)
	return p
}

// end lets it end by itself, with all that Python does then.
func (p *partner) end() {
	_ = p.in.Close()
	_ = p.process.Wait()
}

func (p *partner) kill() {
	check(p.process.Process.Kill())
	p.end()
}

// told is an array, in Python's words.
type told struct {
	DType string
	Shape []int
	Data  string
}

func (p *partner) does(command ...any) (answer told) {
	p.t.Helper()
	must(p.in.Write(append(must(json.Marshal(command)), '\n')))
	if !p.out.Scan() {
		p.end()
		p.t.Fatalf("%v: %v\n%s", command, p.out.Err(), p.errors)
	}
	check(json.Unmarshal(p.out.Bytes(), &answer))
	return answer
}

// same tells that a view has the items that Python told of, in C order.
func same(t *testing.T, v *memoryview.View, other told) {
	t.Helper()
	mine := must(v.ToBytes(buffer.C))
	theirs := must(hex.DecodeString(other.Data))
	if string(mine) != string(theirs) || !slices.Equal(v.Shape(), other.Shape) || len(mine) == 0 {
		t.Errorf("%v of %s: %.40x, and in Python %v of %s: %.40x", v.Shape(), v.Format(), mine, other.Shape, other.DType, theirs)
	}
}

// dtypes are those of NumPy that the page's reader knows, by format.
var dtypes = map[string]string{
	"?": "|b1", "b": "|i1", "B": "|u1", "<h": "<i2", ">H": ">u2", "<i": "<i4", "=I": "=u4", "<q": "<i8", ">Q": ">u8",
	"!I": ">u4", "<e": "<f2", "f": "=f4", ">d": ">f8", "Zf": "=c8", "<Zd": "<c16",
}

// What Go makes, with a header and bare, Python reads and writes in place; what either writes later, the other sees.
func TestPythonReadsGo(t *testing.T) {
	p := newPartner(t)
	for format, dtype := range dtypes {
		for _, shape := range [][]int{{}, {7}, {3, 4}, {2, 1, 5}} {
			for _, bare := range []bool{false, true} {
				name := unused(t)
				l := buffer.Layout{Format: format, Shape: shape}
				attach := func() told { return p.does("attach", name) }
				make := shm.Create
				if bare {
					make = shm.CreateBare
					attach = func() told { return p.does("attach_bare", name, dtype, shape) }
				}
				s := must(make(name, l))
				v := must(s.View())
				check(errors.Join(v.CopyFrom(1), s.Publish()))
				other := attach()
				same(t, v, other)
				if !bare && strings.ReplaceAll(other.DType, "<", "=") != strings.ReplaceAll(dtype, "<", "=") {
					t.Errorf("format %s is %s in Python", format, other.DType)
				}
				p.does("fill", 0)
				same(t, v, p.does("again"))
				check(v.CopyFrom(1))
				same(t, v, p.does("again"))
				check(errors.Join(v.Release(), s.Close(), shm.Remove("/"+name)))
			}
		}
	}
}

// What Python makes, with a header and bare, Go reads and writes in place.
func TestGoReadsPython(t *testing.T) {
	p := newPartner(t)
	for format, dtype := range dtypes {
		for _, shape := range [][]int{{7}, {3, 4}, {2, 1, 5}} {
			for _, bare := range []bool{false, true} {
				name := unused(t)
				var other told
				var s *shm.Segment
				if bare {
					other = p.does("share_bare", name, dtype, shape)
					s = must(shm.OpenBare(name, buffer.Layout{Format: format, Shape: shape}, shm.Writable()))
				} else {
					other = p.does("share", name, dtype, shape, "F")
					s = must(shm.Open("/"+name, shm.Writable()))
				}
				v := must(s.View())
				same(t, v, other)
				check(v.CopyFrom(0))
				same(t, v, p.does("again"))
				p.does("fill", 1)
				same(t, v, p.does("again"))
				check(errors.Join(v.Release(), s.Close(), shm.Remove(name)))
			}
		}
	}
}

// The page's writer and ours make the same header, byte for byte.
func TestHeadersAreTheSame(t *testing.T) {
	p := newPartner(t)
	for _, test := range []struct {
		dtype, format string
		shape         []int
	}{{"=f8", "d", []int{3, 4}}, {"=i4", "i", []int{5}}, {">u2", ">H", []int{1, 2, 3}}, {"=c16", "Zd", []int{2}}} {
		ours, theirs := unused(t), unused(t)
		p.does("share", theirs, test.dtype, test.shape)
		s := must(shm.Create(ours, buffer.Layout{Format: test.format, Shape: test.shape}))
		v := must(s.View())
		other := must(shm.Open(theirs))
		w := must(other.View())
		check(errors.Join(v.CopyFrom(w), s.Publish()))
		if mine, its := content(ours), content(theirs); mine != its {
			t.Errorf("%s: %q\nPython: %q", test.format, mine, its)
		}
		check(errors.Join(v.Release(), w.Release(), s.Close(), other.Close()))
	}
}

// Python removes what it merely attached to, when it ends: the segment lives on without its name, and knows it. What the page
// says keeps the name.
func TestResourceTracker(t *testing.T) {
	name := unused(t)
	s := must(shm.Create(name, buffer.Layout{Format: "<i", Shape: []int{10}}))
	defer s.Close()
	v := must(s.View())
	defer v.Release()
	check(errors.Join(v.CopyFrom(3), s.Publish()))

	careful := newPartner(t)
	careful.does("attach", name)
	careful.end()
	if !must(s.Named()) {
		t.Fatal("the name was removed in spite of what the page says")
	}
	careless := newPartner(t)
	careless.does("merely_attach", name)
	careless.end()
	_, err := os.Stat(path(name))
	if must(s.Named()) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Python left the name of what it merely attached to: is the page's warning out of date? %v", err)
	}
	if n := must(v.Count(3)); n != 10 {
		t.Errorf("%d of 10 items", n)
	}
}
