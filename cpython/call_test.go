package cpython_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cpython"
)

func TestCall(t *testing.T) {
	needPython(t)
	execute(t, "def f(*args, **kwargs): return repr((args, kwargs))")
	f := object(t, "f")
	for _, c := range []struct {
		args []any
		want string
	}{
		{nil, "((), {})"},
		{[]any{1, "x"}, "((1, 'x'), {})"},
		{[]any{1, cpython.Kwargs{"k": 2}}, "((1,), {'k': 2})"},
		{[]any{cpython.Kwargs{}}, "((), {})"},
	} {
		if got, err := cpython.As[string](f.Call(c.args...)); err != nil || got != c.want {
			t.Errorf("f(%v) = %s, %v, want %s", c.args, got, err, c.want)
		}
	}
	if got, err := cpython.As[int](object(t, "'a-b-a'").CallMethod("count", "a")); err != nil || got != 2 {
		t.Errorf("count: %d, %v", got, err)
	}
	module := must(python.Import("os.path"))
	defer module.Release()
	if got, err := cpython.As[string](module.CallMethod("join", "a", "b")); err != nil || got != "a/b" {
		t.Errorf("os.path.join: %q, %v", got, err)
	}
	name := must(module.Attr("__name__"))
	defer name.Release()
	if name.String() != "posixpath" {
		t.Errorf("os.path is %v", name)
	}
}

func TestExceptions(t *testing.T) {
	needPython(t)
	execute(t, "class Odd(Exception):\n    def __str__(self): raise ValueError\ndef odd(): raise Odd")
	for _, c := range []struct {
		code, typ, message, traceback string
	}{
		{"1/0", "ZeroDivisionError", "division by zero", "Traceback (most recent call last):\n  File \"<go>\", line 1, in <module>\n"},
		{"def broken(:", "SyntaxError", "", "File \"<go>\", line 1"},
		{"raise SystemExit(3)", "SystemExit", "3", "line 1"},
		{"import no_such_module", "ModuleNotFoundError", "No module named 'no_such_module'", "line 1"},
		{"odd()", "Odd", "", "in odd"},
		{"import numpy\nnumpy.linalg.inv([[0.]])", "numpy.linalg.LinAlgError", "Singular matrix", "line 2, in <module>"},
		{"raise KeyboardInterrupt", "KeyboardInterrupt", "", "line 1"},
	} {
		var e *cpython.Error
		if err := python.Exec(c.code); !errors.As(err, &e) {
			t.Errorf("%s: %v", c.code, err)
		} else if e.Type != c.typ || !strings.Contains(e.Message, c.message) || !strings.Contains(e.Traceback, c.traceback) {
			t.Errorf("%s: %+v", c.code, e)
		}
	}
	if err := python.Exec("pass\x00raise"); !errors.Is(err, buffer.ErrValue) {
		t.Errorf("code with a NUL: %v", err)
	}
	if _, err := python.Eval("x = 1"); err == nil {
		t.Error("Eval took a statement")
	}
	if _, err := python.Import("no.such"); err == nil || !strings.Contains(err.Error(), "ModuleNotFoundError") {
		t.Errorf("import: %v", err)
	}
	if _, err := object(t, "1").Attr("nothing"); err == nil || !strings.Contains(err.Error(), "AttributeError") {
		t.Errorf("attribute: %v", err)
	}
	if err := object(t, "1").SetAttr("nothing", 1); err == nil || !strings.Contains(err.Error(), "AttributeError") {
		t.Errorf("attribute: %v", err)
	}
	if got := object(t, "Odd()").String(); got != "<ValueError>" {
		t.Errorf("str() that fails: %s", got)
	}
}

