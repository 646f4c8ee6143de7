//go:build !unix

package arrayfile

import (
	"errors"
	"os"

	"github.com/go-memoryview/memoryview/buffer"
)

// mapRange says that files are read here.
func mapRange(*os.File, int64, int) (mem buffer.Memory, skip int, err error) {
	return buffer.Memory{}, 0, errors.ErrUnsupported
}
