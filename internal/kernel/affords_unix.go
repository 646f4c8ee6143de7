//go:build unix

package kernel

import "golang.org/x/sys/unix"

// granted takes that much address space for a moment.
func granted(n int) bool {
	room, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	return err == nil && unix.Munmap(room) == nil
}
