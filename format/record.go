package format

import (
	"fmt"
	"slices"
	"strings"
)

// Record is an item of several fields: what a T{} reads, or a sequence of items such as "ih".
type Record struct {
	Names  []string // of the fields, "" for one without a name; records of a type share it, so it is not to be changed
	Values []any    // of the fields, in the same order
}

// Get returns the value of the field of that name, and whether there is one.
func (r Record) Get(name string) (any, bool) {
	i := slices.Index(r.Names, name)
	if name == "" || i < 0 || i >= len(r.Values) {
		return nil, false
	}
	return r.Values[i], true
}

// String shows names and values: {id: 1, x: 2.5}.
func (r Record) String() string {
	var b strings.Builder
	show(&b, r, 0)
	return b.String()
}

// maxValueDepth bounds recursion into values that a caller made, which may contain themselves. Items nest at most so deep:
// maxDepth records, each in an array of maxDims dimensions.
const maxValueDepth = (maxDepth + 1) * (maxDims + 1)

// show writes a value that lies depth levels deep.
func show(b *strings.Builder, v any, depth int) {
	if depth > maxValueDepth {
		b.WriteString("...")
		return
	}
	switch v := v.(type) {
	case Record:
		showList(b, "{", v.Values, v.Names, "}", depth)
	case []any:
		showList(b, "[", v, nil, "]", depth)
	case []byte, string:
		fmt.Fprintf(b, "%q", v)
	default:
		fmt.Fprint(b, v)
	}
}

func showList(b *strings.Builder, open string, values []any, names []string, end string, depth int) {
	b.WriteString(open)
	for i, v := range values {
		if i > 0 {
			b.WriteString(", ")
		}
		if i < len(names) && names[i] != "" {
			b.WriteString(names[i])
			b.WriteString(": ")
		}
		show(b, v, depth+1)
	}
	b.WriteString(end)
}
