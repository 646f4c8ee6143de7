package cpython_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cpython"
)

// A process can start one Python, and some tests need to end it or to change the process: they run in
// children, which are this test's own program with a variable that names the function to run.
const childVariable = "MEMORYVIEW_TEST_CHILD"

// children are the functions. What they print is what the test sees.
var children = map[string]func(){
	"start": func() {
		p, err := cpython.Start(cpython.Options{Python: os.Getenv("GIVEN")})
		if err != nil {
			fmt.Println(errors.Is(err, cpython.ErrNotFound), err)
			return
		}
		fmt.Println(p.Executable(), must(cpython.As[string](p.Eval("__import__('sys').prefix"))), p.Version())
		must(0, p.Close())
	},
	"close":   childClose,
	"daemons": childDaemons,
	"locale": func() {
		p := must(cpython.Start(cpython.Options{Python: os.Getenv("MEMORYVIEW_PYTHON")}))
		must(0, p.Exec(`print("gr\u00fc\u00dfe")`))
		must(0, p.Close())
	},
	"init": func() {
		_, err := cpython.Start(cpython.Options{Python: os.Getenv("GIVEN")})
		_, again := cpython.Start(cpython.Options{})
		fmt.Println(errors.Is(err, cpython.ErrInit), errors.Is(again, cpython.ErrInit), err)
		fmt.Println(errors.Is(python.Exec("pass"), cpython.ErrClosed))
	},
}

// child runs one and returns what it printed.
func child(t *testing.T, name string, env ...string) string {
	t.Helper()
	needPython(t)
	command := exec.Command(must(os.Executable()))
	command.Env = append(os.Environ(), append(env, childVariable+"="+name)...)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%.4000s", name, err, out)
	}
	return string(out)
}

// childClose uses what is closed, and starts again.
func childClose() {
	if _, err := cpython.Lend([]byte("abc")); !errors.Is(err, cpython.ErrClosed) {
		fmt.Println("before the start:", err)
	}
	p := must(cpython.Start(cpython.Options{Python: os.Getenv("MEMORYVIEW_PYTHON")}))
	must(0, p.Exec(`
import atexit, threading, time
atexit.register(lambda: print("atexit", bytes(kept)))
threading.Thread(target=lambda: (time.sleep(0.1), print("thread")), daemon=False).start()
print("line by line")`))
	v := must(memoryview.FromObject([]byte("abc")))
	main := must(p.Import("__main__"))
	must(0, main.SetAttr("kept", v))
	forgotten := must(p.Eval("[]"))
	closed := p.Close()
	fmt.Println("closed", closed)
	fmt.Println("release", v.Release()) // Python let go of it as it ended
	forgotten.Release()
	for _, err := range []error{
		p.Close(),
		p.Exec("pass"),
		main.SetAttr("x", 1),
		second(main.Attr("x")),
		second(cpython.Lend([]byte{})),
		second(p.Interrupt()),
	} {
		if !errors.Is(err, cpython.ErrClosed) {
			fmt.Println("after the end:", err)
		}
	}
	if _, err := cpython.Start(cpython.Options{}); !errors.Is(err, cpython.ErrStarted) {
		fmt.Println("second start:", err)
	}
}

// childDaemons ends Python while its threads are at work on memory of Go.
func childDaemons() {
	p := must(cpython.Start(cpython.Options{Python: os.Getenv("MEMORYVIEW_PYTHON")}))
	main, v := must(p.Import("__main__")), must(memoryview.FromObject(make([]byte, 100)))
	must(0, main.SetAttr("g", v))
	must(0, p.Exec(`
import atexit, threading
atexit.register(print, "atexit")
def work():
    while True:
        m = memoryview(g)
        m[0] = bytes(g)[1]
        m.release()
for _ in range(50):
    t = threading.Thread(target=lambda: bytes(g))
    t.start()
    t.join()
for _ in range(4):
    threading.Thread(target=work, daemon=True).start()`))
	time.Sleep(20 * time.Millisecond)
	fmt.Println("closed", p.Close())
	time.Sleep(20 * time.Millisecond)
	if err := p.Exec("pass"); !errors.Is(err, cpython.ErrClosed) {
		fmt.Println("after the end:", err)
	}
	if err := v.Release(); !errors.Is(err, buffer.ErrExported) {
		fmt.Println("release of what a thread may still be at:", err)
	}
}

