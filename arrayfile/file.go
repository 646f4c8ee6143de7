package arrayfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// File is an open file of arrays. Its methods are safe to call from many goroutines.
type File struct {
	name     string // for messages
	file     *os.File
	data     []byte // where there is no file
	closed   atomic.Bool
	copied   atomic.Bool // was read where others are mapped
	size     int64       // when it was opened
	content  content
	byName   map[string]*Array
	settings settings
	mappings mappings
	draft    draft
}

// Open opens an array file by what it holds, whatever its name, and reads its headers only; a file
// without one is opened by Raw. The caller calls Close when it needs no further views; a File that is
// not closed is closed by the collector. Open does not wait: a pipe, a device, or whatever else is no
// regular file, is ErrUnknown, and can be read by OpenReader.
//
// The error is the operating system's, ErrUnknown for content of another kind, a *HeaderError,
// which also matches ErrTruncated, ErrPickled, or an error of package buffer where that is the cause,
// or for Raw one of these without a header.
func Open(path string, opts ...Option) (*File, error) {
	s, err := settingsOf(opts)
	if err == nil && s.writable && !canMap {
		err = fmt.Errorf("writing: %w: files are mapped on Unix alone: open it without Writable", errors.ErrUnsupported)
	}
	f := &File{name: printable(path), settings: s}
	if err != nil {
		return nil, f.fail(err)
	}
	what, mode := opening, os.O_RDONLY
	if s.writable {
		what, mode = writing, os.O_RDWR
	}
	info, err := os.Stat(path) // before opening it: opening a device may do things
	if err != nil {
		return nil, failed(path, what, err)
	}
	if err := regular(info.Mode()); err != nil {
		return nil, f.fail(err)
	}
	var size int64
	if f.file, size, err = openRegular(path, mode); err != nil {
		return nil, failed(path, what, err)
	}
	if err := f.read(&ahead{ReaderAt: f.file}, size); err != nil {
		_ = f.file.Close()
		return nil, err
	}
	return f, nil
}

// FromBytes opens the content of an array file that is in memory already, such as one embedded in
// the program. Views share it. Nobody may change it while there are any. The options are Open's,
// but for Writable.
func FromBytes(data []byte, opts ...Option) (*File, error) {
	s, err := settingsOf(opts)
	if err != nil {
		return nil, err
	}
	return openBytes(data, "array file in memory", s)
}

func openBytes(data []byte, name string, s settings) (*File, error) {
	if s.writable {
		return nil, fmt.Errorf("%s: %w: option Writable is for files: save it as one, or copy the view", name, buffer.ErrReadOnly)
	}
	f := &File{name: printable(name), data: data, settings: s}
	if err := f.read(bytes.NewReader(data), int64(len(data))); err != nil {
		return nil, err
	}
	return f, nil
}

// read finds out what the file is, and what arrays it has.
func (f *File) read(r io.ReaderAt, size int64) error {
	c, err := readContent(r, size, f.settings)
	if err != nil {
		return f.fail(err)
	}
	if f.settings.writable && c.sealed != "" {
		return f.fail(fmt.Errorf("%w: %s: write a new file, and open this one without Writable", buffer.ErrReadOnly, c.sealed))
	}
	f.size, f.content, f.byName = size, c, make(map[string]*Array, len(c.arrays))
	for _, a := range c.arrays {
		a.file, f.byName[a.name] = f, a
	}
	return nil
}

func (f *File) fail(err error) error { return &fileError{f.name, err} }

// Kind returns what kind of file it is, such as "npy 1.0", "npz" or "raw".
func (f *File) Kind() string { return f.content.kind }

// Size returns the bytes of the whole file when it was opened, or of what was read of a pipe.
func (f *File) Size() int64 { return f.size }

// Stat tells what the system knows of the file as it is now, such as when it was last written to. What was never a file, or is closed, is
// an error.
func (f *File) Stat() (os.FileInfo, error) {
	switch {
	case f.closed.Load():
		return nil, f.errClosed()
	case f.file == nil:
		return nil, f.fail(fmt.Errorf("asking for its times: %w: it is in memory", errors.ErrUnsupported))
	}
	info, err := f.file.Stat()
	if err != nil {
		return nil, failed(f.name, opening, err)
	}
	return info, nil
}

// View returns a view of an array of the file: the one it has for "". It is read-only, unless the
// file is Writable or one that Create made. The view lives on after Close, and when the file is deleted or another one
// takes its name. Its memory is given back when it and all that was made of it are released.
//
// A file that was cut short since Open is ErrTruncated. When it is cut short under the view, the bytes that are
// missing are buffer.ErrFault with the name and the place, but for those of its last page, which are zeros, and lost when
// they are written: systems map whole pages. A file that grows does not change the view, nor the File.
func (f *File) View(name string) (*memoryview.View, error) {
	a, err := f.Array(name)
	if err != nil {
		return nil, err
	}
	v, err := memoryview.FromObject(a)
	return v, fromFile(err)
}

