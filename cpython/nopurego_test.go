//go:build !((linux || darwin) && (amd64 || arm64))

package cpython_test

import (
	"errors"
	"testing"

	"github.com/go-memoryview/memoryview/cpython"
)

func TestUnsupported(t *testing.T) {
	if _, err := cpython.Start(cpython.Options{}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("start: %v", err)
	}
	if _, err := cpython.Lend([]byte("abc")); !errors.Is(err, cpython.ErrClosed) {
		t.Errorf("loan: %v", err)
	}
}
