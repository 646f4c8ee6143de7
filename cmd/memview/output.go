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
	fmt.Fprintln(out, out.dim(line))
}

// dim makes what is less important so, on terminals.
func (out *output) dim(text string) string {
	if out.color && text != "" {
		return "\x1b[2m" + text + "\x1b[0m"
	}
	return text
}

// failed returns the error of what was printed so far, such as that nobody reads any more.
func (out *output) failed() error {
	_, err := out.Write(nil)
	return err
}
