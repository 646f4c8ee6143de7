package arrayfile

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

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
// Until Commit the items lie in a file without a name, or, where the system has no such files (it is Linux that has), in one beside path,
// as .NAME.RANDOM.tmp, which a process that is killed leaves behind. What is at path is untouched, whatever happens to the process. The file's room on the disk is taken at once, so that a full
// disk is an error here and not when the view is written. With Sparse, and where the file system cannot do that (as NFS
// before 4.2, or systems other than Linux), it takes room where something is written, and on a full disk
// that write is buffer.ErrFault. A file that is replaced hands on its permissions, as far as the umask allows; a
// symbolic link is replaced itself.
//
// The layout is contiguous in C or Fortran order, and its strides may be nil for C. An ItemSize of 0
// is the format's own. Fields without a name are called f0, f1 and so on, by their place, as in NumPy;
// the File's Array tells the format that a reader will see. A header of more than 10,000 bytes,
// as of very many fields, NumPy reads only when told to by its max_header_size.
//
// What npy cannot hold is ErrFormat: bfloat16, floats of 8 bits, addresses, pascal strings, text of 2 bytes a character,
// and items that are arrays, which are better as dimensions. Other errors are ErrLayout,
// ErrNotContiguous, and the operating system's; errors.ErrUnsupported where files cannot be mapped.
func Create(path string, l buffer.Layout, opts ...CreateOption) (*File, error) {
	f := &File{name: printable(path), settings: settings{writable: true}}
	header, err := NPYHeader(l)
	if err == nil && !canMap {
		err = fmt.Errorf("writing: %w: files are mapped on Unix alone", errors.ErrUnsupported)
	}
	if err != nil {
		return nil, f.fail(err)
	}
	if err := f.beside(path); err != nil {
		return nil, err
	}
	for _, opt := range opts {
		opt(&f.draft)
	}
	if err := f.begin(header); err != nil {
		_ = f.Close() // which throws it away
		return nil, err
	}
	return f, nil
}

// beside opens a file that is not yet in place, beside where it will be.
func (f *File) beside(path string) error {
	mode := os.FileMode(0o666)
	target, err := filepath.Abs(path) // the working directory may be another one at Commit
	if err != nil {
		return failed(path, creating, err)
	}
	info, err := os.Stat(target)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return f.fail(fmt.Errorf("%w: it is no regular file that could be replaced: name another", os.ErrExist))
	case err == nil:
		mode = info.Mode().Perm()
	case !errors.Is(err, os.ErrNotExist) && !errors.Is(err, syscall.ELOOP): // a link to nowhere is replaced
		return failed(path, creating, err)
	}
	f.draft.temporary = filepath.Join(filepath.Dir(target), temporaryName(filepath.Base(target)))
	f.draft.path = target
	if f.file, err = openNameless(filepath.Dir(target), mode); err == nil {
		f.draft.nameless = true
		return nil
	}
	if f.file, err = os.OpenFile(f.draft.temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode); err != nil {
		f.draft.temporary = ""
		return failed(path, creating, err)
	}
	return nil
}

// CreateOption changes how a file is made.
type CreateOption func(*draft)

// Sparse lets a new file take room on the disk only where something is written, so that its shape may be of any size.
// Where the disk is full, that write is buffer.ErrFault.
func Sparse() CreateOption {
	return func(d *draft) { d.sparse = true }
}

// temporaryName is a name that nobody else has, for a file that will be called something else. Names have up to 255 bytes.
func temporaryName(name string) string {
	const most = 200
	return "." + strings.ToValidUTF8(name[:min(len(name), most)], "") + "." + rand.Text() + ".tmp"
}

// begin writes the header, and makes the file as long as its array. The array is known by reading
// the header as anybody will.
func (f *File) begin(header []byte) error {
	err := f.read(bytes.NewReader(header), unknownSize)
	if errors.Is(err, ErrTruncated) { // no file has so many bytes
		return failed(f.name, creating, syscall.EFBIG)
	}
	if err != nil {
		return err
	}
	f.size = int64(len(header)) + int64(f.content.arrays[0].NBytes())
	if _, err = f.file.Write(header); err == nil {
		err = f.file.Truncate(f.size)
	}
	if err == nil && !f.draft.sparse {
		err = reserve(f.file, f.size)
	}
	if err != nil {
		return failed(f.name, creating, err)
	}
	return nil
}

// Commit puts a file that Create made in place, whole: it flushes, renames the file to its path, where
// it replaces another, and waits until the disk has it. Whoever opens the path meanwhile finds the
// old file or the new one. Views stay alive, and go on writing to the file that is now in place.
//
// After an error the path is untouched. Where renaming failed, Commit may be tried again; where flushing failed, what was
// written may be lost, whatever the system says when it is asked again, and so Commit fails for good. A second Commit, and one of a
// file of Open's, is buffer.ErrValue.
func (f *File) Commit() error {
	f.draft.mu.Lock()
	defer f.draft.mu.Unlock()
	switch {
	case f.closed.Load():
		return f.errClosed()
	case f.draft.temporary == "":
		return f.fail(fmt.Errorf("%w: Commit is for files of Create's, once: Flush writes to the others", buffer.ErrValue))
	}
	if f.draft.lost == nil {
		f.draft.lost = f.flush()
	}
	if f.draft.lost != nil {
		return f.draft.lost
	}
	if err := f.draft.appear(f); err != nil {
		return err
	}
	return f.draft.place(f.name)
}

// draft is a file that is not yet in place.
type draft struct {
	mu              sync.Mutex
	temporary, path string // temporary is "" for a file that is in place
	nameless        bool   // there is nothing at temporary yet
	sparse          bool
	lost            error // of a flush
}

// appear gives a file its first name.
func (d *draft) appear(f *File) error {
	if !d.nameless {
		return nil
	}
	if err := nameIt(f.file, d.temporary); err != nil {
		return failed(f.name, placing, err)
	}
	d.nameless = false
	return nil
}

// place renames the file, and waits until the disk has its name.
func (d *draft) place(name string) error {
	if err := os.Rename(d.temporary, d.path); err != nil {
		return failed(name, placing, err)
	}
	d.temporary = ""
	if err := syncFolder(filepath.Dir(d.path)); err != nil {
		return failed(name, flushing, err)
	}
	return nil
}

// discard removes the file, and tells whether it was one.
func (d *draft) discard() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.temporary == "" {
		return false
	}
	if !d.nameless {
		_ = os.Remove(d.temporary)
	}
	d.temporary = ""
	return true
}
