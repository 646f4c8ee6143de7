package cpython_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/go-memoryview/memoryview/cpython"
)

// python is the interpreter of all tests here: a process can start one. It is nil where there is
// none, and noPython says why.
var (
	python   *cpython.Python
	noPython string
)

func TestMain(m *testing.M) {
	if name := os.Getenv(childVariable); name != "" {
		flag.Parse()
		children[name]()
		return
	}
	os.Exit(runWithPython(m))
}

func runWithPython(m *testing.M) int {
	flag.Parse()
	path := os.Getenv("MEMORYVIEW_PYTHON")
	if path == "" {
		noPython = "MEMORYVIEW_PYTHON names no Python"
	} else if p, err := cpython.Start(cpython.Options{Python: path}); err != nil {
		noPython = err.Error()
	} else {
		python = p
	}
	if python == nil {
		must(0, flag.Set("test.skip", "^Example"))
		return m.Run()
	}
	code := m.Run()
	if err := python.Close(); err != nil {
		fmt.Println(err)
		return 1
	}
	return code
}

func needPython(t testing.TB) {
	t.Helper()
	if python == nil {
		t.Skip("no Python: " + noPython)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// eval is the value of a Python expression.
func eval[T any](t testing.TB, expression string) T {
	t.Helper()
	value, err := cpython.As[T](python.Eval(expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

func execute(t testing.TB, code string) {
	t.Helper()
	if err := python.Exec(code); err != nil {
		t.Fatalf("%s: %v", code, err)
	}
}

// object is a Python expression as an object, for the length of the test.
func object(t testing.TB, expression string) *cpython.Object {
	t.Helper()
	o, err := python.Eval(expression)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	t.Cleanup(o.Release)
	return o
}

// set assigns to a global variable of Python for the length of the test.
func set(t testing.TB, name string, value any) {
	t.Helper()
	main := object(t, "__import__('__main__')")
	if err := main.SetAttr(name, value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	t.Cleanup(func() { execute(t, "globals().pop('"+name+"', None)") })
}
