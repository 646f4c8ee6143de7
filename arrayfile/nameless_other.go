//go:build !linux

package arrayfile

import (
	"errors"
	"os"
)

// openNameless opens no file: there are none without a name here.
func openNameless(string, os.FileMode) (*os.File, error) { return nil, errors.ErrUnsupported }

func nameIt(*os.File, string) error { return errors.ErrUnsupported }
