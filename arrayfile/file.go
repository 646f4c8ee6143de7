package arrayfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

// File is an open file of arrays. Its methods are safe to call from many goroutines.
type File struct {
	name    string // for messages
	file    *os.File
	data    []byte // where there is no file
	closed  atomic.Bool
	kind    string
	size    int64
	arrays  []*Array
	reading bool // do not map
}

// Option changes how Open works.
type Option func(*File)

// Reading makes each View read its array into memory where it would map it. That costs the
// array's size, and shields from others who cut the file short or write to it meanwhile.
func Reading() Option {
	return func(f *File) { f.reading = true }
}

// Open opens an array file by what it holds, whatever its name, and reads its header only. The file
// must be a regular one. The caller calls Close when it needs no further views; a File that is not
// closed is closed by the collector.
//
// The error is the operating system's, ErrUnknown for content of another kind, or a *HeaderError,
// which also matches ErrTruncated, ErrPickled, or an error of package buffer where that is the cause.
func Open(path string, opts ...Option) (*File, error) {
	info, err := os.Stat(path) // before opening it: opening a pipe would wait
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w: it is no regular file: copy its content into one", path, ErrUnknown)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err = file.Stat(); err != nil {
		_ = file.Close()
		return nil, err
	}
	f := &File{name: path, file: file}
	for _, opt := range opts {
		opt(f)
	}
	if err := f.read(file, info.Size()); err != nil {
		_ = file.Close()
		return nil, err
	}
	return f, nil
}

// FromBytes opens the content of an array file that is in memory already, such as one embedded in
// the program. Views share it. Nobody may change it while there are any.
func FromBytes(data []byte) (*File, error) {
	f := &File{name: "array file in memory", data: data}
	if err := f.read(bytes.NewReader(data), int64(len(data))); err != nil {
		return nil, err
	}
	return f, nil
}

// read finds out what the file is, and what arrays it has.
func (f *File) read(r io.ReaderAt, size int64) error {
	err := sniff(r)
	if err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	kind, a, err := readNPY(r, size)
	if err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	a.file = f
	f.kind, f.size, f.arrays = kind, size, []*Array{a}
	return nil
}

// sniff tells the kind of a file by its first bytes.
func sniff(r io.ReaderAt) error {
	start := make([]byte, len(npyMagic))
	n, err := r.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch start := string(start[:n]); {
	case start == npyMagic:
		return nil
	case start == "":
		return fmt.Errorf("%w: the file is empty", ErrUnknown)
	case len(start) >= 4 && start[:4] == "PK\x03\x04":
		return fmt.Errorf("%w: it is a zip archive: unpack it, and open the npy files in it", ErrUnknown)
	default:
		return fmt.Errorf("%w: it begins with %q, an npy file with %q: write one with NumPy's save", ErrUnknown, start, npyMagic)
	}
}

// Kind returns what kind of file it is, such as "npy 1.0".
func (f *File) Kind() string { return f.kind }

// Size returns the bytes of the whole file when it was opened.
func (f *File) Size() int64 { return f.size }

// Array returns an array of the file: the one it has for "". Another name is ErrName.
func (f *File) Array(name string) (*Array, error) {
	if name == "" && len(f.arrays) == 1 {
		return f.arrays[0], nil
	}
	return nil, fmt.Errorf("%s: %w: %q: it has one array, named \"\"", f.name, ErrName, name)
}

// View returns a read-only view of an array of the file: the one it has for "". The view lives on
// after Close. Its memory is given back when it and all that was made of it are released.
func (f *File) View(name string) (*memoryview.View, error) {
	a, err := f.Array(name)
	if err != nil {
		return nil, err
	}
	return memoryview.FromObject(a)
}

// Close closes the file, after which it gives no more views, with os.ErrClosed. Views that are out
// stay alive. A second call does nothing.
func (f *File) Close() error {
	if f.closed.Swap(true) || f.file == nil {
		return nil
	}
	return f.file.Close()
}

// memory lends n bytes from an offset, which begin skip bytes from the memory's base.
func (f *File) memory(offset int64, n int) (mem buffer.Memory, skip int, err error) {
	switch {
	case f.closed.Load():
		return mem, 0, fmt.Errorf("%s: %w: open it again", f.name, os.ErrClosed)
	case f.file == nil:
		return memoryOf(f.data), int(offset), nil
	}
	info, err := f.file.Stat()
	if err != nil {
		return mem, 0, err
	}
	if info.Size()-offset < int64(n) {
		return mem, 0, fmt.Errorf("%s: %w: it had %d bytes when it was opened, and has %d now", f.name, ErrTruncated, f.size, info.Size())
	}
	if !f.reading && n > 0 {
		if mem, skip, err = mapRange(f.file, offset, n); err == nil {
			return mem, skip, nil
		}
	}
	data := make([]byte, n)
	if _, err := f.file.ReadAt(data, offset); err != nil {
		return mem, 0, fmt.Errorf("%s: reading %d bytes from byte %d: %w", f.name, n, offset, err)
	}
	return memoryOf(data), 0, nil
}

func memoryOf(data []byte) buffer.Memory {
	return buffer.Memory{Base: unsafe.Pointer(unsafe.SliceData(data)), Size: len(data)}
}
