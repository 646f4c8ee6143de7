package buffer

import (
	"errors"

	"github.com/go-memoryview/memoryview/format"
)

// The kinds of error. Every error of this module says what was done to what, and matches one of
// these by errors.Is.
var (
	// ErrReleased: the loan or the view was given back before. Take a new one.
	ErrReleased = errors.New("memory is released")
	// ErrExported: something must not change while loans of it are out. Release them first.
	ErrExported = errors.New("memory is exported")
	// ErrReadOnly: a write to memory that is lent for reading only.
	ErrReadOnly = errors.New("memory is read-only")
	// ErrNotContiguous: a request or an operation that needs items without gaps. Copy them first.
	ErrNotContiguous = errors.New("memory is not contiguous")
	// ErrBounds: an index, a slice or an item outside its array.
	ErrBounds = errors.New("out of bounds")
	// ErrLayout: shape, strides, suboffsets or sizes that do not fit each other or the memory.
	ErrLayout = errors.New("invalid layout")
	// ErrFault: the memory went away under its mapping, as when a mapped file is cut short. An operation meets it
	// on its way: it may have written some of what it was to write. Counts that it returns are of what is whole.
	ErrFault = errors.New("memory fault")

	// ErrFormat: a format string that cannot be read, or that does not fit its items.
	ErrFormat = format.ErrFormat
	// ErrType: a value of a Go type that does not serve here.
	ErrType = format.ErrType
	// ErrValue: a value of the right type that does not serve here.
	ErrValue = format.ErrValue
)
