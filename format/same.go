package format

import "bytes"

// SameValue compares two items in Go by value, as Python compares items: numbers, bools and addresses by their exact
// mathematical value whatever their types (1, 1.0 and true are the same; int64 2^53+1 and float64 2^53 are not; a NaN is not
// the same as itself), []byte with []byte, string with string, and Record with Record and []any with []any position by
// position. Everything else is different.
func SameValue(a, b any) bool { return sameValue(a, b, 0) }

func sameValue(a, b any, depth int) bool {
	switch a := a.(type) {
	case []byte:
		b, ok := b.([]byte)
		return ok && bytes.Equal(a, b)
	case string:
		b, ok := b.(string)
		return ok && a == b
	case []any:
		b, ok := b.([]any)
		return ok && sameValues(a, b, depth)
	case Record:
		b, ok := b.(Record)
		return ok && sameValues(a.Values, b.Values, depth)
	}
	n, m := numberOf(a), numberOf(b)
	return n.kind != Invalid && m.kind != Invalid && n.equal(m)
}

func sameValues(a, b []any, depth int) bool {
	if len(a) != len(b) || depth > maxValueDepth {
		return false
	}
	for i := range a {
		if !sameValue(a[i], b[i], depth+1) {
			return false
		}
	}
	return true
}
