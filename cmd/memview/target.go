package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/shm"
)

// sample is shown where no file is named: see SAMPLE.md.
//
//go:embed sample.npy
var sample []byte

const sampleName = "sample"

// standardInput is the name that stands for it.
const standardInput = "-"

// target is what the arguments name: a file, or the sample, an array in it, and a part of that.
type target struct {
	path  string // "" for the sample, standardInput for that, segmentPrefix and a name for a shared segment, or an address
	name  string // of the array, or "" where none was named
	steps string // such as "[2:5].at[0]", or ""

	isNamed bool   // an array is named
	inside  string // what stands behind the file's name and ':', which only the file's names divide
}

// parseTarget reads FILE:NAME[SLICE].FIELD[SLICE]..., or FILE:NAME and the rest as a second argument, which may
// be a slice without brackets, or the rest alone for the sample. Without :NAME, fields come behind a slice, since
// names of files have dots. A file whose name has brackets or colons is that file: of several ways to read the
// argument, the one with the longest name that exists is taken.
func parseTarget(file, rest string, exists func(path string) bool) (target, error) {
	path, tail := splitTarget(strings.TrimPrefix(file, hidden), exists)
	t := target{path: path, steps: tail}
	if inside, ok := strings.CutPrefix(tail, ":"); ok {
		t.isNamed, t.inside, t.steps = true, inside, ""
	}
	if rest == "" {
		return t, nil
	}
	if t.steps != "" || strings.HasSuffix(t.inside, "]") {
		return t, fmt.Errorf("%q and %q are two slices: give one", tail, rest)
	}
	rest = bracketed(rest)
	if t.isNamed {
		t.inside += rest
	} else {
		t.steps = rest
	}
	return t, nil
}

// bracketed puts brackets around a slice that has none.
func bracketed(part string) string {
	if !strings.HasPrefix(part, "[") && !strings.HasPrefix(part, ".") || strings.HasPrefix(part, "...") {
		return "[" + part + "]"
	}
	return part
}

