package shm

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"
)

// The kinds of error beside those of package buffer and of the operating system: os.ErrExist and os.ErrNotExist for names,
// os.ErrClosed for what is closed.
var (
	// ErrName: what is no name of a segment.
	ErrName = errors.New("invalid name of a shared segment")
	// ErrBare: the segment has no header. OpenBare attaches to it.
	ErrBare = errors.New("segment without a header")
	// ErrHeader: the header is damaged, or says what cannot be.
	ErrHeader = errors.New("invalid header")
	// ErrNotReady: the segment is being made. Try again.
	ErrNotReady = errors.New("segment is not ready")
	// ErrAbandoned: whoever made the segment ended before it was ready. It never will be: Remove it.
	ErrAbandoned = errors.New("segment was abandoned")
)

// segmentError is an error that names its segment.
type segmentError struct {
	name string
	err  error
}

func (e *segmentError) Error() string {
	return "shared segment " + printable(e.name) + ": " + e.err.Error()
}
func (e *segmentError) Unwrap() error { return e.err }

func fail(name string, err error) error { return &segmentError{name, err} }

// fromSegment leaves out what was said around an error that names its segment.
func fromSegment(err error) error {
	var named *segmentError
	if errors.As(err, &named) {
		return named
	}
	return err
}

// failed says what was tried, why the operating system refused it, and what would work.
func failed(name, what string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err // the names in it are not the segment's
	}
	return fail(name, fmt.Errorf("%s: %w%s", what, err, advice(err)))
}

func advice(err error) string {
	var errno syscall.Errno
	_ = errors.As(err, &errno)
	switch errno {
	case syscall.EEXIST:
		return ": remove the segment that has the name, or take another name"
	case syscall.ENOENT:
		return ": is its maker still to come, or was it removed? List tells what there is"
	case syscall.EACCES, syscall.EPERM:
		return ": it is another user's: attach without Writable, or ask its owner"
	case syscall.ENOSPC, syscall.EDQUOT:
		return ": shared memory (/dev/shm) is full: remove segments, or enlarge it"
	case syscall.ENOMEM:
		return ": memory, the address space (ulimit -v) or the number of mappings (vm.max_map_count) is used up: release views, or raise the limit"
	case syscall.EMFILE:
		return ": this process has as many files open as it may: close some segments (views outlive them), or raise the limit (ulimit -n)"
	case syscall.EFBIG:
		return ": a limit (ulimit -f), or the system, has no segments so large"
	case syscall.ELOOP:
		return ": it is a symbolic link, which is no segment"
	}
	return ""
}

// printable is a name as it is, where it is a line of text, and else quoted.
func printable(name string) string {
	if name != "" && utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return name
	}
	return strconv.Quote(name)
}
