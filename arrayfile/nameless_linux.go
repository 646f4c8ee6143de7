package arrayfile

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// openNameless opens a new file in a folder that has no name, and so goes with the process, whatever becomes of that.
func openNameless(folder string, mode os.FileMode) (*os.File, error) {
	file, err := os.OpenFile(folder, os.O_RDWR|unix.O_TMPFILE, mode)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(numbered(file)); err != nil { // without /proc it can get no name
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// nameIt gives it a name that nobody has.
func nameIt(file *os.File, path string) error {
	return unix.Linkat(unix.AT_FDCWD, numbered(file), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW)
}

func numbered(file *os.File) string { return fmt.Sprint("/proc/self/fd/", file.Fd()) }
