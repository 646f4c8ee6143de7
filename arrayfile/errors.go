package arrayfile

import (
	"errors"
	"fmt"
)

// The kinds of error beside those of package buffer and of the operating system.
var (
	// ErrUnknown: the content is of no kind that this package reads.
	ErrUnknown = errors.New("unknown kind of array file")
	// ErrHeader: the header is damaged, or says what cannot be. Every HeaderError is one.
	ErrHeader = errors.New("invalid header")
	// ErrTruncated: the file holds fewer bytes than its header promises.
	ErrTruncated = errors.New("file is cut short")
	// ErrPickled: the items are pickled Python objects, which only Python can make sense of.
	ErrPickled = errors.New("items are pickled Python objects")
	// ErrName: the file has no array of that name.
	ErrName = errors.New("no such array")
)

// HeaderError says what is wrong with a file's header, and where. It is ErrHeader and its cause.
type HeaderError struct {
	Offset int64 // bytes from the start of the file
	Err    error // what is wrong, and what would be right
}

// Error gives the problem and its place.
func (e *HeaderError) Error() string {
	return fmt.Sprintf("%v: byte %d: %v", ErrHeader, e.Offset, e.Err)
}

// Unwrap gives ErrHeader and the cause.
func (e *HeaderError) Unwrap() []error { return []error{ErrHeader, e.Err} }

func badHeader(offset int64, problem string, args ...any) error {
	return &HeaderError{Offset: offset, Err: fmt.Errorf(problem, args...)}
}
