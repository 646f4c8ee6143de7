//go:build (linux || darwin) && (amd64 || arm64)

package cpython

import "github.com/ebitengine/purego"

// This file is the only one that knows how C is reached: through purego, so without cgo.

// support says what stands against it, on other platforms.
func support() error { return nil }

// openLibrary loads a shared library so that extension modules find its symbols too.
func openLibrary(path string) (uintptr, error) {
	return purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
}

func lookUp(library uintptr, symbol string) (uintptr, error) {
	return purego.Dlsym(library, symbol)
}

// call calls a C function. Floating point arguments are given by their bits. Memory of Go that an
// argument points to is kept in place until the call returns.
//
//go:uintptrescapes
func call(function uintptr, args ...uintptr) uintptr {
	result, _, _ := purego.SyscallN(function, args...)
	return result
}

// returnsFloat makes a Go function of a C function from a pointer to a double.
func returnsFloat(function uintptr) (f func(uintptr) float64) {
	purego.RegisterFunc(&f, function)
	return f
}

// newCallback makes a C function of a Go function. It is never freed, so there are few.
func newCallback(f any) uintptr { return purego.NewCallback(f) }
