package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

// source is what all commands take: a file, a part of it, and what lies in it where it does not say.
type source struct {
	File  string `arg:"" optional:"" help:"The file, - for standard input, a folder or address of Zarr or of memview serve, perhaps with the array in it and a part: 'photo.npy[::64, ::64, 0]', 'log.npy[:9].pos.x', 'data.npz:x[0]', 'http://127.0.0.1:8000:photo.npy[0]'. A small sample where none is named." placeholder:"FILE:NAME[SLICE].FIELD"`
	Slice string `arg:"" optional:"" help:"The part, by itself: slices in Python's index syntax, and fields behind a point."`
	Field string `help:"Take one field of records; 'pos.x' for records in records." placeholder:"NAME"`

	openFlags
}

// openFlags say how what is named is opened.
type openFlags struct {
	rawFlags
	webFlags
}

// rawFlags say what lies in files that do not say it.
type rawFlags struct {
	Format string `group:"Raw files:" help:"The file is raw: items of this format, as of Python's struct, or T{<I:id:<d:x:} for records." placeholder:"FORMAT"`
	Shape  []int  `group:"Raw files:" help:"Items along each dimension (default: as many as there are)." placeholder:"N,N"`
	Offset int64  `group:"Raw files:" help:"Where the first item lies, in bytes." placeholder:"N"`
	Order  string `group:"Raw files:" help:"In which order the items lie: C or F." placeholder:"C|F" complete:"C,F"`
}

// Validate is called by kong.
func (s *source) Validate() error {
	switch {
	case s.Format == "" && (s.Shape != nil || s.Offset != 0 || s.Order != ""):
		return errors.New("--shape, --offset and --order are for raw files: say what the items are by --format")
	case s.Format != "" && s.File == "":
		return errors.New("--format: name a file, or - for standard input")
	case s.Order != "" && s.Order != "C" && s.Order != "F":
		return fmt.Errorf("--order=%s: C or F", s.Order)
	}
	return nil
}

func (s *rawFlags) options() (opts []arrayfile.Option) {
	if s.Format == "" {
		return nil
	}
	opts = append(opts, arrayfile.Raw(s.Format, s.Shape...), arrayfile.Offset(s.Offset))
	if s.Order != "" {
		opts = append(opts, arrayfile.InOrder(buffer.Order(s.Order[0])))
	}
	return opts
}

// selection is an open file, and the part of its array that was asked for.
type selection struct {
	target
	field string
	file  holding
	array held
	whole *memoryview.View // of the array, or of what was fetched of it; nil while the header is enough
	part  *memoryview.View // what was cut out of it

	sketched *buffer.Layout // of a part that is described, and not fetched, or not all of it
	ends     *edges         // of a part of which that was fetched; nil for others
	shared   bool           // the file is somebody else's to close
}

// open opens the file and cuts out the part.
func (s *source) open(p *progress) (*selection, error) {
	sel, err := s.openHeader(p)
	if err != nil {
		return nil, err
	}
	return sel, sel.cut()
}

// openHeader opens the file. There are no views yet.
func (s *source) openHeader(p *progress) (*selection, error) {
	t, f, err := s.openFile(p)
	if err != nil {
		return nil, err
	}
	return selectionOf(t, s.Field, f)
}

// openFile opens the file, and does not look for the array.
func (s *source) openFile(p *progress) (target, holding, error) {
	t, err := parseTarget(s.File, s.Slice, exists)
	if err != nil {
		return t, nil, err
	}
	f, err := t.open(s.openFlags, p)
	return t, f, err
}

func selectionOf(t target, field string, f holding) (*selection, error) {
	err := t.resolve(f)
	var a held
	if err == nil {
		a, err = f.Array(t.name)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &selection{target: t, field: field, file: f, array: a}, nil
}

// cut makes the views. When it fails, it closes the file.
func (s *selection) cut() (err error) {
	var left string
	if s.whole, left, err = s.array.take(s.target, s.field); err == nil {
		s.part, err = s.target.cut(s.whole, left, s.field)
	}
	if err != nil {
		s.Close()
	}
	return err
}

// describe is cut for who wants the layout alone: nothing is fetched.
func (s *selection) describe() error {
	a, isFetched := s.array.(*fetched)
	if !isFetched {
		return s.cut()
	}
	l, err := a.partLayout(s.target, s.field)
	s.sketched = &l
	if err != nil {
		s.Close()
	}
	return err
}

// Close gives everything back.
func (s *selection) Close() {
	for _, v := range []*memoryview.View{s.part, s.whole} {
		if v != nil {
			v.Release()
		}
	}
	if !s.shared {
		s.file.Close()
	}
}

// shown is what is printed of the part.
func (s *selection) shown() printable {
	if s.ends != nil {
		return s.ends
	}
	return s.part
}

// isWhole tells that nothing was cut.
func (s *selection) isWhole() bool { return s.steps == "" && s.field == "" }

// title is what was asked for, in the words of the arguments.
func (s *selection) title() string {
	if s.field != "" {
		return s.String() + "." + s.field
	}
	return s.String()
}

// fieldPath is the name of the field that was taken, with those of the records around it.
func (s *selection) fieldPath() string {
	var names []string
	for steps := s.steps; steps != ""; {
		step, rest, err := nextStep(steps)
		if err != nil {
			break
		}
		if name, isField := strings.CutPrefix(step, "."); isField {
			names = append(names, name)
		}
		steps = rest
	}
	if s.field != "" {
		names = append(names, s.field)
	}
	return strings.Join(names, ".")
}

// notes are those of the array that concern the part.
func (s *selection) notes() []string { return s.concerning(s.array.Notes()) }

// concerning are those of some notes that concern the part.
func (s *selection) concerning(all []string) (notes []string) {
	path := s.fieldPath()
	for _, note := range all {
		field, isField := strings.CutPrefix(note, "field ")
		if path == "" || !isField || strings.HasPrefix(field, path+":") || strings.HasPrefix(field, path+".") {
			notes = append(notes, note)
		}
	}
	return notes
}

// layout is the part's.
func (s *selection) layout() buffer.Layout {
	switch {
	case s.sketched != nil:
		return *s.sketched
	case s.part == nil:
		return s.array.Layout()
	}
	return s.part.Buffer().Layout()
}

// offset returns the byte of the file where the part's first item lies, or of the copy that is made of the array.
func (s *selection) offset() int64 {
	begin := s.array.Offset()
	if s.array.Copied() {
		begin = 0
	}
	if s.part == nil || s.part.NBytes() == 0 {
		return begin
	}
	first, err := s.part.Buffer().Pointer(make([]int, s.part.NDim())...)
	if err != nil {
		return begin
	}
	start, err := s.whole.Buffer().Pointer(make([]int, s.whole.NDim())...)
	if err != nil {
		return begin
	}
	return begin + int64(uintptr(first)-uintptr(start))
}
