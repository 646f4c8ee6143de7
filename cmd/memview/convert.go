package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/summary"
)

type convertCommand struct {
	In   string   `arg:"" help:"A file, - for standard input, a folder or address of Zarr or of memview serve, perhaps with an array in it and a part: 'photo.npy[::2]', data.npz:x, model.safetensors:encoder. Of a file of many without a name, all are taken." placeholder:"IN"`
	Out  string   `arg:"" help:"The file to be made, - for standard output; or another to read, where more follow." placeholder:"OUT"`
	More []string `arg:"" optional:"" help:"More files: the last one is made." placeholder:"..."`

	To        string `help:"The kind of file: npy, npz, safetensors, wav, png or raw (default: what the ending says)." placeholder:"KIND"`
	Dtype     string `help:"What items become: float32, >i2, uint8, bfloat16, a format as '<f'." placeholder:"DTYPE"`
	Casting   string `help:"What a conversion may lose, as in NumPy: nothing (safe), digits and range (same_kind), anything (unsafe)." enum:"safe,same_kind,unsafe" default:"same_kind" placeholder:"KIND"`
	Byteorder string `help:"Bring items into this order of bytes." placeholder:"little|big"`
	Order     string `help:"In which order items lie in the new file: C or F (default: as they do)." placeholder:"C|F"`
	Slice     string `help:"Take this part of each array: a slice in Python's index syntax, and fields behind a point." placeholder:"SLICE"`
	Field     string `help:"Take one field of records." placeholder:"NAME"`
	Deflate   bool   `help:"Compress the arrays of an npz."`
	Rate      int    `help:"Frames a second, for WAV files (default: those of the WAV file that is read)." placeholder:"HERTZ"`
	Skip      bool   `help:"Leave out what is in a file and cannot be read."`
	JSON      bool   `name:"json" help:"Print JSON."`

	Format   string `group:"Raw files:" help:"The files that are read are raw: items of this format, as of Python's struct, or T{<I:id:<d:x:} for records." placeholder:"FORMAT"`
	Shape    []int  `group:"Raw files:" help:"Items along each dimension (default: as many as there are)." placeholder:"N,N"`
	Offset   int64  `group:"Raw files:" help:"Where the first item lies, in bytes." placeholder:"N"`
	RawOrder string `group:"Raw files:" help:"In which order the items lie: C or F." placeholder:"C|F"`

	webFlags
}

// Help is called by kong.
func (*convertCommand) Help() string {
	return "Items are read, converted and written piece by piece: files may be larger than memory (a picture, what is compressed and what comes through a pipe may not). " +
		"What is fetched from a server or a Zarr store lies in memory or, beyond 1 GiB, in a file without a name in the folder that TMPDIR names. " +
		"The new file appears whole, in place of the one that was there, or not at all. " +
		"Floats that become integers lose their fraction, by --casting unsafe; integers that do not fit are an error, and lose their highest bits by --casting unsafe. " +
		"An array without a name gets that of its file in an npz or safetensors file.\n\n" + examples(`
		memview convert photo.npy photo.png
		memview convert a.npy b.npy both.npz          several into one, as a and b
		memview convert model.safetensors model.npz   all that is in a file, names and all
		memview convert model.safetensors:encoder encoder.safetensors
		memview convert 'log.npy[:].pos.x' x.npy      a part, a field
		memview convert --dtype float32 big.npy small.npy
		memview convert --byteorder little --order F --slice '::2' a.npy b.npy
		memview convert --format '<h' --shape 480,640 depth.bin depth.npy
		memview convert --rate 8000 tone.npy tone.wav
		memview convert http://127.0.0.1:8000:photo.npy photo.npy
		memview convert weather.zarr weather.npz
		zcat a.npy.gz | memview convert - - --to npz | ssh there 'cat > a.npz'`)
}

