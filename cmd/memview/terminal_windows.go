package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminal returns the width of a console in characters, 0 where the file is none, how many lines it has, and whether it
// knows colours, which it is asked to.
func terminal(file *os.File) (width, lines int, color bool) {
	console := windows.Handle(file.Fd())
	var info windows.ConsoleScreenBufferInfo
	if err := windows.GetConsoleScreenBufferInfo(console, &info); err != nil {
		return 0, 0, false
	}
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err == nil {
		color = windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
	}
	return int(info.Window.Right-info.Window.Left) + 1, int(info.Window.Bottom-info.Window.Top) + 1, color
}