func TestReleasedObjects(t *testing.T) {
	needPython(t)
	o := object(t, "[1]")
	o.Release()
	o.Release()
	_, attr := o.Attr("append")
	_, called := o.Call()
	_, value := o.Value()
	_, lent := o.GetBuffer(buffer.FullRO)
	_, argument := object(t, "repr").Call(o)
	for _, err := range []error{attr, called, value, lent, argument, o.SetAttr("x", 1)} {
		if !errors.Is(err, buffer.ErrReleased) {
			t.Errorf("use of a released object: %v", err)
		}
	}
	var none *cpython.Object
	none.Release()
	if _, err := none.Attr("x"); !errors.Is(err, buffer.ErrType) {
		t.Errorf("use of a nil object: %v", err)
	}
}

// What an exception says of itself may fail, in any way, and the error is one all the same.
func TestExceptionsThatCannotBeTold(t *testing.T) {
	needPython(t)
	execute(t, `
class Endless(Exception):
    def __str__(self):
        raise Endless
def endless(): raise Endless
def surrogate(): raise ValueError("\ud800 important")
`)
	for expression, want := range map[string]string{"endless()": "Endless", "surrogate()": `ValueError: \ud800 important`} {
		_, err := python.Eval(expression)
		var e *cpython.Error
		if !errors.As(err, &e) || !strings.Contains(e.Error(), want) || !strings.Contains(e.Traceback, "in "+strings.TrimSuffix(expression, "()")) {
			t.Errorf("%s: %v, want %s with its traceback", expression, err, want)
		}
	}
}

// TestNUL: a name ends where it ends, and nowhere before.
func TestNUL(t *testing.T) {
	needPython(t)
	o, name := object(t, "__import__('types').SimpleNamespace(x=1)"), "x\x00y"
	_, attr := o.Attr(name)
	_, called := o.CallMethod(name)
	_, imported := python.Import("sys\x00")
	for _, err := range []error{attr, called, imported, o.SetAttr(name, 2)} {
		if !errors.Is(err, buffer.ErrValue) {
			t.Errorf("a name with a NUL: %v", err)
		}
	}
	if got, err := cpython.As[int](o.Attr("x")); err != nil || got != 1 {
		t.Errorf("x is %d, %v", got, err)
	}
}

// TestTypesWithoutNames: a class may say nothing of itself, and its exceptions are told apart all the same.
func TestTypesWithoutNames(t *testing.T) {
	needPython(t)
	execute(t, `
class Meta(type):
    def __getattribute__(self, name): raise OSError
class Odd(Exception, metaclass=Meta): pass
def odd(): raise Odd("message")
`)
	var e *cpython.Error
	if _, err := object(t, "odd").Call(); !errors.As(err, &e) || e.Type != "Odd" || e.Message != "message" {
		t.Errorf("the exception is %#v", err)
	}
}

// TestStringsForPeople: str() of an object is shown, whatever is in it.
func TestStringsForPeople(t *testing.T) {
	needPython(t)
	if got := object(t, `"\ud800 important"`).String(); got != `\ud800 important` {
		t.Errorf("half a surrogate: %q", got)
	}
}

// TestPythonIsWhatItWouldBe: the interpreter has its arguments, its path and its packages as its executable has, and
// finds that executable for processes of its own.
func TestPythonIsWhatItWouldBe(t *testing.T) {
	needPython(t)
	execute(t, `
import multiprocessing, subprocess, sys
with multiprocessing.get_context("spawn").Pool(1) as pool:
    squares = pool.map(abs, [-1, 2])
about = "import sys; print(sys.prefix, [p for p in sys.path if p], sys.flags.utf8_mode, sys.getfilesystemencoding())"
theirs = subprocess.run([sys.executable, "-c", about], capture_output=True, text=True).stdout
ours = " ".join(map(str, (sys.prefix, [p for p in sys.path if p], sys.flags.utf8_mode, sys.getfilesystemencoding()))) + "\n"
`)
	if got := eval[[]int](t, "squares"); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("another process answers %v", got)
	}
	if ours, theirs := eval[string](t, "ours"), eval[string](t, "theirs"); ours != theirs {
		t.Errorf("here it is\n%sand there\n%s", ours, theirs)
	}
	if got := eval[[]string](t, "sys.argv"); !slices.Equal(got, []string{""}) {
		t.Errorf("its arguments are %q", got)
	}
}
