package main

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/picture"
)

// openTerminal returns the end of a pseudo-terminal that programs see.
func openTerminal(t *testing.T, width int) *os.File {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 25, Col: uint16(width)}); err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	return terminal
}

func TestTerminal(t *testing.T) {
	terminal := openTerminal(t, 97)
	for _, test := range []struct {
		name, noColor, term string
		color               bool
	}{
		{"plain", "", "xterm", true},
		{"NO_COLOR", "1", "xterm", false},
		{"dumb", "", "dumb", false},
	} {
		t.Setenv("NO_COLOR", test.noColor)
		t.Setenv("TERM", test.term)
		if out := terminalOf(terminal); out.width != 97 || out.lines != 25 || out.color != test.color {
			t.Errorf("%s: width %d, %d lines, colour %v", test.name, out.width, out.lines, out.color)
		}
	}
	if out := terminalOf(openTerminal(t, 0)); out.width != 80 {
		t.Errorf("a terminal that does not tell: width %d", out.width)
	}
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if out := terminalOf(file); out.width != 0 || out.color {
		t.Errorf("no terminal: width %d, colour %v", out.width, out.color)
	}
}

func TestColors(t *testing.T) {
	for _, test := range []struct {
		term, colorterm string
		want            picture.Colors
	}{
		{"xterm-256color", "truecolor", picture.TrueColor},
		{"xterm-256color", "24bit", picture.TrueColor},
		{"xterm-256color", "", picture.Colors256},
		{"xterm-direct", "", picture.TrueColor},
		{"xterm-kitty", "", picture.TrueColor},
		{"linux", "", picture.NoColors},
		{"vt100", "", picture.NoColors},
		{"xterm", "yes", picture.Colors256},
	} {
		environment := map[string]string{"TERM": test.term, "COLORTERM": test.colorterm}
		if got := colorsOf(func(name string) string { return environment[name] }); got != test.want {
			t.Errorf("TERM=%s COLORTERM=%s: %d, want %d", test.term, test.colorterm, got, test.want)
		}
	}
}
