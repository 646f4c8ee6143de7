//go:build unix

package arrayfile

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// canMap tells that files can be mapped here.
const canMap = true

// openRegular is os.OpenFile without a try at polling the file, which takes five system calls to find out
// that regular files cannot be polled.
func openRegular(path string, mode int) (*os.File, error) {
	for {
		fd, err := unix.Open(path, mode|unix.O_CLOEXEC, 0)
		if err == nil {
			return os.NewFile(uintptr(fd), path), nil
		}
		if err != unix.EINTR {
			return nil, &os.PathError{Op: "open", Path: path, Err: err}
		}
	}
}

// mapRange maps n bytes from an offset of the file, n > 0. Mappings begin at a page: the bytes begin
// skip bytes from the start of the data.
func mapRange(file *os.File, offset int64, n int, writable bool) (data []byte, skip int, err error) {
	skip = int(offset % int64(os.Getpagesize()))
	if skip+n < 0 {
		return nil, 0, syscall.EOVERFLOW
	}
	access := unix.PROT_READ
	if writable {
		access |= unix.PROT_WRITE
	}
	conn, err := file.SyscallConn()
	if err != nil {
		return nil, 0, err
	}
	ctlErr := conn.Control(func(fd uintptr) {
		data, err = unix.Mmap(int(fd), offset-int64(skip), skip+n, access, unix.MAP_SHARED)
	})
	if ctlErr != nil {
		err = ctlErr
	}
	return data, skip, err
}

func unmap(data []byte) { _ = unix.Munmap(data) }

// syncRange waits until what was written to a mapping is in the file.
func syncRange(data []byte) error { return unix.Msync(data, unix.MS_SYNC) }

// syncFolder waits until a folder's entries lie on the disk.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
