//go:build unix

package arrayfile

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview/buffer"
)

// mapRange maps n bytes from an offset of the file, n > 0. Mappings begin at a page: the bytes begin
// skip bytes from the memory's base.
func mapRange(file *os.File, offset int64, n int) (mem buffer.Memory, skip int, err error) {
	skip = int(offset % int64(os.Getpagesize()))
	if skip+n < 0 {
		return buffer.Memory{}, 0, syscall.EOVERFLOW
	}
	conn, err := file.SyscallConn()
	if err != nil {
		return buffer.Memory{}, 0, err
	}
	var data []byte
	ctlErr := conn.Control(func(fd uintptr) {
		data, err = unix.Mmap(int(fd), offset-int64(skip), skip+n, unix.PROT_READ, unix.MAP_SHARED)
	})
	if ctlErr != nil {
		err = ctlErr
	}
	if err != nil {
		return buffer.Memory{}, 0, err
	}
	return buffer.Memory{
		Base:    unsafe.Pointer(unsafe.SliceData(data)),
		Size:    len(data),
		Mapped:  true,
		Release: func() { _ = unix.Munmap(data) },
	}, skip, nil
}
