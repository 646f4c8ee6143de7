package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/format"
)

type infoCommand struct {
	source

	JSON bool `name:"json" help:"Print JSON."`
}

// Help is called by kong.
func (*infoCommand) Help() string {
	return examples(`
		memview info photo.npy                format, shape and strides
		memview info 'photo.npy[::-2, 0]'     those of a part, and where it begins
		memview info 'log.npy[:].pos'         a field of records
		memview info --format '<f' depth.bin  how many items a raw file holds
		memview info model.safetensors        all that is in a file of many arrays
		memview info model.safetensors:layer  those below a name
		memview info http://127.0.0.1:8000    what memview serve serves
		memview info weather.zarr             what is in a Zarr store; no chunk is read
		memview info --json photo.npy | jq .shape`)
}

// info is what a header says, of the whole array or of a part.
type info struct {
	File       string      `json:"file"`
	Name       string      `json:"name,omitempty"`
	Kind       string      `json:"kind"`
	Size       *int64      `json:"size,omitempty"`
	Format     string      `json:"format"`
	Words      string      `json:"words"`
	Fields     []infoField `json:"fields,omitempty"`
	Shape      []int       `json:"shape"`
	Strides    []int       `json:"strides"`
	Order      string      `json:"order"`
	Contiguous string      `json:"contiguous"`
	ItemSize   int         `json:"itemsize"`
	NBytes     int         `json:"nbytes"`
	Offset     int64       `json:"offset"`
	Copied     bool        `json:"copied,omitempty"`
	Notes      []string    `json:"notes,omitempty"`

	Chunks     []int           `json:"chunks,omitempty"`     // of what is fetched
	Dimensions []string        `json:"dimensions,omitempty"` // their names, of a whole array
	Attributes json.RawMessage `json:"attributes,omitempty"`

	isWhole bool // no part was cut out
}

type infoField struct {
	Name   string `json:"name"`
	Offset int    `json:"offset"`
	Size   int    `json:"size"`
	Format string `json:"format"`
	Words  string `json:"words"`
}

// Run prints what the header says. For the whole array nothing else is read or mapped.
func (c *infoCommand) Run(out *output) error {
	t, f, err := c.openFile(out.progress)
	if err != nil {
		return err
	}
	if l := listOf(t, f); l != nil {
		defer f.Close()
		return l.write(out, c.JSON)
	}
	sel, err := selectionOf(t, c.Field, f)
	if err != nil {
		return err
	}
	defer sel.Close()
	if !sel.isWhole() {
		if err := sel.describe(); err != nil {
			return err
		}
	}
	i := infoOf(sel)
	if !c.JSON {
		return i.print(out)
	}
	return encode(out, i)
}

func encode(out *output, what any) error {
	text, err := marshal(what)
	if err != nil {
		return err
	}
	_, err = out.Write(append(text, '\n'))
	return err
}

func infoOf(s *selection) *info {
	l := s.layout()
	t := typeOf(l.Format)
	i := &info{
		File: s.title(), Name: s.array.Name(), Kind: s.file.Kind(), Size: sizeOf(s.file),
		Format: l.Format, Words: words(t), Fields: infoFields(nil, "", 0, t),
		Shape: l.Shape, Strides: l.Strides, Order: string(s.array.Order()), Contiguous: contiguity(l),
		ItemSize: l.ItemSize, NBytes: nbytes(l), Offset: s.offset(), Copied: s.array.Copied(), Notes: s.notes(),
		isWhole: s.isWhole() && len(s.file.Arrays()) == 1,
	}
	if a, isFetched := s.array.(*fetched); isFetched {
		i.Chunks, i.Attributes = a.Chunks(), a.Attributes()
		if s.isWhole() {
			i.Dimensions = a.Dimensions()
		}
	}
	return i
}

// sizeOf is nil where nobody knows it.
func sizeOf(h holding) *int64 {
	if size := h.Size(); size >= 0 {
		return &size
	}
	return nil
}

// kindLine says what a file is, and how large.
func kindLine(kind string, size *int64) string {
	if size == nil {
		return kind
	}
	return kind + ", " + humanBytes(*size)
}

func nbytes(l buffer.Layout) int {
	n := l.ItemSize
	for _, extent := range l.Shape {
		n *= extent
	}
	return n
}

// infoFields lists the fields, with those of records in records.
func infoFields(fields []infoField, prefix string, offset int, t *format.Type) []infoField {
	for _, f := range t.Fields() {
		name := prefix + f.Name
		fields = append(fields, infoField{name, offset + f.Offset, f.Type.Size(), f.Type.String(), words(f.Type)})
		fields = infoFields(fields, name+".", offset+f.Offset, f.Type)
	}
	return fields
}

func contiguity(l buffer.Layout) string {
	c, f := l.IsContiguous(buffer.C), l.IsContiguous(buffer.F)
	switch {
	case c && f:
		return "C and Fortran"
	case f:
		return "Fortran"
	case c:
		return "C"
	}
	return "no"
}

// print prints a line for each thing, and a table of the fields.
func (i *info) print(out *output) error {
	lines := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(what, text string, args ...any) {
		fmt.Fprintf(lines, "%s\t%s\n", what, arraytext.Printable(fmt.Sprintf(text, args...)))
	}
	line("file", "%s", i.File)
	if i.Name != "" {
		line("name", "%s", i.Name)
	}
	line("kind", "%s", kindLine(i.Kind, i.Size))
	line("format", "%s", beginning(i.Format))
	line("", "%s", i.Words)
	line("shape", "%s", tuple(i.Shape))
	line("strides", "%s", tuple(i.Strides))
	line("order", "%s", i.Order)
	line("contiguous", "%s", i.Contiguous)
	line("item size", "%s", humanBytes(int64(i.ItemSize)))
	i.printData(line)
	for _, note := range i.Notes {
		line("note", "%s", note)
	}
	if err := lines.Flush(); err != nil || len(i.Fields) == 0 {
		return err
	}
	fmt.Fprintln(out)
	fmt.Fprintln(lines, "field\toffset\tformat")
	for _, f := range i.Fields {
		fmt.Fprintf(lines, "%s\t%d\t%s\t%s\n", arraytext.Printable(f.Name), f.Offset, arraytext.Printable(beginning(f.Format)), f.Words)
	}
	return lines.Flush()
}

// printData says where the items are.
func (i *info) printData(line func(what, text string, args ...any)) {
	switch size := humanBytes(int64(i.NBytes)); {
	case i.Chunks != nil:
		line("data", "%s, in chunks of %s", size, tuple(i.Chunks))
	case i.Copied:
		line("data", "%s from byte %d of a copy", size, i.Offset)
	default:
		line("data", "%s from byte %d", size, i.Offset)
	}
	if i.Size != nil && i.isWhole && !i.Copied {
		if more := *i.Size - i.Offset - int64(i.NBytes); more > 0 {
			line("", "%s more follow", humanBytes(more))
		}
	}
	if i.Dimensions != nil {
		line("dimensions", "%s", strings.Join(i.Dimensions, ", "))
	}
	var attributes bytes.Buffer
	if err := json.Compact(&attributes, i.Attributes); err == nil && attributes.String() != "{}" {
		line("attributes", "%s", beginning(attributes.String()))
	}
}

// beginning cuts formats that are longer than anybody reads.
func beginning(f string) string {
	const enough = 200
	if len(f) > enough {
		return strings.ToValidUTF8(f[:enough], "") + "..."
	}
	return f
}
