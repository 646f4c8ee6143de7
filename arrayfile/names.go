package arrayfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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
		if isUnder(a.name, name) {
			below = append(below, a)
		}
	}
	return below
}

func isUnder(name, parent string) bool {
	rest, ok := strings.CutPrefix(name, parent)
	return ok && (parent == "" || strings.HasSuffix(parent, ".") || strings.HasSuffix(parent, "/") ||
		strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "/"))
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
	return nil, f.fail(fmt.Errorf("%w: %q: %s", ErrName, name, f.advice(name)))
}

// advice says what else to ask for than a name that is not there.
func (f *File) advice(name string) string {
	names := make([]string, len(f.content.arrays))
	for i, a := range f.content.arrays {
		names[i] = a.name
	}
	switch {
	case len(names) == 0:
		return "the file has no arrays"
	case len(names) == 1 && names[0] == "":
		return `the file is one array, named ""`
	case name == "":
		return fmt.Sprintf("name one of the file's %d arrays: %s", len(names), listed(names))
	}
	if below := f.Under(name); len(below) > 0 {
		names = names[:0]
		for _, a := range below {
			names = append(names, a.name)
		}
		return "below it are " + listed(names)
	}
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "there are " + listed(names)
}

// listed names the first few.
func listed(names []string) string {
	const few, long = 8, 100
	var text strings.Builder
	for i, name := range names {
		if i == few {
			return fmt.Sprintf("%s and %d more", text.String(), len(names)-few)
		}
		if i > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "%.*q", long, name)
	}
	return text.String()
}

// nearest finds the name that takes the fewest changes of a byte to get to, where those are few.
func nearest(name string, names []string) (best string) {
	const compared, long = 10_000, 200 // so that it takes no time
	if len(name) > long {
		return ""
	}
	least := len(name)/3 + 1
	for _, other := range names[:min(len(names), compared)] {
		if len(other) > long {
			continue
		}
		d := distance(name, other)
		if strings.EqualFold(name, other) {
			d = 0
		}
		if d < least || d == least && best == "" {
			best, least = other, d
		}
	}
	return best
}

// distance counts the bytes to insert, remove or replace between two texts (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0] // of the row above, one to the left
		row[0] = i + 1
		for j := range len(b) {
			d := before
			if a[i] != b[j] {
				d++
			}
			before = row[j+1]
			row[j+1] = min(d, before+1, row[j]+1)
		}
	}
	return row[len(b)]
}
