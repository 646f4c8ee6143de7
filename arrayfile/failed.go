package arrayfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"
)

// attempt is what was tried on a file.
type attempt string

const (
	opening  attempt = "opening it"
	writing  attempt = "opening it for writing"
	creating attempt = "making a file beside it"
	placing  attempt = "putting it in place"
	filling  attempt = "writing it"
	flushing attempt = "flushing it to the disk"
	mapping  attempt = "mapping it"
)

// fileError is an error that names its file.
type fileError struct {
	name string // printable
	err  error
}

func (e *fileError) Error() string { return e.name + ": " + e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// fromFile leaves out what was said around an error that names its file.
func fromFile(err error) error {
	var named *fileError
	if errors.As(err, &named) {
		return named
	}
	return err
}

// failed says what was tried on which file, why the operating system refused it, and what would work.
func failed(path string, what attempt, err error) error {
	err = cause(err)
	return &fileError{printable(path), fmt.Errorf("%s: %w%s", what, err, advice(path, what, err))}
}

// cause is what the operating system said, without the names that package os puts before it as they are.
func cause(err error) error {
	switch e := err.(type) {
	case *fs.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	}
	return err
}

// printable is a name as it is, where it is a line of text, and else quoted.
func printable(name string) string {
	if name != "" && utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return name
	}
	return strconv.Quote(name)
}

// advice is what would work.
func advice(path string, what attempt, err error) string {
	var errno syscall.Errno
	_ = errors.As(err, &errno)
	switch errno {
	case syscall.ENOENT:
		if what == creating {
			return ": make its folder first"
		}
	case syscall.EACCES, syscall.EPERM, syscall.EROFS, syscall.ETXTBSY:
		switch what {
		case opening:
			return ": ask for the permission to read it, or for a copy"
		case writing:
			return ": open it without Writable, or ask for the permission to write to it"
		case creating, placing:
			return ": name a folder in which files may be made"
		}
	case syscall.EMFILE:
		return ": this process has as many files open as it may: close some (views outlive their File), or raise the limit (ulimit -n)"
	case syscall.ENFILE:
		return ": the system has as many files open as it may: close some"
	case syscall.ENOMEM:
		return ": the address space (ulimit -v) or the number of mappings (vm.max_map_count) is used up: release views, or raise the limit"
	case syscall.ENOSPC, syscall.EDQUOT:
		return ": free some room, or name a folder on another disk"
	case syscall.EFBIG:
		return ": the disk's format or a limit (ulimit -f) has no files so large: make a smaller array, or name a folder on another disk"
	case syscall.ELOOP:
		return ": its symbolic links lead in a circle: name the file itself"
	case syscall.ENAMETOOLONG:
		return ": give a shorter name"
	case syscall.EINVAL:
		if strings.Contains(path, "\x00") {
			return ": a name cannot hold a NUL byte"
		}
	case syscall.EAGAIN:
		return ": somebody holds it: try again"
	}
	return ""
}