// splitTarget finds where the file's name ends: as late as a file exists, or else where the argument reads best.
func splitTarget(arg string, exists func(path string) bool) (path, tail string) {
	for end := len(arg); end > 0; end = strings.LastIndexAny(arg[:end], ":[") {
		path, tail := arg[:end], arg[end:]
		if (path == standardInput || exists(path)) && (tail == "" || tail[0] == ':' || areSteps(tail)) {
			return path, tail
		}
	}
	if address := addressIn(arg); address != "" {
		return address, arg[len(address):]
	}
	path = beforeSteps(arg)
	drive := 0
	if len(path) > 2 && (path[1:3] == `:\` || path[1:3] == ":/") {
		drive = len("C:")
	} else if strings.HasPrefix(path, segmentPrefix) {
		drive = len(segmentPrefix)
	}
	if colon := strings.IndexAny(path[drive:], ":["); colon > 0 && path[drive+colon] == ':' {
		path = path[:drive+colon]
	}
	return path, arg[len(path):]
}

func areSteps(steps string) bool {
	for steps != "" {
		var err error
		if _, steps, err = nextStep(steps); err != nil {
			return false
		}
	}
	return true
}

// beforeSteps leaves out the slices and fields at the end, as many as there are.
func beforeSteps(arg string) string {
	for path := arg; ; {
		end := strings.LastIndexByte(path, ']') + 1
		if end < len(path) && (path[end] != '.' || len(path) == end+1) {
			return path
		}
		open := strings.LastIndexAny(path[:max(end-1, 0)], "[]")
		if open < 0 || path[open] == ']' {
			return path
		}
		path = arg[:open]
	}
}

// resolve finds the array in the file, and what of it was asked for: the longest name that the file has, up to the end
// or to a slice or a field.
func (t *target) resolve(f holding) error {
	if !t.isNamed || t.inside == "" {
		return nil
	}
	names := map[string]bool{}
	for _, a := range f.Arrays() {
		names[a.Name()] = true
	}
	for end := len(t.inside); end > 0; end = strings.LastIndexAny(t.inside[:end], "[.") {
		if names[t.inside[:end]] {
			t.name, t.steps = t.inside[:end], t.inside[end:]
			return nil
		}
	}
	t.name, _, _ = strings.Cut(t.inside, "[")
	t.steps = t.inside[len(t.name):]
	_, err := f.Array(t.name)
	return err
}

// nextStep splits the first step off: a slice in brackets, or a point and the name of a field, in
// which there may be points for records in records.
func nextStep(steps string) (step, rest string, err error) {
	end := strings.IndexByte(steps[1:], '[') + 1
	switch {
	case steps[0] == '.' && end == 0:
		end = len(steps)
	case steps[0] == '[':
		end = strings.IndexByte(steps, ']') + 1
	}
	if end < 2 || steps[0] != '[' && steps[0] != '.' || steps[:end] == "." {
		return "", "", fmt.Errorf("%w: %q: a part is cut out by slices in brackets, and fields by a point and their name, as in '[2:5].pos[:, 0]'",
			buffer.ErrValue, steps)
	}
	return steps[:end], steps[end:], nil
}

// leadingSlice splits off the slice that steps begin with; "" where they begin with a field.
func leadingSlice(steps string) (slice, rest string, err error) {
	if !strings.HasPrefix(steps, "[") {
		return "", steps, nil
	}
	return nextStep(steps)
}

func exists(path string) bool {
	if name, ok := strings.CutPrefix(path, segmentPrefix); ok {
		var err error
		if path, err = shm.Path(name); err != nil {
			return false
		}
	}
	_, err := os.Stat(path)
	return err == nil
}

func (t target) String() string {
	text := t.path
	if t.path == "" {
		text = sampleName
	}
	if t.isNamed && t.name == "" {
		return text + ":" + t.inside
	}
	if t.isNamed {
		text += ":" + t.name
	}
	return text + t.steps
}

// open opens what is named.
func (t target) open(flags openFlags, p *progress) (holding, error) {
	if !isStore(t.path) {
		f, err := t.openFile(flags.options())
		if err != nil {
			return nil, err
		}
		return onDisk{f}, nil
	}
	if flags.Format != "" {
		return nil, fmt.Errorf("%s: --format is for raw files, and this says itself what it holds", t.path)
	}
	return openStore(t.path, flags.webFlags, p)
}

// openFile opens a file. The error says what else could have been meant.
func (t target) openFile(opts []arrayfile.Option) (*arrayfile.File, error) {
	switch t.path {
	case "":
		return arrayfile.FromBytes(sample, opts...)
	case standardInput:
		return arrayfile.OpenReader(os.Stdin, "standard input", opts...)
	}
	if name, ok := strings.CutPrefix(t.path, segmentPrefix); ok {
		return openSegment(name, opts)
	}
	if isPipe(t.path) {
		return openPipe(t.path, opts)
	}
	f, err := arrayfile.Open(t.path, opts...)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	return nil, fmt.Errorf("%s: %w%s", t.path, fs.ErrNotExist, t.otherwise())
}

// isPipe tells pipes, such as those that shells make of <(commands).
func isPipe(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Type() == fs.ModeNamedPipe
}

// openPipe reads what comes through a pipe. It waits for who writes to it, as other commands do.
func openPipe(path string, opts []arrayfile.Option) (*arrayfile.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return arrayfile.OpenReader(file, path, opts...)
}

// otherwise says what could have been meant by the name of a file that is not there.
func (t target) otherwise() string {
	for _, ending := range []string{".npy", ".npz", ".safetensors"} {
		if exists(t.path + ending) {
			return fmt.Sprintf(": did you mean %s%s?", t.path, ending)
		}
	}
	switch {
	case isHost(t.path):
		return ": the address of a server begins with http:// or https://"
	case strings.Contains(t.path, "["):
		return ": FILE[SLICE] ends in ']' or in the name of a field, and is one argument, in quotes: 'photo.npy[::2, 0]'"
	case strings.ContainsAny(t.path, ",") || strings.Trim(t.path, ":-0123456789") == "":
		return fmt.Sprintf(": a slice comes after the file, or in brackets for the sample: '[%s]'", t)
	case !strings.ContainsAny(t.path, "./"):
		return ": if a command was meant, --help lists them"
	}
	return ""
}

// cut takes steps, of which some may have been taken, and then the field out of a view, which stays as it is.
func (t target) cut(whole *memoryview.View, steps, field string) (v *memoryview.View, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", t, err)
		}
	}()
	if v, err = whole.Select("..."); err != nil {
		return nil, err
	}
	for steps != "" {
		var step string
		if step, steps, err = nextStep(steps); err == nil {
			v, err = replace(v, step)
		}
		if err != nil {
			v.Release()
			return nil, err
		}
	}
	if field == "" {
		return v, nil
	}
	defer v.Release()
	return cutField(v, field)
}

// replace takes one step, and releases the view where it came from. After an error the view stays.
func replace(v *memoryview.View, step string) (next *memoryview.View, err error) {
	if name, isField := strings.CutPrefix(step, "."); isField {
		next, err = cutField(v, name)
	} else if next, err = v.Select(step); err != nil {
		err = sliceError(err, v.Shape())
	}
	if err != nil {
		return v, err
	}
	v.Release()
	return next, nil
}

// sliceError adds what would fit.
func sliceError(err error, shape []int) error {
	switch {
	case len(shape) == 0:
		return fmt.Errorf("%w: the array is a scalar, which only [] and [...] index", err)
	case errors.Is(err, buffer.ErrBounds):
		return err
	case errors.Is(err, buffer.ErrType):
		return fmt.Errorf("%w: the array's shape is %s", err, tuple(shape))
	}
	return fmt.Errorf("%w: Python's index syntax is numbers, slices and ..., with commas, as in [2, ::-1, ..., 3:5]", err)
}

// cutField finds a field by its name, or by names with points between them for records in records.
func cutField(v *memoryview.View, name string) (*memoryview.View, error) {
	f, err := v.Field(name)
	first, rest, nested := strings.Cut(name, ".")
	if err == nil || !nested {
		return f, err
	}
	if f, err = v.Field(first); err != nil {
		return nil, err
	}
	defer f.Release()
	return cutField(f, rest)
}

// typeOf parses the format of a view or a layout, which is valid.
func typeOf(f string) *format.Type {
	t, err := format.Parse(f)
	if err != nil {
		return &format.Type{}
	}
	return t
}
