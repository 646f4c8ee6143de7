package arrayfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

// Named is an array with the name that it gets in a file. The value is what [memoryview.FromObject] takes: a view, another
// exporter such as an [Array], or a plain Go value.
type Named struct {
	Name  string
	Value any
}

// The kinds of file that [Save] and [Write] make.
const (
	NPY         = "npy"         // one array
	NPZ         = "npz"         // many, stored in a zip archive, each at a multiple of 64 bytes, or deflated
	Safetensors = "safetensors" // many, of numbers; in little-endian order, into which others are brought
	RawItems    = "raw"         // one array's items, in C order, and nothing else
)

// Save writes arrays to a new file, which appears at path once it is whole, where it replaces another, as by [File.Commit]. What is
// written is one array, or []Named. Items are packed piece by piece, whatever their strides: a view of any size takes no
// memory. The path's ending says what kind of file it is, or the option [As].
//
// A name is free for npy and raw, and is arr_0 in an npz where there is none, as in NumPy. Arrays in Fortran order stay in it in npy and
// npz. What a kind cannot hold is buffer.ErrFormat; names that are missing, come twice or are no UTF-8 are ErrName; other errors are
// those of the operating system, and of reading the arrays. After any of them path is as it was.
func Save(path string, what any, opts ...SaveOption) error {
	f := &File{name: printable(path)}
	s := savingOf(opts)
	if s.kind == "" {
		s.kind = kindByEnding[strings.ToLower(filepath.Ext(path))]
	}
	if s.kind == "" {
		return f.fail(fmt.Errorf("%w: its ending says no kind of file: end it in .npy, .npz, .safetensors or .bin, or use the option As", buffer.ErrValue))
	}
	p, err := s.prepare(what)
	if err != nil {
		return f.fail(err)
	}
	defer p.release()
	if err := f.beside(path); err != nil {
		return err
	}
	defer f.draft.discard()
	defer f.file.Close()
	if err := f.fill(p.write); err != nil {
		return err
	}
	if err := errors.Join(f.file.Sync(), f.file.Close()); err != nil {
		return failed(f.name, flushing, err)
	}
	return f.draft.place(f.name)
}

// fill writes the file by a function. Errors of the file are told from others.
func (f *File) fill(write func(io.Writer) error) error {
	w := &fileWriter{file: f.file}
	buffered := bufio.NewWriterSize(w, 256<<10)
	err := write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	switch {
	case w.err != nil:
		return failed(f.name, filling, w.err)
	case err != nil:
		return f.fail(err)
	}
	return nil
}

// fileWriter remembers what went wrong with the file.
type fileWriter struct {
	file *os.File
	err  error
}

func (w *fileWriter) Write(b []byte) (int, error) {
	n, err := w.file.Write(b)
	w.err = err
	return n, err
}

// Write is Save to a stream, which the option [As] says the kind of. Nothing is written before the arrays were found to fit that
// kind. After an error that comes later, what was written is no whole file.
func Write(w io.Writer, what any, opts ...SaveOption) error {
	s := savingOf(opts)
	if s.kind == "" {
		return fmt.Errorf("writing arrays: %w: use the option As to say which kind of file", buffer.ErrValue)
	}
	p, err := s.prepare(what)
	if err != nil {
		return fmt.Errorf("writing arrays: %w", err)
	}
	defer p.release()
	return p.write(w)
}

var kindByEnding = map[string]string{".npy": NPY, ".npz": NPZ, ".safetensors": Safetensors, ".bin": RawItems, ".raw": RawItems}

// SaveOption changes how arrays are written.
type SaveOption func(*saving)

type saving struct {
	kind     string
	deflated bool
	metadata map[string]string
}

// As says the kind of file, such as NPZ.
func As(kind string) SaveOption { return func(s *saving) { s.kind = kind } }

// Deflated packs the arrays of an npz.
func Deflated() SaveOption { return func(s *saving) { s.deflated = true } }

// WithMetadata gives a safetensors file keys and values of its own.
func WithMetadata(metadata map[string]string) SaveOption {
	return func(s *saving) { s.metadata = metadata }
}

