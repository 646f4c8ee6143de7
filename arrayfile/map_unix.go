//go:build unix

package arrayfile

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// canMap tells that files can be mapped here.
const canMap = true

// openRegular opens a regular file. It waits neither for what may have taken its place, such as a pipe that
// nobody writes to, nor for its content.
//
// It leaves out os.OpenFile's try at polling the file, which takes five system calls to find out that
// regular files cannot be polled.
func openRegular(path string, mode int) (file *os.File, size int64, err error) {
	const flags = unix.O_CLOEXEC | unix.O_NONBLOCK | unix.O_NOCTTY
	fd, err := unix.Open(path, mode|flags, 0)
	for err == unix.EINTR {
		fd, err = unix.Open(path, mode|flags, 0)
	}
	if err != nil {
		return nil, 0, err
	}
	if size, err = regularSize(fd); err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_SETFL, mode) // without O_NONBLOCK
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, 0, err
	}
	return os.NewFile(uintptr(fd), path), size, nil
}

// regularSize returns the size of an open file, which is regular and has as many bytes as it says.
func regularSize(fd int) (int64, error) {
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return 0, err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFREG {
		return 0, errReplaced
	}
	if stat.Size == 0 {
		if n, err := unix.Pread(fd, make([]byte, 1), 0); n != 0 || err != nil { // even if there is nothing to read yet
			return 0, errUnsized
		}
	}
	return stat.Size, nil
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
