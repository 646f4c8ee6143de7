package cases

import (
	"errors"
	"fmt"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/shm"
)

// segments: an array's way into shared memory and to whoever attaches, beside multiprocessing.shared_memory.
func segments(s Scale) []Case {
	return []Case{attaching(64 * s.KiB), sharing(64 * s.MiB)}
}

// attaching finds the last item of an array that is shared.
func attaching(size int) Case {
	return Case{
		Name: "attach to a segment of " + sized(size), Peer: "SharedMemory", Target: Target{1, Faster},
		Prepare: func(m *Machine) (*Pair, error) {
			src := data("u1", size)
			s, err := share(src)
			if err != nil {
				return nil, err
			}
			remove := func() { _ = errors.Join(s.Close(), shm.Remove(s.Name())) }
			peer, err := m.python(fmt.Sprintf(`
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
def attach(): # as docs/SHM.md has it: else Python removes the segment when it ends
    s = SharedMemory(%q)
    resource_tracker.unregister(s._name, "shared_memory")
    last = s.buf[%d]
    s.close()
    return last
`, s.Name(), s.Size()-1), "attach()", "attach()")
			var last any
			return &Pair{
				Ours: calls(func() (err error) {
					last, err = lastOf(s.Name())
					return err
				}, func() string { return fmt.Sprint(last) }),
				Peer: peer, Close: remove,
			}, err
		},
	}
}

// sharing is the way of an array to somebody else, from the beginning to the end.
func sharing(size int) Case {
	return Case{
		Name: "an array of " + sized(size) + " shared, attached to and removed", Peer: "SharedMemory", Target: Target{0.7, Faster}, Bytes: size,
		Prepare: func(m *Machine) (*Pair, error) {
			peer, err := m.python(fmt.Sprintf(`
from multiprocessing.shared_memory import SharedMemory
a = numbers(%d, "u1")
def share():
    s = SharedMemory(create=True, size=a.nbytes)
    np.ndarray(a.shape, a.dtype, s.buf)[...] = a
    other = SharedMemory(s.name)
    last = int(np.ndarray(a.shape, a.dtype, other.buf)[-1])
    other.close()
    s.close()
    s.unlink()
    return last
`, size), "share()", "share()")
			src := data("u1", size)
			var last any
			return &Pair{
				Ours: calls(func() error {
					s, err := share(src)
					if err != nil {
						return err
					}
					last, err = lastOf(s.Name())
					return errors.Join(err, s.Close(), shm.Remove(s.Name()))
				}, func() string { return fmt.Sprint(last) }),
				Peer: peer,
			}, err
		},
	}
}

// share puts an array into a segment of its own.
func share(src *memoryview.View) (*shm.Segment, error) {
	s, err := shm.Create("", buffer.Layout{ItemSize: src.ItemSize(), Format: src.Format(), Shape: src.Shape()})
	if err != nil {
		return nil, err
	}
	v, err := s.View()
	if err == nil {
		err = errors.Join(v.CopyFrom(src), v.Release(), s.Publish())
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// lastOf returns the last item of a segment, as somebody else finds it.
func lastOf(name string) (last any, err error) {
	s, err := shm.Open(name)
	if err != nil {
		return nil, err
	}
	v, err := s.View()
	if err == nil {
		last, err = v.At(-1)
		err = errors.Join(err, v.Release())
	}
	return last, errors.Join(err, s.Close())
}
