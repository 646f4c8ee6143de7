// Package names is about the names of arrays in files and stores: the tree that they make, and what to ask for instead of one that is not there.
package names

import (
	"fmt"
	"strings"
)

// IsUnder tells whether a name is below another in the tree that '.' or '/' make of names. Below "" are all.
func IsUnder(name, parent string) bool {
	rest, ok := strings.CutPrefix(name, parent)
	return ok && (parent == "" || strings.HasSuffix(parent, ".") || strings.HasSuffix(parent, "/") ||
		strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "/"))
}

// Advice says what else to ask for than a name that is not among all.
func Advice(name string, all []string) string {
	switch {
	case len(all) == 0:
		return "there are no arrays"
	case len(all) == 1 && all[0] == "":
		return `there is one array, named ""`
	case name == "":
		return fmt.Sprintf("name one of %d arrays: %s", len(all), listed(all))
	}
	var below []string
	for _, other := range all {
		if IsUnder(other, name) {
			below = append(below, other)
		}
	}
	if len(below) > 0 {
		return "below it are " + listed(below)
	}
	if near := nearest(name, all); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "there are " + listed(all)
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
