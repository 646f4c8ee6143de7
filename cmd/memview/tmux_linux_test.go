package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// screen is a shell in a terminal of tmux's.
type screen struct {
	t      *testing.T
	socket string
}

// openScreen starts a shell in a terminal, in the folder of the array files. Environment is in addition to what a shell needs.
func openScreen(t *testing.T, width int, environment []string, shell ...string) *screen {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("MEMORYVIEW_PYTHON") != "" { // as in every run of all tests
			t.Fatal("tmux is missing: scripts/machine installs it")
		}
		t.Skip("there is no tmux, which scripts/machine installs")
	}
	s := &screen{t, filepath.Join(t.TempDir(), "tmux")}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", s.socket, "kill-server").Run() })
	start := []string{"-u", "-f", os.DevNull, "new-session", "-d", "-x", fmt.Sprint(width), "-y", "40", "-c", must(filepath.Abs("../../arrayfile/testdata")), "env", "-i"}
	for _, name := range []string{"PATH", "HOME"} {
		start = append(start, name+"="+os.Getenv(name))
	}
	start = append(start, "TERM=screen-256color", "LANG=C.UTF-8", "PS1=ready> ", "GORACE=atexit_sleep_ms=0")
	s.run(append(append(start, environment...), shell...)...)
	return s
}

// run runs tmux.
func (s *screen) run(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %q: %v: %s", args, err, out)
	}
	return string(out)
}

// enter types text and the keys named, such as Tab, C-c and Enter.
func (s *screen) enter(text string, keys ...string) {
	s.t.Helper()
	s.run("send-keys", "-l", text)
	for _, key := range keys {
		s.run("send-keys", key)
	}
}

// text is what is on the screen.
func (s *screen) text() string { return s.run("capture-pane", "-p", "-S", "-") }

// wait waits until the screen shows something, and returns the screen.
func (s *screen) wait(pattern string) string {
	s.t.Helper()
	found := regexp.MustCompile(pattern)
	text := ""
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if text = s.text(); found.MatchString(text) {
			return text
		}
	}
	s.t.Fatalf("the screen never shows %q:\n%s", pattern, text)
	return ""
}

func bash(t *testing.T, width int, environment ...string) *screen {
	t.Helper()
	s := openScreen(t, width, environment, "bash", "--norc", "--noprofile", "-i")
	s.wait(`ready>`)
	return s
}

const barPattern = `find  \[[#.]+\] +\d+%`

// slowFile has so many items of a slow kind that a line of progress appears.
func slowFile(t *testing.T, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "slow")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
	return path
}

// The line of progress appears, and is gone after an interrupt, which is an error.
func TestProgressOnTerminal(t *testing.T) {
	s := bash(t, 80)
	s.enter("memview find --format 1s "+slowFile(t, 1<<30)+" x; echo ended with $?", "Enter")
	s.wait(barPattern)
	s.enter("", "C-c")
	if text := s.wait(`ended with \d`); regexp.MustCompile(barPattern).MatchString(text) || !strings.Contains(text, "interrupted") || !strings.Contains(text, "ended with 2") {
		t.Errorf("after an interrupt, the screen shows\n%s", text)
	}
}

// Colours are for terminals that want them, and lines as long as there is room.
func TestColoursAndWidths(t *testing.T) {
	for _, width := range []int{40, 80, 200} {
		s := bash(t, width)
		s.enter("clear; memview stats '[:].petal.length'; memview show little-f8.npy; echo ended", "Enter")
		text := s.wait(`(?m)^ended`)
		for line := range strings.Lines(text) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > width {
				t.Errorf("%d characters: %q", n, line)
			}
		}
		longest := 0
		for line := range strings.Lines(text) {
			if strings.ContainsRune(line, '█') {
				longest = max(longest, len([]rune(strings.TrimRight(line, "\n"))))
			}
		}
		if longest != width && longest != width-1 {
			t.Errorf("the longest bar reaches character %d of %d:\n%s", longest, width, text)
		}
	}
	for _, test := range []struct {
		what, command string
		environment   []string
		colour        bool
	}{
		{"a terminal", "memview info", nil, false},
		{"a terminal", "memview stats --quick '[:].petal.length'", nil, true},
		{"NO_COLOR", "memview stats --quick '[:].petal.length'", []string{"NO_COLOR=1"}, false},
		{"a pipe", "memview stats --quick '[:].petal.length' | cat", nil, false},
	} {
		s := bash(t, 80, test.environment...)
		s.enter("clear; "+test.command+"; echo ended", "Enter")
		s.wait(`(?m)^ended`)
		if colour := strings.Contains(s.run("capture-pane", "-p", "-e"), "\x1b[2m"); colour != test.colour {
			t.Errorf("%s: %s: dimmed: %v", test.what, test.command, colour)
		}
	}
}

// Who reads no further ends the command, which says nothing about it.
func TestBrokenPipe(t *testing.T) {
	s := bash(t, 80)
	s.enter(`clear; for c in "show --all" "hex --all" "find --format B" "show --json"; do memview $c `+slowFile(t, 1<<22)+` --format B 0 | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}"; done; echo ended`, "Enter")
	if text := s.wait(`(?m)^ended`); strings.Contains(text, "memview:") {
		t.Errorf("the screen shows\n%s", text)
	}
}

// Each shell that is here completes commands, files, and what is in them.
func TestCompletion(t *testing.T) {
	shells := map[string]*screen{
		"bash": bash(t, 100),
	}
	if _, err := exec.LookPath("zsh"); err == nil {
		shells["zsh"] = openScreen(t, 100, []string{"ZDOTDIR=/nonexistent"}, "zsh", "-f", "-i")
	}
	if _, err := exec.LookPath("fish"); err == nil {
		home := t.TempDir()
		shells["fish"] = openScreen(t, 100, []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "XDG_DATA_HOME=" + home}, "fish", "--no-config")
	}
	start := map[string]string{
		"bash": `eval "$(memview completion bash)"; echo set`,
		"zsh":  `PS1='ready> '; autoload -U compinit; compinit -u -D; eval "$(memview completion zsh)"; echo set`,
		"fish": `function fish_prompt; echo 'ready> '; end; memview completion fish | source; echo set`,
	}
	for name, s := range shells {
		t.Run(name, func(t *testing.T) {
			s.t = t
			s.enter(start[name], "Enter")
			s.wait(`(?m)^set`)
			for typed, want := range map[string]string{
				"memview sta":                `memview stats \+`,
				"memview show --al":          `memview show --all \+`,
				"memview explain --for safe": `memview explain --for safetensors \+`,
				"memview info deflated.n":    `memview info deflated\.npz \+`,
				"memview info many.npz:lay":  `memview info many\.npz:layer/0/records \+`,
				"memview info 'many.npz:sca": `memview info ('many\.npz:scalar'|many\.npz:scalar) \+`,
				"memview info ../test":       `memview info \.\./testdata/\+`,
				"memview show 'many.npz:x[0": `memview show 'many\.npz:x\[0\+`,
			} {
				s.enter(typed, "Tab")
				time.Sleep(50 * time.Millisecond)
				s.enter("+")
				s.wait(`(?m)ready> *` + want)
				s.enter("", "C-u")
				s.enter("echo after "+fmt.Sprint(len(typed)), "Enter")
				s.wait(`(?m)^after ` + fmt.Sprint(len(typed)))
			}
		})
	}
}
