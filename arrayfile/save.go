package arrayfile

import (
	"bufio"
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

	Format string       // what the items become on their way, as by [memoryview.Convert]; "" for what they are
	Order  buffer.Order // in which they lie in the file, C or F; 0 for the order that they have
}

// The kinds of file that [Save] and [Write] make.
const (
	NPY         = "npy"         // one array
	NPZ         = "npz"         // many, stored in a zip archive, each at a multiple of 64 bytes, or deflated
	Safetensors = "safetensors" // many, of numbers; in little-endian order, into which others are brought
	RawItems    = "raw"         // one array's items and nothing else, in C order where no other is asked for
	WAV         = "wav"         // one, of frames or of frames by channels: B, h, i, q, f or d, or B by 3 for 24 bits; see SampleRate
	PNG         = "png"         // one, of height by width, perhaps by 3 or 4 channels: B or H
)

// Save writes arrays to a new file, which appears at path once it is whole, where it replaces another, as by [File.Commit]. What is
// written is one array, or []Named. Items are packed and converted piece by piece, whatever their strides: a view of any size takes
// no memory, except for a picture. The path's ending says what kind of file it is, or the option [As].
//
// A name is free for npy and raw, and is arr_0 in an npz where there is none, as in NumPy. Arrays in Fortran order stay in it in npy and
// npz. What a kind cannot hold is buffer.ErrFormat; names that are missing, come twice or are no UTF-8 are ErrName; an item that does not
// fit its new format is buffer.ErrValue; other errors are those of the operating system, and of reading the arrays. After any of them
// path is as it was.
func Save(path string, what any, opts ...SaveOption) error {
	f := &File{name: printable(path)}
	s := savingOf(opts)
	if s.kind == "" {
		s.kind = KindOf(path)
	}
	if s.kind == "" {
		return f.fail(fmt.Errorf("%w: its ending says no kind of file: end it in %s, or use the option As", buffer.ErrValue, endings()))
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
	if err := f.file.Sync(); err != nil {
		return failed(f.name, flushing, err)
	}
	if err := f.draft.appear(f); err != nil {
		return err
	}
	if err := f.file.Close(); err != nil { // before it is renamed, as Windows wants it
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

// endingsOf are the kinds that endings of names say.
var endingsOf = []struct{ ending, kind string }{
	{".npy", NPY},
	{".npz", NPZ},
	{".safetensors", Safetensors},
	{".wav", WAV},
	{".png", PNG},
	{".bin", RawItems},
	{".raw", RawItems},
}

// KindOf returns the kind of file that Save makes at a path without the option As, by its ending; "" where that says none.
func KindOf(path string) string {
	ending := strings.ToLower(filepath.Ext(path))
	for _, e := range endingsOf {
		if e.ending == ending {
			return e.kind
		}
	}
	return ""
}

func endings() string {
	var all []string
	for _, e := range endingsOf {
		all = append(all, e.ending)
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// SaveOption changes how arrays are written.
type SaveOption func(*saving)

type saving struct {
	kind     string
	deflated bool
	metadata map[string]string
	rate     int
	wrapping bool
	watch    func(done, total int64) error
}

// As says the kind of file, such as NPZ.
func As(kind string) SaveOption { return func(s *saving) { s.kind = kind } }

// Deflated packs the arrays of an npz.
func Deflated() SaveOption { return func(s *saving) { s.deflated = true } }

// WithMetadata gives a safetensors file keys and values of its own.
func WithMetadata(metadata map[string]string) SaveOption {
	return func(s *saving) { s.metadata = metadata }
}

// SampleRate says how many frames of a WAV file make a second, which each has to say.
func SampleRate(hertz int) SaveOption { return func(s *saving) { s.rate = hertz } }

// Wrapping makes conversions of a Named's Format lose what does not fit, as NumPy's astype does: integers that become shorter
// keep their lowest bits, negative ones that become unsigned keep their bits, and complex numbers that become real ones keep
// their real part. Floats outside the range of an integer stay errors, since what NumPy makes of them depends on the machine.
func Wrapping() SaveOption { return func(s *saving) { s.wrapping = true } }

// Watched calls f now and then with the bytes of items that have been written, and that will have been in the end. An error of it
// ends the writing.
func Watched(f func(done, total int64) error) SaveOption { return func(s *saving) { s.watch = f } }

func savingOf(opts []SaveOption) (s saving) {
	for _, opt := range opts {
		opt(&s)
	}
	return s
}

// prepared are arrays that fit the kind of file that they will be written to.
type prepared struct {
	arrays []*outgoing
	write  func(w io.Writer) error
}

func (p *prepared) release() {
	for _, a := range p.arrays {
		a.view.Release()
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
	watch := &watch{f: s.watch}
	for _, a := range arrays {
		v, err := memoryview.FromObject(a.Value)
		if err != nil {
			return nil, fmt.Errorf("array %.100q: %w", a.Name, err)
		}
		o := &outgoing{name: a.Name, view: v, order: a.Order, watch: watch, wrapping: s.wrapping}
		p.arrays = append(p.arrays, o)
		if err := o.become(a.Format); err != nil {
			return nil, o.named(err)
		}
		if o.order != 0 && o.order != buffer.C && o.order != buffer.F {
			return nil, o.named(fmt.Errorf("%w: order %q: items lie in order C or F", buffer.ErrValue, byte(o.order)))
		}
	}
	if err := s.check(p); err != nil {
		return nil, err
	}
	switch s.kind {
	case NPY:
		p.write, err = p.arrays[0].prepareNPY()
	case NPZ:
		p.write, err = s.prepareNPZ(p)
	case Safetensors:
		p.write, err = s.prepareSafetensors(p)
	case WAV:
		p.write, err = s.prepareWAV(p.arrays[0])
	case PNG:
		p.write, err = preparePNG(p.arrays[0])
	case RawItems:
		p.write = p.arrays[0].write
	}
	for _, o := range p.arrays {
		watch.total += int64(o.nbytes())
	}
	return p, err
}

// check refuses what does not go together.
func (s saving) check(p *prepared) error {
	kinds := []string{NPY, NPZ, Safetensors, WAV, PNG, RawItems}
	one := s.kind != NPZ && s.kind != Safetensors
	switch {
	case !slices.Contains(kinds, s.kind):
		return fmt.Errorf("%w: kind %.40q: there are %s", buffer.ErrValue, s.kind, strings.Join(kinds, ", "))
	case s.deflated && s.kind != NPZ:
		return fmt.Errorf("%w: option Deflated is for npz, and this is %s", buffer.ErrValue, s.kind)
	case s.metadata != nil && s.kind != Safetensors:
		return fmt.Errorf("%w: option WithMetadata is for safetensors, and this is %s", buffer.ErrValue, s.kind)
	case s.rate != 0 && s.kind != WAV:
		return fmt.Errorf("%w: option SampleRate is for wav, and this is %s", buffer.ErrValue, s.kind)
	case one && len(p.arrays) != 1:
		return fmt.Errorf("%w: %d arrays: %s holds one: write npz or safetensors", buffer.ErrValue, len(p.arrays), s.kind)
	case s.kind == NPY || s.kind == NPZ || s.kind == RawItems:
		return nil
	}
	for _, o := range p.arrays {
		if o.order == buffer.F {
			return o.named(fmt.Errorf("%w: %s holds items in C order: write npy or npz", buffer.ErrFormat, s.kind))
		}
	}
	return nil
}

// checkNames refuses names that a file of many arrays could not tell apart.
func (p *prepared) checkNames(reserved ...string) error {
	seen := map[string]bool{}
	for _, a := range p.arrays {
		name := a.name
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

// prepareNPY writes an npy file, in the order in which the items lie where no other is asked for.
func (o *outgoing) prepareNPY() (func(io.Writer) error, error) {
	l := o.view.Buffer().Layout()
	if o.order == 0 {
		o.order = buffer.C
		if !l.IsContiguous(buffer.C) && l.IsContiguous(buffer.F) {
			o.order = buffer.F
		}
	}
	l.Format, l.ItemSize, l.Suboffsets = o.format, o.itemSize, nil
	strides, err := buffer.ContiguousStrides(l.Shape, l.ItemSize, o.order)
	if err != nil {
		return nil, err
	}
	l.Strides = strides
	header, err := NPYHeader(l)
	if err != nil {
		return nil, err
	}
	return func(w io.Writer) error {
		if _, err := w.Write(header); err != nil {
			return err
		}
		return o.write(w)
	}, nil
}
