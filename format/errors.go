package format

import (
	"errors"
	"fmt"
)

// The errors of this package match one of these by [errors.Is].
var (
	// ErrFormat: a format string cannot be read. See [SyntaxError].
	ErrFormat = errors.New("invalid format")
	// ErrType: a Go type or a Go value is of the wrong sort for what was asked.
	ErrType = errors.New("invalid type")
	// ErrValue: a value of the right sort does not fit.
	ErrValue = errors.New("invalid value")
)

// SyntaxError says where a format string goes wrong, and what would be valid there. It matches [ErrFormat].
type SyntaxError struct {
	Format  string // the whole string
	Offset  int    // in bytes, of what is wrong
	Problem string
}

// Error shows the place. Of a long string only the surroundings are shown.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%v %s at offset %d: %s", ErrFormat, excerpt(e.Format, e.Offset), e.Offset, e.Problem)
}

// Unwrap returns [ErrFormat].
func (e *SyntaxError) Unwrap() error { return ErrFormat }

// excerpt quotes s. Of a long s it quotes only what lies near the offset at.
func excerpt(s string, at int) string {
	const before, after = 24, 40
	start, end := max(0, at-before), min(len(s), at+after)
	quoted := fmt.Sprintf("%q", s[start:end])
	if start > 0 {
		quoted = "..." + quoted
	}
	if end < len(s) {
		quoted += "..."
	}
	return quoted
}