func savingOf(opts []SaveOption) (s saving) {
	for _, opt := range opts {
		opt(&s)
	}
	return s
}

// prepared are arrays that fit the kind of file that they will be written to.
type prepared struct {
	names []string
	views []*memoryview.View
	write func(w io.Writer) error
}

func (p *prepared) release() {
	for _, v := range p.views {
		v.Release()
	}
}

// prepare takes the arrays, and finds out all that can be wrong with them before anything is written.
func (s saving) prepare(what any) (_ *prepared, err error) {
	arrays, many := what.([]Named)
	if !many {
		arrays = []Named{{Value: what}}
		if s.kind == NPZ {
			arrays[0].Name = "arr_0"
		}
	}
	p := &prepared{}
	defer func() {
		if err != nil {
			p.release()
		}
	}()
	for _, a := range arrays {
		v, err := memoryview.FromObject(a.Value)
		if err != nil {
			return nil, fmt.Errorf("array %.100q: %w", a.Name, err)
		}
		p.names, p.views = append(p.names, a.Name), append(p.views, v)
	}
	switch {
	case s.deflated && s.kind != NPZ:
		return nil, fmt.Errorf("%w: option Deflated is for npz, and this is %s", buffer.ErrValue, s.kind)
	case s.metadata != nil && s.kind != Safetensors:
		return nil, fmt.Errorf("%w: option WithMetadata is for safetensors, and this is %s", buffer.ErrValue, s.kind)
	case (s.kind == NPY || s.kind == RawItems) && len(arrays) != 1:
		return nil, fmt.Errorf("%w: %d arrays: %s holds one: write npz or safetensors", buffer.ErrValue, len(arrays), s.kind)
	}
	switch s.kind {
	case NPY:
		p.write, err = prepareNPY(p.views[0])
	case NPZ:
		p.write, err = s.prepareNPZ(p)
	case Safetensors:
		p.write, err = s.prepareSafetensors(p)
	case RawItems:
		p.write = func(w io.Writer) error { _, err := p.views[0].WriteTo(w); return err }
	default:
		err = fmt.Errorf("%w: kind %.40q: there are npy, npz, safetensors and raw", buffer.ErrValue, s.kind)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// checkNames refuses names that a file of many arrays could not tell apart.
func (p *prepared) checkNames(reserved ...string) error {
	seen := map[string]bool{}
	for _, name := range p.names {
		switch {
		case name == "":
			return fmt.Errorf("%w: an array without a name: give []Named", ErrName)
		case seen[name]:
			return fmt.Errorf("%w: two arrays are called %.100q: give each a name of its own", ErrName, name)
		case strings.ToValidUTF8(name, "") != name:
			return fmt.Errorf("%w: the name %.100q is no UTF-8", ErrName, name)
		case slices.Contains(reserved, name):
			return fmt.Errorf("%w: the name %q means something else in this kind of file: give another", ErrName, name)
		case len(name) > maxName:
			return fmt.Errorf("%w: a name of %d bytes: at most %d are possible", ErrName, len(name), maxName)
		}
		seen[name] = true
	}
	return nil
}

// maxName bounds names, in bytes: those of zip have 65,535 with .npy.
const maxName = 65_000

// prepareNPY writes an npy file, in the order in which the items lie.
func prepareNPY(v *memoryview.View) (func(io.Writer) error, error) {
	l := v.Buffer().Layout()
	inFortran := !l.IsContiguous(buffer.C) && l.IsContiguous(buffer.F)
	l.Suboffsets = nil
	if !inFortran {
		l.Strides = nil
	}
	header, err := NPYHeader(l)
	if err != nil {
		return nil, err
	}
	return func(w io.Writer) error {
		if _, err := w.Write(header); err != nil {
			return err
		}
		if !inFortran {
			_, err := v.WriteTo(w)
			return err
		}
		turned, err := v.Transpose()
		if err != nil {
			return err
		}
		defer turned.Release()
		_, err = turned.WriteTo(w)
		return err
	}, nil
}
