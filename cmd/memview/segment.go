package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/shm"
)

// segmentPrefix stands before the name of a shared segment, where a file may be named. A file of such a name is ./shm:NAME.
const segmentPrefix = "shm:"

// openSegment opens a shared segment by its name, as the file that it is. Package shm looks at it first: it follows no link, and knows
// segments that are not ready.
func openSegment(name string, opts []arrayfile.Option) (*arrayfile.File, error) {
	attach := func() (*shm.Segment, error) { return shm.Open(name) }
	if len(opts) > 0 { // it is raw, whatever it begins with
		attach = func() (*shm.Segment, error) { return shm.OpenBare(name, buffer.Layout{Shape: []int{0}}) }
	}
	s, err := attach()
	if err == nil {
		err = s.Close()
	}
	if err != nil && !errors.Is(err, shm.ErrBare) {
		return nil, err
	}
	path, err := shm.Path(name)
	if err != nil {
		return nil, err
	}
	f, err := arrayfile.Open(path, opts...)
	if errors.Is(err, arrayfile.ErrUnknown) {
		return nil, fmt.Errorf("%s%s: %w: say what lies in it, by --format and --shape", segmentPrefix, name, shm.ErrBare)
	}
	return f, err
}

// segmentName takes the prefix away, which keeps a segment from being taken for a file.
func segmentName(arg string) (string, error) {
	name, ok := strings.CutPrefix(arg, segmentPrefix)
	if !ok {
		return "", fmt.Errorf("%q: shared segments are named %sNAME", arg, segmentPrefix)
	}
	return name, nil
}

type shareCommand struct {
	source

	Name string `help:"The segment's name (default: one is made up)." placeholder:"NAME"`
	Bare bool   `help:"Without a header: items and nothing else, as Python's SharedMemory has them."`
	JSON bool   `name:"json" help:"Print JSON, as list does of each segment."`
}

// Help is called by kong.
func (*shareCommand) Help() string {
	return examples(`
		memview share photo.npy --name frame   and elsewhere: memview show shm:frame
		memview share 'log.npy[:].pos'         a part, under a name that is made up
		zcat a.npy.gz | memview share - --name a
		memview share --bare photo.npy --name raw
		memview show --format B --shape 512,512,3 shm:raw`) + `

The segment stays when the command has ended, until memview rm shm:NAME. docs/SHM.md says what it begins with, and how Python attaches to it.`
}

// Run shares the array. The name is there once all of it is.
func (c *shareCommand) Run(out *output) error {
	sel, err := c.open(out.progress)
	if err != nil {
		return err
	}
	defer sel.Close()
	create := shm.Create
	if c.Bare {
		create = shm.CreateBare
	}
	v := sel.part
	s, err := create(c.Name, buffer.Layout{ItemSize: v.ItemSize(), Format: v.Format(), Shape: v.Shape()})
	if err != nil {
		return err
	}
	defer s.Close()
	w, err := s.View()
	if err != nil {
		return err
	}
	defer w.Release()
	if err := w.CopyFrom(v); err != nil {
		return fmt.Errorf("%s: %w", sel.title(), err)
	}
	if err := s.Publish(); err != nil {
		return err
	}
	made := listSegment{Name: s.Name(), Size: s.Size(), Format: v.Format(), Words: words(typeOf(v.Format())), Shape: v.Shape()}
	if c.JSON {
		return encode(out, made)
	}
	out.comment("%s  %s  %s", segmentPrefix+made.Name, made.Words, tuple(made.Shape))
	return nil
}

type rmCommand struct {
	Segments []string `arg:"" help:"The segments: shm:NAME." placeholder:"shm:NAME"`
}

// Help is called by kong.
func (*rmCommand) Help() string {
	return examples(`
		memview rm shm:frame   who is attached to it goes on, and nobody finds it any more`)
}

// Validate is called by kong.
func (c *rmCommand) Validate() error {
	for _, arg := range c.Segments {
		if _, err := segmentName(arg); err != nil {
			return err
		}
	}
	return nil
}

// Run removes them in turn, up to one that cannot be removed.
func (c *rmCommand) Run(*output) error {
	for _, arg := range c.Segments {
		name, err := segmentName(arg)
		if err == nil {
			err = shm.Remove(name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type listCommand struct {
	Where string `arg:"" optional:"" default:"shm:" help:"What to list: shm:, the shared segments." placeholder:"shm:"`

	JSON bool `name:"json" help:"Print JSON."`
}

// Validate is called by kong.
func (c *listCommand) Validate() error {
	if c.Where != segmentPrefix {
		return fmt.Errorf("%q: %s lists the shared segments; memview info lists what is in a file", c.Where, segmentPrefix)
	}
	return nil
}

// listSegment is a segment, and what lies in it, or why that is not known.
type listSegment struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Format string `json:"format,omitempty"`
	Words  string `json:"words,omitempty"`
	Shape  []int  `json:"shape,omitempty"`
	Reason string `json:"reason,omitempty"`
}

func segmentOf(e shm.Entry) listSegment {
	l := listSegment{Name: e.Name, Size: e.Size}
	s, err := shm.Open(e.Name)
	if err == nil {
		layout := s.Layout()
		_ = s.Close()
		l.Format, l.Words, l.Shape = layout.Format, words(typeOf(layout.Format)), layout.Shape
		return l
	}
	l.Reason = err.Error()
	for _, known := range []error{shm.ErrBare, shm.ErrNotReady, shm.ErrAbandoned, shm.ErrHeader} {
		if errors.Is(err, known) {
			l.Reason = known.Error()
		}
	}
	return l
}

// Run lists the segments by name.
func (c *listCommand) Run(out *output) error {
	entries, err := shm.List()
	if err != nil {
		return err
	}
	segments := []listSegment{}
	for _, e := range entries {
		segments = append(segments, segmentOf(e))
	}
	if c.JSON {
		return encode(out, segments)
	}
	if len(segments) == 0 {
		out.comment("no shared segments: memview share makes one")
		return nil
	}
	lines := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(lines, "name\tbytes\titems\tshape")
	for _, l := range segments {
		items, shape := l.Words, tuple(l.Shape)
		if l.Reason != "" {
			items, shape = l.Reason, ""
		}
		fmt.Fprintf(lines, "%s\t%d\t%s\t%s\n", arraytext.Printable(segmentPrefix+l.Name), l.Size, arraytext.Printable(items), shape)
	}
	return lines.Flush()
}