// Validate is called by kong.
func (c *convertCommand) Validate() error {
	orders := []string{"", "C", "F"}
	switch {
	case !slices.Contains(orders, c.Order):
		return fmt.Errorf("--order=%s: C or F", c.Order)
	case !slices.Contains(orders, c.RawOrder):
		return fmt.Errorf("--raw-order=%s: C or F", c.RawOrder)
	case c.Byteorder != "" && c.Byteorder != "little" && c.Byteorder != "big":
		return fmt.Errorf("--byteorder=%s: little or big", c.Byteorder)
	case c.JSON && c.out() == standardInput:
		return errors.New("--json: standard output has the new file: name a file")
	case c.Rate < 0:
		return fmt.Errorf("--rate=%d: at least 1", c.Rate)
	}
	return c.source(c.out()).Validate()
}

// files are those to read, and the one to be made.
func (c *convertCommand) files() (in []string, out string) {
	all := append([]string{c.In, c.Out}, c.More...)
	last := len(all) - 1
	return all[:last], all[last]
}

func (c *convertCommand) out() string {
	_, out := c.files()
	return out
}

func (c *convertCommand) source(file string) *source {
	raw := rawFlags{Format: c.Format, Shape: c.Shape, Offset: c.Offset, Order: c.RawOrder}
	return &source{File: file, Field: c.Field, openFlags: openFlags{raw, c.webFlags}}
}

// Run makes the file.
func (c *convertCommand) Run(out *output) error {
	kind, err := c.kind(out)
	if err != nil {
		return exitError{exitUsage, err}
	}
	v := &conversion{convertCommand: c, kind: kind}
	defer v.close()
	in, _ := c.files()
	for _, file := range in {
		if err := v.take(file, out.progress); err != nil {
			return err
		}
	}
	return v.make(out)
}

// kind is that of the file to be made.
func (c *convertCommand) kind(out *output) (string, error) {
	kind := cmp.Or(c.To, arrayfile.KindOf(c.out()))
	switch {
	case kind == "" && c.out() == standardInput:
		return "", errors.New("standard output: say which kind of file by --to, as --to npy")
	case kind == "":
		return "", fmt.Errorf("%s: its ending says no kind of file: end it in .npy, .npz, .safetensors, .wav, .png or .bin, or say it by --to", c.out())
	case c.out() == standardInput && out.width > 0:
		return "", errors.New("standard output is a terminal, and the new file is no text: name a file, or redirect it")
	}
	return kind, nil
}

// conversion is what is taken, and what it becomes.
type conversion struct {
	*convertCommand
	kind    string
	taken   []*selection
	arrays  []arrayfile.Named
	skipped []listSkipped
	rate    string // of a WAV file
	more    map[string]string
}

func (v *conversion) close() {
	for _, sel := range v.taken {
		sel.Close()
	}
}

// take takes an array out of a file, or all of them, or all below a name.
func (v *conversion) take(file string, p *progress) error {
	t, f, err := v.source(file).openFile(p)
	if err != nil {
		return err
	}
	l := listOf(t, f)
	if l == nil {
		if t, err = parseTarget(file, v.Slice, exists); err != nil {
			f.Close()
			return err
		}
		sel, err := selectionOf(t, v.Field, f)
		if err != nil {
			return err
		}
		return v.add(sel)
	}
	if len(l.Skipped) > 0 && !v.Skip {
		f.Close()
		return fmt.Errorf("%s: %q cannot be read: %s: name the arrays that are wanted, or leave out what cannot be read by --skip", t, l.Skipped[0].Name, l.Skipped[0].Reason)
	}
	v.skipped = append(v.skipped, l.Skipped...)
	if len(l.Arrays) == 0 {
		v.keep(f)
		return f.Close()
	}
	for _, a := range l.Arrays {
		one := t
		one.isNamed, one.name = true, a.Name
		if v.Slice != "" {
			one.steps = bracketed(v.Slice)
		}
		array, err := f.Array(a.Name)
		if err != nil {
			return err
		}
		if err := v.add(&selection{target: one, field: v.Field, file: f, array: array}); err != nil {
			return err
		}
	}
	return nil
}

// keep remembers what a file says besides arrays.
func (v *conversion) keep(f holding) {
	for key, value := range f.Metadata() {
		switch {
		case f.Kind() == "wav":
			v.rate = value
		case v.more == nil:
			v.more = map[string]string{key: value}
		default:
			v.more[key] = value
		}
	}
}

// add takes one array, and finds out what it becomes.
func (v *conversion) add(sel *selection) error {
	if err := sel.cut(); err != nil {
		return err
	}
	v.keep(sel.file)
	return v.addPart(sel)
}

