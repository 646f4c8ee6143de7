package arrayfile

import (
	"fmt"
	"io/fs"
)

// regular refuses what is no regular file, and says what to do instead. OpenReader is what reads streams.
func regular(mode fs.FileMode) error {
	var is string
	switch mode.Type() {
	case 0:
		return nil
	case fs.ModeDir:
		is = "a directory: name a file in it"
	case fs.ModeNamedPipe:
		is = "a pipe, which waits for its writer: open it yourself, and read it as a stream"
	case fs.ModeSocket:
		is = "a socket: connect to it yourself, and read it as a stream"
	default:
		is = "a device: copy what is wanted of it into a file, or read it as a stream"
	}
	return fmt.Errorf("%w: it is %s", ErrUnknown, is)
}

// Errors of files that are regular by name only.
var (
	errReplaced = fmt.Errorf("%w: it was replaced by what is no regular file while it was opened: try again", ErrUnknown)
	errUnsized  = fmt.Errorf("%w: it has content, but a size of 0, as files in /proc: copy it into a file, or read it as a stream", ErrUnknown)
)
