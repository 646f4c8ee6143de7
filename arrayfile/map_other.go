//go:build !unix

package arrayfile

import (
	"errors"
	"os"
)

// canMap tells that files are read here.
const canMap = false

func openRegular(path string, mode int) (file *os.File, size int64, err error) {
	file, err = os.OpenFile(path, mode, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errReplaced
	}
	if err != nil {
		_ = file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

func mapRange(*os.File, int64, int, bool) (data []byte, skip int, err error) {
	return nil, 0, errors.ErrUnsupported
}

func unmap([]byte) {}

func syncRange([]byte) error { return errors.ErrUnsupported }

func syncFolder(string) error { return nil }
