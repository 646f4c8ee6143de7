package zarr

import (
	"errors"
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
)

var (
	// ErrMetadata: the metadata are damaged, or say what cannot be.
	ErrMetadata = errors.New("invalid Zarr metadata")
	// ErrChunk: a chunk's bytes are not what its array's codecs write.
	ErrChunk = errors.New("invalid Zarr chunk")
)

func bad(problem string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrMetadata, fmt.Errorf(problem, args...))
}

func badChunk(problem string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrChunk, fmt.Errorf(problem, args...))
}

// unsupported is of what is valid and not known here: the error names it.
func unsupported(problem string, args ...any) error {
	return fmt.Errorf("%w: %w", fmt.Errorf(problem, args...), errors.ErrUnsupported)
}

func badFormat(problem string, args ...any) error {
	return fmt.Errorf("%w: Zarr has no type for %s", buffer.ErrFormat, fmt.Sprintf(problem, args...))
}
