package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminal returns the width of a console in characters, 0 where the file is none, and whether it
// knows colours, which it is asked to.
func terminal(file *os.File) (width int, color bool) {
	console := windows.Handle(file.Fd())
	var info windows.ConsoleScreenBufferInfo
	if err := windows.GetConsoleScreenBufferInfo(console, &info); err != nil {
		return 0, false
	}
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err == nil {
		color = windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
	}
	return int(info.Window.Right-info.Window.Left) + 1, color
}
