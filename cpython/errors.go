package cpython

import (
	"errors"
	"unsafe"
)

// ErrClosed: Python was not started, or is closed.
var ErrClosed = errors.New("Python is not running")

// ErrStarted: a process can have one Python, once.
var ErrStarted = errors.New("Python was started before")

// ErrInit: a libpython was loaded, and could not initialise Python.
var ErrInit = errors.New("Python could not be initialised")

// ErrNotFound: no libpython of 3.10 to 3.14 could be loaded.
var ErrNotFound = errors.New("no libpython found")

// Error is a Python exception.
type Error struct {
	Type      string // the exception's type, such as "ValueError" or "numpy.linalg.LinAlgError"
	Message   string // str() of the exception
	Traceback string // as Python prints it, with the type and the message at the end
}

// Error returns the type and the message.
func (e *Error) Error() string {
	if e.Message == "" {
		return e.Type
	}
	return e.Type + ": " + e.Message
}

// raised takes the exception that a C function has set, and clears it. The GIL is held.
func raised() error {
	var exc struct{ typ, value, traceback uintptr }
	call(c.ErrFetch, uintptr(unsafe.Pointer(&exc.typ)), uintptr(unsafe.Pointer(&exc.value)), uintptr(unsafe.Pointer(&exc.traceback)))
	if exc.typ == 0 {
		return &Error{Type: "SystemError", Message: "a function failed without an exception"}
	}
	call(c.ErrNormalize, uintptr(unsafe.Pointer(&exc.typ)), uintptr(unsafe.Pointer(&exc.value)), uintptr(unsafe.Pointer(&exc.traceback)))
	defer decRef(exc.typ, exc.value, exc.traceback)
	e := &Error{Type: exceptionName(exc.typ), Message: text(exc.value)}
	e.Traceback = formatTraceback(exc.typ, exc.value, exc.traceback)
	if e.Traceback == "" {
		e.Traceback = e.Error() + "\n"
	}
	return e
}

// typeName is a type's name with its module, where that is not builtins. The GIL is held.
func typeName(typ uintptr) string {
	name, module := attrText(typ, "__qualname__"), attrText(typ, "__module__")
	if name == "" {
		name = "a type without a name"
	}
	if module == "" || module == "builtins" || module == "__main__" {
		return name
	}
	return module + "." + name
}

// exceptionName is typeName; where the class does not tell, C does.
func exceptionName(class uintptr) string {
	if attrText(class, "__qualname__") != "" {
		return typeName(class)
	}
	return goString(call(c.ErrClassName, class))
}

// typeNameOf is the name of an object's type. The GIL is held.
func typeNameOf(object uintptr) string {
	typ := call(c.TypeOf, object)
	defer decRef(typ)
	return typeName(typ)
}

func attrText(object uintptr, name string) string {
	attr := call(c.GetAttrString, object, uintptr(unsafe.Pointer(cString(name))))
	defer decRef(attr)
	return text(attr)
}

// text is str() of an object, or "" where that fails. The GIL is held.
func text(object uintptr) string {
	if object == 0 {
		swallow()
		return ""
	}
	str := call(c.Str, object)
	defer decRef(str)
	return plain(str)
}

// plain is a string of Python's with escapes for what UTF-8 has no bytes, or "" where there is none. It makes
// no error of an exception: that could raise the next one, without end. The GIL is held.
func plain(str uintptr) string {
	if str == 0 {
		swallow()
		return ""
	}
	encoded := call(c.UnicodeAsEncoded, str, uintptr(unsafe.Pointer(cString("utf-8"))), uintptr(unsafe.Pointer(cString("backslashreplace"))))
	defer decRef(encoded)
	var data uintptr
	var size int
	if encoded == 0 || !ok(call(c.BytesAsString, encoded, uintptr(unsafe.Pointer(&data)), uintptr(unsafe.Pointer(&size)))) {
		swallow()
		return ""
	}
	return string(unsafe.Slice((*byte)(pointer(data)), size))
}

// Functions of Python that are there from the start. To import them later could be interrupted in the middle.
var (
	formatException   uintptr // traceback.format_exception
	releaseImportLock uintptr // _imp.release_lock
)

func findFunctions() (err error) {
	formatException, err = function("traceback", "format_exception")
	if err == nil {
		releaseImportLock, err = function("_imp", "release_lock")
	}
	return err
}

func function(module, name string) (uintptr, error) {
	m := call(c.ImportModule, uintptr(unsafe.Pointer(cString(module))))
	if m == 0 {
		return 0, raised()
	}
	defer decRef(m)
	return orRaised(call(c.GetAttrString, m, uintptr(unsafe.Pointer(cString(name)))))
}

// releaseImports gives up the import lock for a thread that has left Python: who is interrupted right after taking it keeps it,
// and nobody could import anything any more. The GIL is held.
func releaseImports() {
	none := tupleOf()
	defer decRef(none)
	for none != 0 {
		done := call(c.CallObject, releaseImportLock, none, 0)
		if done == 0 { // RuntimeError: not holding the import lock
			break
		}
		decRef(done)
	}
	call(c.ErrClear)
}

// formatTraceback is what Python prints of an exception. The GIL is held.
func formatTraceback(typ, value, traceback uintptr) string {
	if formatException == 0 {
		return ""
	}
	if traceback == 0 {
		traceback = c.None
	}
	args := tupleOf(typ, value, traceback)
	defer decRef(args)
	if args == 0 {
		swallow()
		return ""
	}
	lines := call(c.CallObject, formatException, args, 0)
	defer decRef(lines)
	if lines == 0 {
		swallow()
		return ""
	}
	empty := call(c.UnicodeFromString, uintptr(unsafe.Pointer(cString(""))), 0)
	defer decRef(empty)
	joined := call(c.UnicodeJoin, empty, lines)
	defer decRef(joined)
	return plain(joined)
}

// swallow ends an exception that nobody is told of, because it came while another one was being told of. An
// interrupt comes again: what it was for still runs. The GIL is held.
func swallow() {
	if call(c.ErrMatches, load(c.KeyboardInterrupt)) != 0 {
		if p := running.Load(); p != nil {
			if th := p.threads.current(); th != nil && th.wanted() {
				th.interrupt()
			}
		}
	}
	call(c.ErrClear)
}

// decRef gives references back; 0 is none. The GIL is held.
func decRef(objects ...uintptr) {
	for _, object := range objects {
		if object != 0 {
			call(c.DecRef, object)
		}
	}
}
