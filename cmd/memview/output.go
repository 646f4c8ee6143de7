package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
)

// output is where results go.
type output struct {
	*bufio.Writer
	width int  // of the terminal, in characters; 0 where there is none
	color bool // dimming is welcome
}

// plainOutput is a file or a pipe.
func plainOutput(w io.Writer) *output {
	return &output{Writer: bufio.NewWriter(w)}
}

// terminalOf finds out whether a file is a terminal. NO_COLOR and a dumb TERM are respected.
func terminalOf(file *os.File) *output {
	out := plainOutput(file)
	width, color := terminal(file)
	if width > 0 {
		out.width = width
		out.color = color && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return out
}

// comment prints a line about what is printed. It may hold text from a file.
func (out *output) comment(format string, args ...any) {
	line := arraytext.Printable(fmt.Sprintf(format, args...))
	if out.color {
		line = "\x1b[2m" + line + "\x1b[0m"
	}
	fmt.Fprintln(out, line)
}
