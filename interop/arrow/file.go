package arrow

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/fault"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// File is an Arrow IPC file (Feather, version 2), which is mapped. Its record batches have columns, which are exporters.
type File struct {
	path    string
	file    *arrayfile.File
	bytes   *memoryview.View // the whole file
	reader  *ipc.FileReader
	batches int
}

// OpenFile opens an Arrow IPC file. What stands under the name is met as arrayfile.Open meets it; what is no such file, or is damaged in
// what describes it, is arrayfile.ErrHeader. So is a stream of batches without a file's index. A file with dictionaries is buffer.ErrType.
func OpenFile(path string) (*File, error) {
	file, err := arrayfile.Open(path, arrayfile.Raw("B"))
	if err != nil {
		return nil, err
	}
	f := &File{path: path, file: file}
	if f.bytes, err = file.View(""); err == nil {
		err = f.readIndex()
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func (f *File) readIndex() error {
	err := guard(func() error {
		bytes, err := f.bytes.Bytes()
		if err != nil {
			return err
		}
		if err := checkFile(bytes); err != nil {
			return err
		}
		f.reader, err = ipc.NewMappedFileReader(bytes, ipc.WithAllocator(affording{memory.NewGoAllocator()}))
		if err == nil {
			f.batches = f.reader.NumRecords()
		}
		return err
	})
	if err != nil {
		return f.fail(err)
	}
	return nil
}

// guard has Arrow read the file. What it finds wrong there it tells by errors and panics; and the file may be cut short meanwhile.
func guard(read func() error) (err error) {
	lost := array.Guard(func() {
		defer func() {
			if r := recover(); r != nil {
				if fault.Of(r) != nil {
					panic(r)
				}
				var ok bool
				if err, ok = r.(error); !ok {
					err = fmt.Errorf("%v", r)
				}
			}
		}()
		err = read()
	})
	var fatal runtime.Error // a panic that Arrow itself recovered
	if lost == nil && errors.As(err, &fatal) {
		lost = fault.Of(fatal)
	}
	switch {
	case lost != nil:
		return lost
	case err == nil || errors.Is(err, buffer.ErrType) || errors.Is(err, buffer.ErrValue):
		return err
	}
	return fmt.Errorf("%w: %w", arrayfile.ErrHeader, err)
}

func (f *File) fail(err error) error { return fmt.Errorf("IPC file %q: %w", f.path, err) }

// Schema returns the names and the types of the columns.
func (f *File) Schema() *arrow.Schema { return f.reader.Schema() }

// Batches returns the number of record batches. Those of one column lie apart, so that each is an array of its own.
func (f *File) Batches() int { return f.batches }

// Close closes the file, after which its columns lend no more, with os.ErrClosed. Views that were made before keep the mapping.
func (f *File) Close() error {
	if f.bytes != nil {
		_ = f.bytes.Release()
	}
	return f.file.Close()
}

// affording is an allocator that panics where Go would end the process: a damaged file may promise any size.
type affording struct{ memory.Allocator }

func (a affording) Allocate(n int) []byte {
	if !kernel.Affords(n) {
		panic(fmt.Errorf("%d bytes are more than there is memory", n))
	}
	return a.Allocator.Allocate(n)
}

func (a affording) Reallocate(n int, old []byte) []byte {
	if !kernel.Affords(n) {
		panic(fmt.Errorf("%d bytes are more than there is memory", n))
	}
	return a.Allocator.Reallocate(n, old)
}
