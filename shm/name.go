package shm

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"
)

// canonical is a name as Python's SharedMemory.name has it: without the slash before it, which may stand there or not.
func canonical(name string) (string, error) {
	const longest = 255 // bytes, of a file's name
	bare := strings.TrimPrefix(name, "/")
	switch {
	case bare == "" || bare == "." || bare == ".." || strings.ContainsAny(bare, "/\x00"):
		return "", fmt.Errorf("%w: %q: names are like psm_1234 or /psm_1234, with no slash inside", ErrName, name)
	case len(bare) > longest:
		return "", fmt.Errorf("%w: %d bytes: names have at most %d", ErrName, len(bare), longest)
	}
	return bare, nil
}

// randomName is one that nobody has, as Python makes them, which go through 14 bytes where a system has no more.
func randomName() string { return "psm_" + strings.ToLower(rand.Text()[:10]) }

// Path returns the file that the segment of a name is. It need not be there. On systems where segments are no
// files, the error is errors.ErrUnsupported; for what is no name it is ErrName.
func Path(name string) (string, error) {
	name, err := canonical(name)
	if err != nil {
		return "", err
	}
	if folder == "" {
		return "", fail(name, errSystem)
	}
	return filepath.Join(folder, name), nil
}
