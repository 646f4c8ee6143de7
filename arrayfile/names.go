package arrayfile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-memoryview/memoryview/internal/names"
)

// Arrays returns all arrays of the file, in the order in which it lists them.
func (f *File) Arrays() []*Array { return slices.Clone(f.content.arrays) }

// Skipped returns what else lies in the file, with the reason why it is no array: a member of an npz that
// is no npy, or one that is encrypted.
func (f *File) Skipped() []Skipped { return slices.Clone(f.content.skipped) }

// Metadata returns what the file says of itself by keys and values, as safetensors do.
func (f *File) Metadata() map[string]string { return maps.Clone(f.content.metadata) }

// Under returns the arrays below a name in the tree that '.' or '/' make of names: "encoder" has
// "encoder.bias" and "encoder/0". Below "" are all.
func (f *File) Under(name string) (below []*Array) {
	for _, a := range f.content.arrays {
		if names.IsUnder(a.name, name) {
			below = append(below, a)
		}
	}
	return below
}

// Array returns the array of that name; "" is the one array of a file that has one. Another name is
// ErrName, which tells the names that there are, or the error of what was Skipped.
func (f *File) Array(name string) (*Array, error) {
	if a, ok := f.byName[name]; ok {
		return a, nil
	}
	if name == "" && len(f.content.arrays) == 1 {
		return f.content.arrays[0], nil
	}
	for _, s := range f.content.skipped {
		if s.Name == name {
			return nil, f.fail(fmt.Errorf("%q: %w", name, s.Err))
		}
	}
	all := make([]string, len(f.content.arrays))
	for i, a := range f.content.arrays {
		all[i] = a.name
	}
	return nil, f.fail(fmt.Errorf("%w: %q: %s", ErrName, name, names.Advice(name, all)))
}
