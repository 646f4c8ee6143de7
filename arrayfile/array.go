package arrayfile

import (
	"slices"

	"github.com/go-memoryview/memoryview/buffer"
)

// Array is one array of a file, known by the file's header alone. It is an exporter: a loan of it
// maps its data.
type Array struct {
	file   *File
	name   string
	layout buffer.Layout
	order  buffer.Order
	offset int64
	notes  []string               // on the items
	how    string                 // they come into memory, where they do not lie in the file as they are
	load   func() ([]byte, error) // gives the items where they do not lie in the file as they are
}

// Name returns the array's name in its file: "" in a file that is one array.
func (a *Array) Name() string { return a.name }

// Copied tells that the items do not lie in the file as they are: they are compressed, say. A loan of
// the array is a copy then, made anew for each.
func (a *Array) Copied() bool { return a.load != nil }

// Layout returns a copy of the array's layout.
func (a *Array) Layout() buffer.Layout {
	l := a.layout
	l.Shape, l.Strides = slices.Clone(l.Shape), slices.Clone(l.Strides)
	return l
}

// Order returns the order in which the items lie in the file, C or F, as its header has it.
func (a *Array) Order() buffer.Order { return a.order }

// Offset returns the bytes from the start of the file to the first item, or to what it is made from where the
// array is Copied.
func (a *Array) Offset() int64 { return a.offset }

// NBytes returns the bytes of all items.
func (a *Array) NBytes() int {
	n := a.layout.ItemSize
	for _, extent := range a.layout.Shape {
		n *= extent
	}
	return n
}

// Notes returns what the format does not say of the items, in words, such as that numbers count
// seconds, and that items were read which would have been mapped. It is nil for nearly all arrays.
func (a *Array) Notes() []string {
	notes := a.ItemNotes()
	if a.how != "" {
		notes = append(notes, a.how+": a view is a copy")
	}
	if a.file != nil && a.file.copied.Load() {
		notes = append(notes, "read into memory: this could not be mapped")
	}
	return notes
}

// ItemNotes returns those of Notes that hold for the items wherever they are, also in another file or far away, and not how they were read.
func (a *Array) ItemNotes() []string { return slices.Clone(a.notes) }

// GetBuffer lends the array's memory, read-only unless the file is Writable. Where the system does not
// map the file, or Reading was asked for, the memory is a copy of its own. A closed file is os.ErrClosed. A file cut short since Open
// is ErrTruncated; one cut short later is buffer.ErrFault when the missing bytes are met, as [File.View] has it.
func (a *Array) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	mem, skip, err := a.memory()
	if err != nil {
		return nil, err
	}
	mem.ReadOnly, mem.Obj = !a.file.settings.writable, a
	b, err := mem.Lend(skip, a.layout, flags)
	if err != nil && mem.Release != nil {
		mem.Release()
	}
	return b, err
}

// memory is that of all items, which begin skip bytes from its base.
func (a *Array) memory() (mem buffer.Memory, skip int, err error) {
	if a.load == nil {
		return a.file.memory(a.offset, a.NBytes())
	}
	if a.file.closed.Load() {
		return mem, 0, a.file.errClosed()
	}
	data, err := a.load()
	switch {
	case err != nil && a.file.closed.Load(): // meanwhile
		return mem, 0, a.file.errClosed()
	case err != nil:
		return mem, 0, a.file.fail(err)
	}
	return memoryOf(data), 0, nil
}
