package shm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// folder is where segments are files.
const folder = "/dev/shm"

// errSystem is not met here.
var errSystem = errors.ErrUnsupported

// retried calls a function again as long as a signal interrupted it.
func retried[T any](f func() (T, error)) (T, error) {
	for {
		if v, err := f(); err != unix.EINTR {
			return v, err
		}
	}
}

// onFD calls a function with the descriptor of a file, which is not closed meanwhile.
func onFD[T any](file *os.File, f func(fd int) (T, error)) (v T, err error) {
	conn, err := file.SyscallConn()
	if err != nil {
		return v, err
	}
	if closed := conn.Control(func(fd uintptr) { v, err = retried(func() (T, error) { return f(int(fd)) }) }); closed != nil {
		return v, closed
	}
	return v, err
}

// makeFile makes a file without a name, which is gone when nobody has it, and takes its memory.
func makeFile(size int64) (*os.File, error) {
	fd, err := retried(func() (int, error) { return unix.Open(folder, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600) })
	if err == unix.EISDIR || err == unix.EOPNOTSUPP {
		return nil, fmt.Errorf("%w: %s has no files without a name (O_TMPFILE): mount a tmpfs there", errors.ErrUnsupported, folder)
	}
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), folder)
	if err := reserve(fd, size); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// reserve takes memory for a file: a write to a mapping has no other way to say that there is none than a fault. It goes piece by piece,
// since a signal undoes the piece that it interrupts.
func reserve(fd int, size int64) error {
	const piece = 64 << 20
	if err := unix.Ftruncate(fd, size); err != nil { // which is where a limit of sizes is met
		return err
	}
	var stat unix.Statfs_t
	if err := unix.Fstatfs(fd, &stat); err == nil && stat.Blocks > 0 && uint64(size) > stat.Blocks*uint64(stat.Bsize) {
		return unix.ENOSPC // before much is taken in vain
	}
	for done := int64(0); done < size; done += piece {
		_, err := retried(func() (int, error) { return 0, unix.Fallocate(fd, 0, done, min(piece, size-done)) })
		if err != nil {
			return err
		}
	}
	return nil
}

// nameFile gives a file its name, which nobody else has.
func nameFile(p place) error {
	_, err := onFD(p.file, func(fd int) (int, error) {
		return 0, unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", fd), unix.AT_FDCWD, filepath.Join(folder, p.name), unix.AT_SYMLINK_FOLLOW)
	})
	if errors.Is(err, unix.ENOENT) {
		err = fmt.Errorf("%w: naming a file takes /proc, which is not there: mount it", errors.ErrUnsupported)
	}
	return err
}

// openFile opens a segment. It waits for nobody, and follows no link.
func openFile(name string, writable bool) (*os.File, int64, error) {
	mode := unix.O_RDONLY
	if writable {
		mode = unix.O_RDWR
	}
	path := filepath.Join(folder, name)
	fd, err := retried(func() (int, error) {
		return unix.Open(path, mode|unix.O_CLOEXEC|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	})
	if err != nil {
		return nil, 0, err
	}
	var stat unix.Stat_t
	if err = unix.Fstat(fd, &stat); err == nil && stat.Mode&unix.S_IFMT != unix.S_IFREG {
		err = fmt.Errorf("%w: it is no regular file, as segments are", ErrName)
	}
	if err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_SETFL, mode) // without O_NONBLOCK
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, 0, err
	}
	return os.NewFile(uintptr(fd), path), stat.Size, nil
}

func mapFile(file *os.File, size int64, writable bool) ([]byte, error) {
	access := unix.PROT_READ
	if writable {
		access |= unix.PROT_WRITE
	}
	return onFD(file, func(fd int) ([]byte, error) { return unix.Mmap(fd, 0, int(size), access, unix.MAP_SHARED) })
}

func unmap(data []byte) { _ = unix.Munmap(data) }

// isLocked tells whether somebody holds the file's lock alone.
func isLocked(file *os.File) (bool, error) {
	_, err := onFD(file, func(fd int) (int, error) {
		if err := unix.Flock(fd, unix.LOCK_SH|unix.LOCK_NB); err != nil {
			return 0, err
		}
		return 0, unix.Flock(fd, unix.LOCK_UN)
	})
	if errors.Is(err, unix.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

func isTaken(name string) (bool, error) {
	_, err := os.Lstat(filepath.Join(folder, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// isNamed tells whether the name leads to the open file.
func isNamed(p place) (bool, error) {
	there, err := os.Lstat(filepath.Join(folder, p.name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	var here os.FileInfo
	if err == nil {
		here, err = p.file.Stat()
	}
	if err != nil {
		return false, failed(p.name, "looking for its name", err)
	}
	return os.SameFile(there, here), nil
}

func removeFile(name string) error {
	_, err := retried(func() (int, error) { return 0, unix.Unlink(filepath.Join(folder, name)) })
	return err
}

// listFiles leaves out what are no segments: semaphores, which have names of their own, folders and links.
func listFiles() ([]Entry, error) {
	files, err := os.ReadDir(folder) // by name
	if err != nil {
		return nil, fmt.Errorf("listing shared segments: %w", err)
	}
	var entries []Entry
	for _, file := range files {
		info, err := file.Info()
		if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(file.Name(), "sem.") { // or gone meanwhile
			continue
		}
		entries = append(entries, Entry{Name: file.Name(), Size: info.Size()})
	}
	return slices.Clip(entries), nil
}
