//go:build (linux || darwin) && (amd64 || arm64)

package cpython

import "github.com/ebitengine/purego"

// This file is the only one that knows how C is reached: through purego, so without cgo.

// support says what stands against it, on other platforms.
func support() error { return nil }

// openLibrary loads a shared library for this package alone.
func openLibrary(path string) (uintptr, error) {
	return purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
}

// publishLibrary lets others find the symbols of a library that is loaded, as extension modules must.
func publishLibrary(path string) error {
	_, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	return err
}

func closeLibrary(library uintptr) { _ = purego.Dlclose(library) }

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

// bindFunction makes a Go function of a C function, at *f, where arguments or results are no words.
func bindFunction(f any, function uintptr) { purego.RegisterFunc(f, function) }

// newCallback makes a C function of a Go function. It is never freed, so there are few.
func newCallback(f any) uintptr { return purego.NewCallback(f) }
