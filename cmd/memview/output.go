package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
)

// output is where results go.
type output struct {
	*bufio.Writer
	width int  // of the terminal, in characters; 0 where there is none
	color bool // dimming is welcome
	ascii bool // characters beyond ASCII are not

	progress *progress // of what takes long
}

// plainOutput is a file or a pipe.
func plainOutput(w io.Writer) *output {
	return &output{Writer: bufio.NewWriter(w), progress: new(progress)}
}

// terminalOf finds out whether a file is a terminal. NO_COLOR and a dumb TERM are respected.
func terminalOf(file *os.File) *output {
	out := plainOutput(file)
	width, color := terminal(file)
	if width > 0 {
		out.width = width
		out.ascii = !speaksUnicode(os.Getenv)
		out.color = color && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return out
}

// speaksUnicode reports whether the user's locale is one of UTF-8, by the first variable that is set. Windows has no such variables,
// and terminals that do.
func speaksUnicode(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToUpper(getenv(name)); locale != "" {
			return strings.Contains(locale, "UTF-8") || strings.Contains(locale, "UTF8")
		}
	}
	return runtime.GOOS == "windows"
}

// comment prints a line about what is printed. It may hold text from a file.
func (out *output) comment(format string, args ...any) {
	line := arraytext.Printable(fmt.Sprintf(format, args...))
	fmt.Fprintln(out, out.dim(line))
}

// line prints a line that may hold text from a file.
func (out *output) line(format string, args ...any) {
	fmt.Fprintln(out, arraytext.Printable(fmt.Sprintf(format, args...)))
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