// Flush waits until everything that was written to the views lies on the disk. Without Writable it
// does nothing. After an error some of it may be lost, although a later Flush succeeds: write it anew.
func (f *File) Flush() error {
	if !f.settings.writable {
		return nil
	}
	if f.closed.Load() {
		return f.errClosed()
	}
	return f.flush()
}

func (f *File) flush() error {
	err := f.mappings.sync()
	if err == nil {
		err = f.file.Sync()
	}
	if err != nil {
		return failed(f.name, flushing, err)
	}
	return nil
}

// Close closes the file, after which it gives no more views, with os.ErrClosed. It flushes first, and
// throws away a file of Create's without a Commit. Views that are out stay alive; what is written to
// them later reaches the file at the system's leisure. A second call does nothing.
func (f *File) Close() error {
	if f.closed.Swap(true) || f.file == nil {
		return nil
	}
	var err error
	if abandoned := f.draft.discard(); f.settings.writable && !abandoned {
		err = f.flush()
	}
	return errors.Join(err, f.file.Close())
}

func (f *File) errClosed() error { return f.fail(fmt.Errorf("%w: open it again", os.ErrClosed)) }

// memory lends n bytes from an offset, which begin skip bytes from the memory's base.
func (f *File) memory(offset int64, n int) (mem buffer.Memory, skip int, err error) {
	if f.closed.Load() {
		return mem, 0, f.errClosed()
	}
	mem, skip, err = f.lend(offset, n)
	if err != nil && f.closed.Load() { // meanwhile: the system has several words for that
		err = f.errClosed()
	}
	return mem, skip, err
}

func (f *File) lend(offset int64, n int) (mem buffer.Memory, skip int, err error) {
	if f.file == nil {
		return memoryOf(f.data), int(offset), nil
	}
	info, err := f.file.Stat()
	if err != nil {
		return mem, 0, failed(f.name, opening, err)
	}
	if info.Size()-offset < int64(n) {
		return mem, 0, f.fail(f.errCut(info.Size()))
	}
	if !f.settings.reading && n > 0 {
		mem, skip, err = f.mappings.add(f.file, offset, n, f.settings.writable)
		switch {
		case err == nil:
			mem.Explain = func(i int) error { return f.fail(f.unreachable(offset - int64(skip) + int64(i))) }
			return mem, skip, nil
		case isUnmappable(err) && f.settings.writable:
			return mem, 0, f.fail(fmt.Errorf("mapping it for writing: %w: open it without Writable, or copy it to another disk", err))
		case !isUnmappable(err):
			// Where the mapping does not fit, a copy would not either, and end the process.
			return mem, 0, failed(f.name, mapping, err)
		}
		f.copied.Store(true)
	}
	mem, err = f.copyOf(offset, n)
	return mem, 0, err
}

// isUnmappable tells that files like this one are not mapped here.
func isUnmappable(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENODEV)
}

// copyOf reads n bytes from an offset.
func (f *File) copyOf(offset int64, n int) (mem buffer.Memory, err error) {
	if !kernel.Affords(n) { // files can have holes, and be larger than any memory
		return mem, f.fail(fmt.Errorf("reading %d bytes: %w: they do not fit into memory: map it, without the option Reading", n, buffer.ErrLayout))
	}
	data := make([]byte, n)
	got, err := f.file.ReadAt(data, offset)
	switch {
	case got == n:
		return memoryOf(data), nil
	case errors.Is(err, io.EOF):
		err = f.errCut(offset + int64(got))
	}
	err = cause(err)
	return mem, f.fail(fmt.Errorf("reading %d bytes from byte %d: %w", n, offset, err))
}

// errCut is the error of a file that has so many bytes now, which are too few.
func (f *File) errCut(size int64) error {
	return fmt.Errorf("%w: it had %d bytes when it was opened, and has %d now: open it again", ErrTruncated, f.size, size)
}

// unreachable says why a byte of the file could not be reached in a mapping.
func (f *File) unreachable(at int64) error {
	info, err := f.file.Stat()
	switch {
	case err != nil: // it is closed
		return fmt.Errorf("byte %d could not be reached: was the file cut short? open it again", at)
	case info.Size() <= at:
		return fmt.Errorf("byte %d is gone: %w", at, f.errCut(info.Size()))
	case f.settings.writable:
		return fmt.Errorf("byte %d, which the file has, could not be reached: is the disk full or damaged? free some room", at)
	}
	return fmt.Errorf("byte %d, which the file has, could not be read: is the disk damaged? or it was written, which wants Writable", at)
}

func memoryOf(data []byte) buffer.Memory {
	return buffer.Memory{Base: unsafe.Pointer(unsafe.SliceData(data)), Size: len(data)}
}
