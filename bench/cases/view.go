package cases

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
)

// made keeps what a loop makes, so that it is made on the heap.
var made *memoryview.View

// slicings: a slice of a view, in the caller's own variable and on the heap.
func slicings() []Case {
	const start, stop = 2, 40
	want := func() (string, error) {
		return fmt.Sprintf("[%d] from %d", stop-start, numbers[uint16](64)[start]), nil
	}
	into := func(v, part *memoryview.View) Side {
		return loop(func(n int) error {
			for range n {
				if err := v.SliceInto(part, start, stop, 1); err != nil {
					return err
				}
			}
			return nil
		}, func() string { return described(part) })
	}
	onHeap := func(v *memoryview.View) Side {
		return loop(func(n int) (err error) {
			for range n {
				if made, err = v.Slice(start, stop, 1); err != nil {
					return err
				}
			}
			return nil
		}, func() string { return described(made) })
	}
	return []Case{
		timed("SliceInto a view of the caller's own", Target{10, Nanoseconds}, func() (Side, func() (string, error)) {
			return into(data("u2", 64), new(memoryview.View)), want
		}),
		allocations("SliceInto a view of the caller's own", 0, func() func() {
			v, part := data("u2", 64), new(memoryview.View)
			return func() { _ = v.SliceInto(part, start, stop, 1) }
		}),
		timed("Slice, on the heap", Target{115, Nanoseconds}, func() (Side, func() (string, error)) {
			return onHeap(data("u2", 64)), want
		}),
		allocations("Slice, on the heap", 1, func() func() {
			v := data("u2", 64)
			return func() { made = must(v.Slice(start, stop, 1)) }
		}),
	}
}

func described(v *memoryview.View) string { return fmt.Sprintf("%v from %v", v.Shape(), must(v.At(0))) }

// timed is a case without a peer.
func timed(name string, t Target, prepare func() (ours Side, want func() (string, error))) Case {
	return Case{Name: name, Target: t, Prepare: func(*Machine) (*Pair, error) {
		ours, want := prepare()
		return &Pair{Ours: ours, Want: want}, nil
	}}
}

// allocations is a case that counts them.
func allocations(name string, limit float64, prepare func() func()) Case {
	return Case{Name: name + ", allocations", Target: Target{limit, Allocations}, Prepare: func(*Machine) (*Pair, error) {
		f := prepare()
		return &Pair{Value: func() (float64, error) { return testing.AllocsPerRun(1000, f), nil }}, nil
	}}
}

// openings: a file of which nothing but the header is read. Both sides give back what they took.
func openings(s Scale) []Case {
	name := fmt.Sprintf("open a npy file of %s and view it", sized(s.GiB))
	ours := func(path string) Side {
		var shape []int
		return calls(func() error {
			file, err := arrayfile.Open(path)
			if err != nil {
				return err
			}
			v, err := file.View("")
			if err != nil {
				return err
			}
			shape = v.Shape()
			if err := v.Release(); err != nil {
				return err
			}
			return file.Close()
		}, func() string { return fmt.Sprintf("(%d,)", shape[0]) })
	}
	return []Case{
		{
			Name: name, Target: Target{25_000, Nanoseconds},
			Prepare: func(*Machine) (*Pair, error) {
				path, remove, err := sparse(s.GiB)
				want := func() (string, error) { return fmt.Sprintf("(%d,)", s.GiB/8), nil }
				return &Pair{Ours: ours(path), Want: want, Close: remove}, err
			},
		},
		{
			Name: name, Peer: "NumPy", Target: Target{6, Faster},
			Prepare: func(m *Machine) (*Pair, error) {
				path, remove, err := sparse(s.GiB)
				if err != nil {
					return nil, err
				}
				peer, err := m.python(fmt.Sprintf("path = %q", path), "np.load(path, mmap_mode='r')", "np.load(path, mmap_mode='r').shape")
				return &Pair{Ours: ours(path), Peer: peer, Close: remove}, err
			},
		},
	}
}

// commands: the program itself, from its start to its end.
func commands(s Scale) []Case {
	size := 10 * s.GiB
	return []Case{{
		Name: fmt.Sprintf("memview info of a npy file of %s", sized(size)), Target: Target{10e6, Nanoseconds},
		Prepare: func(*Machine) (*Pair, error) {
			program := os.Getenv("MEMORYVIEW_COMMAND")
			if program == "" {
				return nil, fmt.Errorf("%w: MEMORYVIEW_COMMAND names no memview", ErrMissing)
			}
			path, remove, err := sparse(size)
			if err != nil {
				return nil, err
			}
			var info struct{ Shape []int }
			ours := calls(func() error {
				text, err := exec.Command(program, "info", "--json", path).Output()
				if err != nil {
					return err
				}
				return json.Unmarshal(text, &info)
			}, func() string { return fmt.Sprint(info.Shape) })
			want := func() (string, error) { return fmt.Sprintf("[%d]", size/8), nil }
			return &Pair{Ours: ours, Want: want, Close: remove}, nil
		},
	}}
}

// sparse makes a npy file of zeros that takes no room on the disk.
func sparse(size int) (path string, remove func(), err error) {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(folder) }
	path = filepath.Join(folder, "zeros.npy")
	dict := fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': (%d,), }", size/8)
	header := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), 118)
	header = fmt.Appendf(header, "%-117s\n", dict)
	err = os.WriteFile(path, header, 0o600)
	if err == nil {
		err = os.Truncate(path, int64(len(header)+size))
	}
	return path, remove, err
}

// lives: what a million views take up on the heap.
func lives(s Scale) []Case {
	return []Case{{
		Name: fmt.Sprintf("%s live views, each", counted(s.Million)), Target: Target{184, Bytes},
		Prepare: func(*Machine) (*Pair, error) {
			v := data("u2", 64)
			all := make([]*memoryview.View, s.Million)
			return &Pair{Value: func() (float64, error) {
				clear(all)
				before := heap()
				for i := range all {
					all[i] = must(v.Slice(2, 40, 1))
				}
				grown := heap() - before
				runtime.KeepAlive(v)
				runtime.KeepAlive(all)
				return float64(grown) / float64(len(all)), nil
			}}, nil
		},
	}}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