// addPart takes what was cut out.
func (v *conversion) addPart(sel *selection) error {
	v.taken = append(v.taken, sel)
	to, err := v.become(typeOf(sel.part.Format()))
	if err != nil {
		return fmt.Errorf("%s: %w", sel.title(), err)
	}
	named := arrayfile.Named{Name: v.nameOf(sel), Value: sel.part, Format: to}
	if v.Order != "" {
		named.Order = buffer.Order(v.Order[0])
	}
	v.arrays = append(v.arrays, named)
	return nil
}

// become is the format that items get.
func (v *conversion) become(from *format.Type) (string, error) {
	to := from
	if v.Dtype != "" {
		var err error
		if to, err = formatOf(v.Dtype); err != nil {
			return "", err
		}
		if !canCast(from, to, v.Casting) {
			return "", fmt.Errorf("%w: %s to %s: %s", buffer.ErrValue, words(from), words(to), lossOf(from, to))
		}
	}
	switch v.Byteorder {
	case "little":
		return inByteOrder(to, "<")
	case "big":
		return inByteOrder(to, ">")
	}
	if v.Dtype == "" {
		return "", nil
	}
	return to.String(), nil
}

// nameOf is an array's name, below the group that was named, or the name of its file where it has none.
func (v *conversion) nameOf(sel *selection) string {
	name := sel.array.Name()
	if _, isFetched := sel.array.(*fetched); isFetched && sel.isNamed { // a file that a server has is a group of its arrays
		name = strings.TrimPrefix(name, strings.TrimSuffix(sel.inside, "/")+"/")
	}
	if name != "" {
		return name
	}
	if sel.path == standardInput || sel.path == "" {
		return "arr_" + strconv.Itoa(len(v.arrays))
	}
	base := filepath.Base(sel.path)
	return cmp.Or(strings.TrimSuffix(base, filepath.Ext(base)), base)
}

// make makes the file, and says what it is.
func (v *conversion) make(out *output) error {
	if err := v.write(out); err != nil || v.out() == standardInput {
		return err
	}
	report, err := v.report()
	switch {
	case err != nil:
		return err
	case v.JSON:
		return encode(out, report)
	}
	report.print(out)
	return nil
}

// write makes the file, or writes to standard output.
func (v *conversion) write(out *output) error {
	err := v.fits()
	if err != nil {
		return err
	}
	opts := []arrayfile.SaveOption{arrayfile.As(v.kind)}
	if v.Deflate {
		opts = append(opts, arrayfile.Deflated())
	}
	if v.kind == arrayfile.Safetensors && v.more != nil {
		opts = append(opts, arrayfile.WithMetadata(v.more))
	}
	if v.kind == arrayfile.WAV {
		rate, _ := strconv.Atoi(v.rate)
		opts = append(opts, arrayfile.SampleRate(cmp.Or(v.Rate, rate)))
	}
	if v.Casting == castUnsafe {
		opts = append(opts, arrayfile.Wrapping())
	}
	return out.progress.run("convert", func(w *summary.Work) error {
		opts := append(opts, arrayfile.Watched(func(done, total int64) error {
			if w.Report(done, total) != nil {
				return errors.New("interrupted: the new file is thrown away")
			}
			return nil
		}))
		if v.out() == standardInput {
			err = arrayfile.Write(out, v.arrays, opts...)
		} else {
			err = arrayfile.Save(v.out(), v.arrays, opts...)
		}
		return v.advice(err)
	})
}

