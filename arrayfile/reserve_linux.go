package arrayfile

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// reserve takes the room for a file on the disk, as far as the file system can do that: a write to a mapping
// has no other way to say that the disk is full than a fault.
func reserve(file *os.File, size int64) error {
	for {
		err := unix.Fallocate(int(file.Fd()), 0, 0, size)
		switch {
		case errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS):
			return nil
		case !errors.Is(err, unix.EINTR):
			return err
		}
	}
}