func TestCloseUnderDaemons(t *testing.T) {
	for range rounds(10) {
		if got, want := child(t, "daemons"), "atexit\nclosed <nil>\n"; got != want {
			t.Fatalf("it went so:\n%swant:\n%s", got, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestClose(t *testing.T) {
	got := child(t, "close")
	if want := "line by line\nthread\natexit b'abc'\nclosed <nil>\nrelease <nil>\n"; got != want {
		t.Errorf("it went so:\n%swant:\n%s", got, want)
	}
}

// TestWhichPython goes through the places where a Python is looked for.
func TestWhichPython(t *testing.T) {
	needPython(t)
	executable := python.Executable()
	prefix := eval[string](t, "__import__('sys').prefix")
	base := eval[string](t, "__import__('sys').base_prefix")
	empty := t.TempDir()
	none := []string{"GIVEN=", "PYTHON=", "VIRTUAL_ENV=", "PATH=" + empty}
	broken := t.TempDir() + "/python3"
	must(0, os.WriteFile(broken, []byte("#!/bin/sh\necho no Python >&2\nexit 3\n"), 0o700))
	// fake is an interpreter that describes itself so.
	fake := func(description string) string {
		path := t.TempDir() + "/python3"
		must(0, os.WriteFile(path, []byte("#!/bin/sh\necho '"+description+"'\n"), 0o700))
		return path
	}
	static := fake(`{"Implementation": "cpython", "Version": [3, 12], "Executable": "/x/python3", "Libraries": [], "Missing": ["/x/libpython3.12.so"]}`)
	old := fake(`{"Implementation": "cpython", "Version": [3, 9], "Executable": "/x/python3.9", "Libraries": ["/x/libpython3.9.so"]}`)
	other := fake(`{"Implementation": "pypy", "Version": [3, 11], "Executable": "/x/pypy", "Libraries": ["/x/libpypy.so"]}`)
	newer := fake(fmt.Sprintf(`{"Implementation": "cpython", "Version": [3, 14], "Executable": "/x/python3.14", "Libraries": [%q]}`, python.Library()))
	free := fake(`{"Implementation": "cpython", "Version": [3, 13], "FreeThreaded": true, "Executable": "/x/python3.13t", "Libraries": ["/x/libpython3.13t.so"]}`)
	strange := t.TempDir() + "/libpython3.11.so"
	must(0, os.Symlink(eval[string](t, "__import__('_ctypes').__file__"), strange))
	gone := fake(`{"Implementation": "cpython", "Version": [3, 12], "Executable": "/x/python3", "Libraries": ["/x/libpython3.12.so"]}`)
	for _, c := range []struct {
		name   string
		env    []string
		prefix string
	}{
		{"an interpreter is given", []string{"GIVEN=" + executable}, prefix},
		{"an environment is given", []string{"GIVEN=" + prefix}, prefix},
		{"a libpython is given", []string{"GIVEN=" + python.Library()}, base},
		{"given comes first", []string{"GIVEN=" + executable, "PYTHON=" + broken}, prefix},
		{"PYTHON", []string{"PYTHON=" + executable}, prefix},
		{"PYTHON does not run, VIRTUAL_ENV does", []string{"PYTHON=" + broken, "VIRTUAL_ENV=" + prefix}, prefix},
		{"VIRTUAL_ENV", []string{"VIRTUAL_ENV=" + prefix}, prefix},
		{"PATH", []string{"PATH=" + prefix + "/bin"}, prefix},
		{"a command is given", []string{"GIVEN=python3", "PATH=" + prefix + "/bin"}, prefix},
		{"Python's variables", []string{"PYTHON=" + executable, "PYTHONHASHSEED=0", "PYTHONPATH=" + empty}, prefix},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := child(t, "start", append(none, c.env...)...); !strings.Contains(got, " "+c.prefix+" "+python.Version()) {
				t.Errorf("started %swant prefix %s", got, c.prefix)
			}
		})
	}
	for _, c := range []struct {
		name string
		env  []string
		want []string
	}{
		{"nothing", nil, []string{`python3 on the PATH: exec: "python3": executable file not found`, "apt install python3 libpython3-dev"}},
		{"nothing that runs", []string{"PYTHON=" + broken, "VIRTUAL_ENV=" + empty}, []string{"PYTHON=" + broken + ": ", "does not run: exit status 3: no Python", "VIRTUAL_ENV=" + empty + ": "}},
		{"no Python", []string{"PYTHON=/bin/true"}, []string{"/bin/true is no Python"}},
		{"a Python without a libpython", []string{"PYTHON=" + static}, []string{"/x/python3 has no shared libpython: there is no /x/libpython3.12.so"}},
		{"an old Python", []string{"PYTHON=" + old}, []string{"/x/python3.9 is cpython 3.9"}},
		{"a Python without a GIL", []string{"PYTHON=" + free}, []string{"/x/python3.13t cannot be used: it is built without a GIL"}},
		{"another Python's library", []string{"PYTHON=" + newer}, []string{"is no libpython of 3.10 to 3.14: it is " + python.Version()[:4], "the interpreter is 3.14"}},
		{"a library that is no libpython", []string{"GIVEN=" + strange}, []string{strange}},
		{"another Python's home", []string{"PYTHON=" + executable, "PYTHONHOME=" + empty}, []string{executable + " does not run: exit status 1: ", "encodings"}},
		{"a variable that Python refuses", []string{"PYTHON=" + executable, "PYTHONHASHSEED=x"}, []string{executable + " does not run: exit status 1: ", "PYTHONHASHSEED"}},
		{"no CPython", []string{"PYTHON=" + other}, []string{"/x/pypy is pypy 3.11"}},
		{"a libpython that does not load", []string{"PYTHON=" + gone}, []string{"/x/libpython3.12.so"}},
		{"no library", []string{"GIVEN=/lib/libpython3.99.so"}, []string{"/lib/libpython3.99.so"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := child(t, "start", append(none, c.env...)...)
			for _, want := range append(c.want, "true start of Python: no libpython found. Tried:\n") {
				if !strings.Contains(got, want) {
					t.Errorf("%q is missing in:\n%s", want, got)
				}
			}
		})
	}
}

// TestFilesOfTheCurrentFolder: what lies there by chance is neither a Python nor a module of it.
func TestFilesOfTheCurrentFolder(t *testing.T) {
	needPython(t)
	folder := t.TempDir()
	must(0, os.Mkdir(folder+"/python3", 0o700))
	must(0, os.WriteFile(folder+"/json.py", []byte("raise SystemExit"), 0o600))
	prefix := eval[string](t, "__import__('sys').prefix")
	command := exec.Command(must(os.Executable()))
	command.Dir = folder
	command.Env = append(os.Environ(), childVariable+"=start", "GIVEN=", "PYTHON=", "VIRTUAL_ENV=", "PATH="+prefix+"/bin")
	if got, err := command.CombinedOutput(); err != nil || !strings.Contains(string(got), " "+prefix+" "+python.Version()) {
		t.Errorf("started %s(%v), want prefix %s", got, err, prefix)
	}
}

// TestInitialisationFails: what would end a Python's process is an error in this one, and stays one. A libpython is given, so
// that no interpreter is asked first.
func TestInitialisationFails(t *testing.T) {
	needPython(t)
	for variable, want := range map[string]string{
		"PYTHONHOME=" + t.TempDir():  "may belong to another Python: unset it",
		"PYTHONHASHSEED=nonsense":    "PYTHONHASHSEED",
		"PYTHONTRACEMALLOC=nonsense": "PYTHONTRACEMALLOC",
	} {
		got := child(t, "init", "GIVEN="+python.Library(), variable)
		if !strings.Contains(got, "true true start of Python: Python could not be initialised: ") || !strings.Contains(got, want) || !strings.HasSuffix(got, "\ntrue\n") {
			t.Errorf("%s: it went so:\n%swant: %s", variable, got, want)
		}
	}
}

// TestLocale: Python reads and writes UTF-8 where no language is set, as in containers.
func TestLocale(t *testing.T) {
	for _, locale := range []string{"LC_ALL=C", "LC_ALL="} {
		if got := child(t, "locale", "LANG=", "LC_CTYPE=", locale); got != "gr\u00fc\u00dfe\n" {
			t.Errorf("%s: Python wrote %q", locale, got)
		}
	}
}
