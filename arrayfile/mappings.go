package arrayfile

import (
	"errors"
	"os"
	"sync"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// mappings are those of a file that are in use and writable. They are known so that they can be
// flushed; the lock keeps one from being unmapped meanwhile.
type mappings struct {
	mu   sync.Mutex
	used map[*byte][]byte // by the first byte
}

// add maps n bytes from an offset of the file, n > 0, which begin skip bytes from the memory's base.
func (m *mappings) add(file *os.File, offset int64, n int, writable bool) (mem buffer.Memory, skip int, err error) {
	data, skip, err := mapRange(file, offset, n, writable)
	if err != nil {
		return mem, 0, err
	}
	first := unsafe.SliceData(data)
	mem = buffer.Memory{Base: unsafe.Pointer(first), Size: len(data), Mapped: true}
	if !writable {
		mem.Release = func() { unmap(data) }
		return mem, skip, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used == nil {
		m.used = map[*byte][]byte{}
	}
	m.used[first] = data
	mem.Release = func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.used, first)
		unmap(data)
	}
	return mem, skip, nil
}

// sync writes all mappings back to the file.
func (m *mappings) sync() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var errs []error
	for _, data := range m.used {
		errs = append(errs, syncRange(data))
	}
	return errors.Join(errs...)
}
