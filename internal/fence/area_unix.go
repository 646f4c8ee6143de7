//go:build unix

package fence

import "golang.org/x/sys/unix"

// newArea maps whole pages between two that nobody may touch.
func newArea(size int) ([]byte, error) {
	mem, err := unix.Mmap(-1, 0, size+2*Page, unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	area := mem[Page : Page+size : Page+size]
	return area, unix.Mprotect(area, unix.PROT_READ|unix.PROT_WRITE)
}
