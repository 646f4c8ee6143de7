package cases

import (
	"fmt"
	"os"
	"sync"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/cpython"
)

// loans: arrays that Go and a Python in the same process lend each other, and a pipeline through both.
func loans(s Scale) []Case {
	all := []Case{pipeline(64 * s.MiB)}
	for _, size := range []int{s.KiB, 128 * s.MiB} {
		all = append(all, fromPython(size), toPython(size))
	}
	return all
}

// embedded starts the Python in this process, once.
var embedded = sync.OnceValues(func() (*cpython.Python, error) {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		return nil, fmt.Errorf("%w: MEMORYVIEW_PYTHON names no Python with NumPy", ErrMissing)
	}
	return cpython.Start(cpython.Options{Python: python})
})

// inPython makes an object of Python's in this process.
func inPython(expression string) (*cpython.Object, error) {
	python, err := embedded()
	if err != nil {
		return nil, err
	}
	if err := python.Exec("import numpy as np"); err != nil {
		return nil, err
	}
	return python.Eval(expression)
}

func fromPython(size int) Case {
	return Case{
		Name: "a view of a NumPy array of " + sized(size) + ", and its release", Target: Target{10_000, Nanoseconds},
		Prepare: func(*Machine) (*Pair, error) {
			object, err := inPython(fmt.Sprintf("np.zeros(%d, 'u1')", size))
			if err != nil {
				return nil, err
			}
			n := 0
			return &Pair{
				Ours: calls(func() error {
					v, err := memoryview.FromObject(object)
					if err != nil {
						return err
					}
					n = v.NBytes()
					return v.Release()
				}, func() string { return fmt.Sprint(n) }),
				Want:  func() (string, error) { return fmt.Sprint(size), nil },
				Close: object.Release,
			}, nil
		},
	}
}

func toPython(size int) Case {
	return Case{
		Name: "Go memory of " + sized(size) + " lent to Python, and back", Target: Target{20_000, Nanoseconds},
		Prepare: func(*Machine) (*Pair, error) {
			length, err := inPython("lambda m: memoryview(m).nbytes")
			if err != nil {
				return nil, err
			}
			v := data("u1", size)
			n := 0
			return &Pair{
				Ours: calls(func() (err error) {
					n, err = cpython.As[int](length.Call(v))
					return err
				}, func() string { return fmt.Sprint(n) }),
				Want:  func() (string, error) { return fmt.Sprint(size), nil },
				Close: length.Release,
			}, nil
		},
	}
}

// pipeline: an array of NumPy's, every item of which Go turns around; beside the same through bytes.
func pipeline(size int) Case {
	return Case{
		Name: "a NumPy array of " + sized(size) + " negated in Go", Peer: "through bytes", Target: Target{3, Faster}, Bytes: size,
		Prepare: func(*Machine) (*Pair, error) {
			a, err := inPython(fmt.Sprintf("np.arange(%d.)", size/8))
			if err != nil {
				return nil, err
			}
			var copied *cpython.Object
			return &Pair{
				Ours: calls(func() error { return negateInPlace(a) }, func() string { return magnitude(a) }),
				Peer: calls(func() (err error) {
					copied, err = negateThroughBytes(a)
					return err
				}, func() string { return magnitude(copied) }),
				Close: a.Release,
			}, nil
		},
	}
}

// magnitude tells an array that was negated from another one, however often that was done.
func magnitude(a *cpython.Object) string {
	f := must(inPython("lambda a: float(np.abs(a[1:]).sum()) if abs(a[1:].sum()) > 0 else 0"))
	defer f.Release()
	return fmt.Sprint(must(cpython.As[float64](f.Call(a))))
}

func negateInPlace(a *cpython.Object) error {
	v, err := memoryview.FromObject(a)
	if err != nil {
		return err
	}
	defer v.Release()
	return negate(v)
}

func negate(v *memoryview.View) error {
	items, err := array.Of[float64](v)
	if err != nil {
		return err
	}
	defer items.Release()
	for _, run := range items.Runs() {
		for i := range run {
			run[i] = -run[i]
		}
	}
	return nil
}

// negateThroughBytes is how it goes where memory cannot be shared: the bytes of an array, and an array of bytes.
func negateThroughBytes(a *cpython.Object) (*cpython.Object, error) {
	taken, err := cpython.As[[]byte](a.CallMethod("tobytes"))
	if err != nil {
		return nil, err
	}
	if err := negate(must(must(memoryview.FromObject(taken)).Cast("d"))); err != nil {
		return nil, err
	}
	back, err := inPython("np.frombuffer")
	if err != nil {
		return nil, err
	}
	defer back.Release()
	return back.Call(taken)
}
