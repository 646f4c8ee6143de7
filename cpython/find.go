package cpython

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// found is a libpython that could be loaded, and the interpreter that belongs to it.
type found struct {
	library    string
	executable string
}

// describe is run by an interpreter, to say where its libpython may lie.
//
//go:embed describe.py
var describe string

// find loads the first libpython that can be loaded.
func find(given string) (found, error) {
	var tried []string
	for _, place := range places(given) {
		f, err := place.load()
		if err == nil {
			return f, nil
		}
		tried = append(tried, fmt.Sprintf("%s: %v", place.origin, err))
	}
	return found{}, fmt.Errorf("start of Python: %w. Tried:\n  %s\n%s", ErrNotFound, strings.Join(tried, "\n  "), advice)
}

const advice = `Needed is CPython 3.10 to 3.14 with a shared libpython:
  Debian, Ubuntu:  apt install python3 libpython3-dev
  Fedora:          dnf install python3 python3-libs
  macOS:           brew install python
  pyenv:           PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install 3.13
  uv, conda:       theirs have one`

// place is where a Python may be.
type place struct {
	origin string // who said so
	path   string
}

// places are those to try, in order. A given path is tried alone: another one would be a surprise.
func places(given string) []place {
	if given != "" {
		return []place{{"the given path " + given, given}}
	}
	var all []place
	for _, variable := range []string{"PYTHON", "VIRTUAL_ENV"} {
		if path := os.Getenv(variable); path != "" {
			all = append(all, place{variable + "=" + path, path})
		}
	}
	return append(all, place{"python3 on the PATH", "python3"})
}

// load loads the libpython that a path leads to. A name without a folder is first one of a command.
func (p place) load() (found, error) {
	path, err := exec.LookPath(p.path)
	if info, errStat := os.Stat(p.path); errStat == nil && (err != nil || filepath.Base(p.path) != p.path) {
		switch {
		case info.IsDir():
			path, err = exec.LookPath(filepath.Join(p.path, "bin", "python"))
		case isLibrary.MatchString(filepath.Base(p.path)):
			return loadGiven(p.path)
		}
	}
	if err != nil {
		return found{}, err
	}
	d, err := ask(path)
	if err != nil {
		return found{}, err
	}
	return d.load()
}

// isLibrary matches names of libpython, with its version.
var isLibrary = regexp.MustCompile(`^libpython(3\.\d+)?.*\.(so|dylib)(\.|$)|^Python3?$`)

// description is what describe.py prints.
type description struct {
	Implementation string
	Version        minor
	FreeThreaded   bool
	Executable     string
	Libraries      []string // that exist
	Missing        []string // that would be it
}

// ask runs an interpreter, in the environment that is to be that of the one in this process: where variables
// such as PYTHONHOME do not let it start, they would end this process.
func ask(path string) (*description, error) {
	ctx, cancel := context.WithTimeout(background, time.Minute)
	defer cancel()
	var stderr bytes.Buffer
	command := exec.CommandContext(ctx, path, "-S", "-c", describe)
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%s does not run: %w: %s", path, err, lastLines(stderr.String()))
	}
	d := new(description)
	if err := json.Unmarshal(out, d); err != nil {
		return nil, fmt.Errorf("%s is no Python: %w", path, err)
	}
	return d, nil
}

// lastLines keeps of what a program said in the end as much as an error should hold.
func lastLines(text string) string {
	const enough = 300
	text = strings.TrimSpace(text)
	if i := len(text) - enough; i > 0 {
		text = "..." + strings.ToValidUTF8(text[i:], "")
	}
	return text
}

// check refuses what is no CPython of the versions and builds that are known to work.
func (d *description) check() error {
	if d.Implementation != "cpython" || d.Version.check() != nil {
		return fmt.Errorf("%s is %s %v", d.Executable, d.Implementation, d.Version)
	}
	if d.FreeThreaded {
		return fmt.Errorf("%s cannot be used: %w", d.Executable, errFreeThreaded)
	}
	return nil
}

func (d *description) load() (found, error) {
	if err := d.check(); err != nil {
		return found{}, err
	}
	if len(d.Libraries) == 0 {
		return found{}, fmt.Errorf("%s has no shared libpython: there is no %s", d.Executable, strings.Join(d.Missing, ", no "))
	}
	var failed []error
	for _, library := range d.Libraries {
		_, err := loadLibrary(library, d.Version)
		if err == nil {
			return found{library: library, executable: d.Executable}, nil
		}
		failed = append(failed, err)
	}
	return found{}, errors.Join(failed...)
}

// loadGiven loads a libpython, and looks for an interpreter of the same installation.
func loadGiven(library string) (found, error) {
	version, err := loadLibrary(library, minor{})
	if err != nil {
		return found{}, err
	}
	for folder := filepath.Dir(library); ; folder = filepath.Dir(folder) {
		executable := filepath.Join(folder, "bin", fmt.Sprintf("python%v", version))
		if info, err := os.Stat(executable); err == nil && !info.IsDir() {
			return found{library: library, executable: executable}, nil
		}
		if folder == filepath.Dir(folder) {
			return found{library: library}, nil
		}
	}
}