// fits refuses what would be clear to the library only in its own words.
func (v *conversion) fits() error {
	one := v.kind != arrayfile.NPZ && v.kind != arrayfile.Safetensors
	switch {
	case one && len(v.arrays) == 0:
		return fmt.Errorf("there are no arrays, and %s holds one", v.kind)
	case one && len(v.arrays) > 1:
		first := v.taken[0]
		return fmt.Errorf("%d arrays, and %s holds one: name one of them, as %s, or make an npz or safetensors file", len(v.arrays), v.kind, arraytext.Printable(first.title()))
	case v.kind == arrayfile.WAV && v.Rate == 0 && v.rate == "":
		return errors.New("a WAV file says how many frames make a second: say it by --rate, as --rate 44100")
	case v.Rate != 0 && v.kind != arrayfile.WAV:
		return fmt.Errorf("--rate is for WAV files, and this is %s", v.kind)
	case v.Deflate && v.kind != arrayfile.NPZ:
		return fmt.Errorf("--deflate is for npz files, and this is %s", v.kind)
	}
	seen := map[string]*selection{}
	for i, a := range v.arrays {
		if first := seen[a.Name]; first != nil && !one {
			return fmt.Errorf("%s and %s would both be called %q: convert them to two files, or rename one", first.title(), v.taken[i].title(), a.Name)
		}
		seen[a.Name] = v.taken[i]
	}
	return nil
}

// advice says which flag would help.
func (v *conversion) advice(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, buffer.ErrValue) && strings.Contains(err.Error(), "has no room") && v.Casting != castUnsafe:
		return fmt.Errorf("%w: a longer --dtype has room for it, and --casting unsafe keeps the lowest bits of integers", err)
	case errors.Is(err, buffer.ErrFormat) && v.Dtype == "":
		return fmt.Errorf("%w (see --dtype)", err)
	}
	return err
}

// converted is what was made.
type converted struct {
	File    string           `json:"file"`
	Kind    string           `json:"kind"`
	Size    int64            `json:"size"`
	Arrays  []convertedArray `json:"arrays"`
	Skipped []listSkipped    `json:"skipped,omitempty"`
	Lost    []string         `json:"lost,omitempty"`
}

type convertedArray struct {
	From       string   `json:"from"`
	FromFormat string   `json:"from_format"`
	Name       string   `json:"name,omitempty"`
	Format     string   `json:"format"`
	Shape      []int    `json:"shape"`
	Notes      []string `json:"notes,omitempty"`
}

// report is what was made: what readers of the file find, but for raw items, which say nothing of themselves.
func (v *conversion) report() (*converted, error) {
	c := &converted{File: v.out(), Kind: v.kind, Arrays: []convertedArray{}, Skipped: v.skipped}
	opts := []arrayfile.Option{}
	if v.kind == arrayfile.RawItems {
		opts = append(opts, arrayfile.Raw(cmp.Or(v.arrays[0].Format, v.taken[0].part.Format()), v.taken[0].part.Shape()...))
	}
	f, err := arrayfile.Open(v.out(), opts...)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c.Size = f.Size()
	if v.more != nil && v.kind != arrayfile.Safetensors {
		c.Lost = append(c.Lost, "metadata, which "+v.kind+" has not: "+listing(slices.Sorted(maps.Keys(v.more))))
	}
	if v.rate != "" && v.kind != arrayfile.WAV {
		c.Lost = append(c.Lost, "the sample rate, which was "+v.rate)
	}
	for i, a := range v.arrays {
		sel, name := v.taken[i], ""
		if v.kind == arrayfile.NPZ || v.kind == arrayfile.Safetensors {
			name = a.Name
		}
		made, err := f.Array(name)
		if err != nil {
			return nil, err
		}
		l := made.Layout()
		c.Arrays = append(c.Arrays, convertedArray{sel.title(), sel.part.Format(), name, l.Format, l.Shape, sel.concerning(sel.array.ItemNotes())})
	}
	return c, nil
}

func (c *converted) print(out *output) {
	for _, a := range c.Arrays {
		was, is := words(typeOf(a.FromFormat)), words(typeOf(a.Format))
		line := fmt.Sprintf("%s  %s  %s", a.From, was, tuple(a.Shape))
		if was != is {
			line += "  as " + is
		}
		if a.Name != "" && !strings.HasSuffix(a.From, ":"+a.Name) {
			line += "  called " + a.Name
		}
		out.comment("%s", line)
		for _, note := range a.Notes {
			out.comment("note: %s", note)
		}
	}
	for _, s := range c.Skipped {
		out.comment("left out: %s: %s", s.Name, s.Reason)
	}
	for _, lost := range c.Lost {
		out.comment("left out: %s", lost)
	}
	fmt.Fprintf(out, "%s  %s, %s\n", arraytext.Printable(c.File), c.Kind, humanBytes(c.Size))
}
