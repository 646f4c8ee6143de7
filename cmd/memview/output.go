package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/picture"
)

// output is where results go.
type output struct {
	*bufio.Writer
	width int  // of the terminal, in characters; 0 where there is none
	lines int  // of the terminal; 0 where there is none
	color bool // dimming is welcome
	ascii bool // characters beyond ASCII are not

	colors picture.Colors // for pictures

	progress *progress // of what takes long
}

// plainOutput is a file or a pipe.
func plainOutput(w io.Writer) *output {
	return &output{Writer: bufio.NewWriter(w), progress: new(progress)}
}

// terminalOf finds out whether a file is a terminal. NO_COLOR and a dumb TERM are respected.
func terminalOf(file *os.File) *output {
	out := plainOutput(file)
	width, lines, color := terminal(file)
	if width > 0 {
		out.width, out.lines = width, lines
		out.ascii = !speaksUnicode(os.Getenv)
		out.color = color && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		if out.color {
			out.colors = colorsOf(os.Getenv)
		}
	}
	return out
}

// colorsOf is how many colours a terminal says that it has, in the variables that terminals set for that. Those with a name of their own
// are known to have all, and a variable such as COLORTERM does not come through every connection. Windows' consoles have all.
func colorsOf(getenv func(string) string) picture.Colors {
	term, colors := getenv("TERM"), getenv("COLORTERM")
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(term, word) })
	}
	switch {
	case colors == "truecolor" || colors == "24bit" || has("direct", "kitty", "alacritty", "foot", "wezterm", "ghostty") || term == "" && runtime.GOOS == "windows":
		return picture.TrueColor
	case has("256") || colors != "":
		return picture.Colors256
	}
	return picture.NoColors
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
