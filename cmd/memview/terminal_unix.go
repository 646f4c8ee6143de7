//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// terminal returns the width of a terminal in characters, 0 where the file is none, how many lines it has, and whether it
// knows colours.
func terminal(file *os.File) (width, lines int, color bool) {
	size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0, false
	}
	if size.Col == 0 {
		return 80, 24, true // a terminal that does not tell
	}
	return int(size.Col), int(size.Row), true
}
