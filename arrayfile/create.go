package arrayfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/go-memoryview/memoryview/buffer"
)

// Create makes a new npy file of that layout, all zeros, to be filled through its view and put in
// place by Commit:
//
//	f, err := arrayfile.Create("squares.npy", buffer.Layout{Format: "<d", Shape: []int{1000, 1000}})
//	...
//	defer f.Close() // throws it away, unless it was committed
//	v, err := f.View("")
//	... // write to v
//	err = f.Commit()
//
// Until Commit the items lie in a file beside path, and what is at path is untouched. That file takes
// room on the disk only where something was written, so that the shape may be of any size; where the
// disk is full, writing to the view is buffer.ErrFault. A file that is replaced hands on its permissions,
// as far as the umask allows; a symbolic link is replaced itself.
//
// The layout is contiguous in C or Fortran order, and its strides may be nil for C. An ItemSize of 0
// is the format's own. Fields without a name are called f0, f1 and so on, by their place, as in NumPy;
// the File's Array tells the format that a reader will see. A header of more than 10,000 bytes,
// as of very many fields, NumPy reads only when told to by its max_header_size.
//
// What npy cannot hold is ErrFormat: bfloat16, addresses, pascal strings, text of 2 bytes a character,
// and items that are arrays, which are better as dimensions. Other errors are ErrLayout,
// ErrNotContiguous, and the operating system's; errors.ErrUnsupported where files cannot be mapped.
func Create(path string, l buffer.Layout) (*File, error) {
	header, err := npyHeader(l)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !canMap {
		return nil, fmt.Errorf("%s: writing: %w: files are mapped on Unix alone", path, errors.ErrUnsupported)
	}
	mode := os.FileMode(0o666)
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s: %w: it is no regular file that could be replaced: name another", path, os.ErrExist)
		}
		mode = info.Mode().Perm()
	}
	temporary := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()+".tmp")
	file, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	f := &File{name: path, file: file, settings: settings{writable: true}}
	f.draft.temporary, f.draft.path = temporary, path
	if err := f.begin(header); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// begin writes the header, and makes the file as long as its array. The array is known by reading
// the header as anybody will.
func (f *File) begin(header []byte) error {
	if _, err := f.file.Write(header); err != nil {
		return err
	}
	if err := f.read(f.file, unknownSize); err != nil {
		return err
	}
	f.size = int64(len(header)) + int64(f.arrays[0].NBytes())
	return f.file.Truncate(f.size)
}

// Commit puts a file that Create made in place, whole: it flushes, renames the file to its path, where
// it replaces another, and waits until the disk has it. Whoever opens the path meanwhile finds the
// old file or the new one. Views stay alive, and go on writing to the file that is now in place.
//
// After an error of flushing or renaming the path is untouched, and Commit may be tried again. A second Commit,
// and one of a file of Open's, is buffer.ErrValue.
func (f *File) Commit() error {
	f.draft.mu.Lock()
	defer f.draft.mu.Unlock()
	switch {
	case f.closed.Load():
		return f.errClosed()
	case f.draft.temporary == "":
		return fmt.Errorf("%s: %w: Commit is for files of Create's, once: Flush writes to the others", f.name, buffer.ErrValue)
	}
	if err := f.flush(); err != nil {
		return err
	}
	if err := os.Rename(f.draft.temporary, f.draft.path); err != nil {
		return err
	}
	f.draft.temporary = ""
	return syncFolder(filepath.Dir(f.draft.path))
}

// draft is a file that is not yet in place.
type draft struct {
	mu              sync.Mutex
	temporary, path string // temporary is "" for a file that is in place
}

// discard removes the file, and tells whether it was one.
func (d *draft) discard() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.temporary == "" {
		return false
	}
	_ = os.Remove(d.temporary)
	d.temporary = ""
	return true
}
