//go:build !((linux || darwin) && (amd64 || arm64))

package cpython

import (
	"errors"
	"fmt"
	"runtime"
)

// Elsewhere Start fails, and nothing else is ever reached.

var errUnsupported = fmt.Errorf("%w: %s on %s", errors.ErrUnsupported, runtime.GOOS, runtime.GOARCH)

func support() error                          { return errUnsupported }
func openLibrary(string) (uintptr, error)     { return 0, errUnsupported }
func publishLibrary(string) error             { return errUnsupported }
func closeLibrary(uintptr)                    {}
func lookUp(uintptr, string) (uintptr, error) { return 0, errUnsupported }
func call(uintptr, ...uintptr) uintptr        { panic(errUnsupported) }
func bindFunction(any, uintptr)               { panic(errUnsupported) }
func newCallback(any) uintptr                 { panic(errUnsupported) }
