//go:build !((linux || darwin) && (amd64 || arm64))

package peer

import (
	"errors"
	"runtime"
)

// Memcpy is not at hand.
func Memcpy(dst, src []byte) (func(), error) {
	return nil, errors.New("the C library is not called on the platform " + runtime.GOOS + "/" + runtime.GOARCH)
}

// LibcVersion says nothing.
func LibcVersion() string { return "" }
