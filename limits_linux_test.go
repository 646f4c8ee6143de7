//go:build linux && !race

package memoryview_test

import (
	"testing"

	"golang.org/x/sys/unix"
)

// many is how many views, and loans, are live at once.
const many = 1_000_000

// boundMemory lets the process have no more than n bytes of address space, and reports whether it did.
func boundMemory(t *testing.T, n uint64) bool {
	if err := unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: n, Max: n}); err != nil {
		t.Fatal(err)
	}
	room, err := unix.Mmap(-1, 0, int(n), unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE)
	return err != nil || unix.Munmap(room) != nil // emulators take the bound and do not mind it
}
