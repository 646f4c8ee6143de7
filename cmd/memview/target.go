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
)

// sample is shown where no file is named: see SAMPLE.md.
//
//go:embed sample.npy
var sample []byte

const sampleName = "sample"

// target is what the arguments name: a file, or the sample, and a part of its array.
type target struct {
	path  string // "" for the sample
	slice string // with its brackets, or ""
}

// parseTarget reads FILE[SLICE], or FILE and SLICE, or [SLICE] alone. A file whose name has brackets
// is that file.
func parseTarget(file, slice string) (target, error) {
	t := target{path: file}
	if open := strings.LastIndexByte(file, '['); open >= 0 && strings.HasSuffix(file, "]") && !exists(file) {
		t.path, t.slice = file[:open], file[open:]
	}
	if slice == "" {
		return t, nil
	}
	if t.slice != "" {
		return t, fmt.Errorf("%q and %q are two slices: give one", t.slice, slice)
	}
	if !strings.HasPrefix(slice, "[") {
		slice = "[" + slice + "]"
	}
	t.slice = slice
	return t, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (t target) String() string {
	if t.path == "" {
		return sampleName + t.slice
	}
	return t.path + t.slice
}

// open opens the file. The error says what else could have been meant.
func (t target) open() (*arrayfile.File, error) {
	if t.path == "" {
		return arrayfile.FromBytes(sample)
	}
	f, err := arrayfile.Open(t.path)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	return nil, fmt.Errorf("%s: %w%s", t.path, fs.ErrNotExist, t.otherwise())
}

// otherwise says what could have been meant by the name of a file that is not there.
func (t target) otherwise() string {
	switch {
	case exists(t.path + ".npy"):
		return fmt.Sprintf(": did you mean %s.npy?", t.path)
	case strings.Contains(t.path, "["):
		return ": FILE[SLICE] ends in ']', and is one argument, in quotes: 'photo.npy[::2, 0]'"
	case strings.ContainsAny(t.path, ":,") || strings.Trim(t.path, "0123456789") == "":
		return fmt.Sprintf(": a slice comes after the file, or in brackets for the sample: '[%s]'", t.path)
	}
	return ""
}

// cut cuts the slice and then the field out of a view, which it releases.
func (t target) cut(whole *memoryview.View, field string) (*memoryview.View, error) {
	defer whole.Release()
	v, err := whole.Select(t.slice)
	if err != nil {
		return nil, sliceError(err, whole.Shape())
	}
	if field == "" {
		return v, nil
	}
	defer v.Release()
	return cutField(v, field)
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
