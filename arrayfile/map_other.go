//go:build !unix

package arrayfile

import (
	"errors"
	"os"
)

// canMap tells that files are read here.
const canMap = false

func openRegular(path string, mode int) (*os.File, error) { return os.OpenFile(path, mode, 0) }

func mapRange(*os.File, int64, int, bool) (data []byte, skip int, err error) {
	return nil, 0, errors.ErrUnsupported
}

func unmap([]byte) {}

func syncRange([]byte) error { return errors.ErrUnsupported }

func syncFolder(string) error { return nil }
