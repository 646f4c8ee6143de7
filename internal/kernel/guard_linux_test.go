package kernel

import (
	"testing"

	"golang.org/x/sys/unix"
)

// guarded returns size bytes that end where an unreadable page begins, or begin where one ends: a
// kernel that reads or writes one byte too many faults. The memory lasts as long as the test.
func guarded(t testing.TB, size int, atEnd bool) []byte {
	t.Helper()
	page := unix.Getpagesize()
	inner := (size + page - 1) / page * page
	mem, err := unix.Mmap(-1, 0, inner+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(mem) })
	for _, fence := range [][]byte{mem[:page], mem[page+inner:]} {
		if err := unix.Mprotect(fence, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	start := page
	if atEnd {
		start = page + inner - size
	}
	return mem[start : start+size : start+size]
}
