package remote

import (
	"errors"

	"github.com/go-memoryview/memoryview/remote/internal/zarr"
)

// The kinds of error beside those of packages buffer and arrayfile, of context and of the operating system.
var (
	// ErrName: there is no array of that name, or a name that cannot be served.
	ErrName = errors.New("no such name")
	// ErrMetadata: what says how an array is stored is damaged, or says what cannot be.
	ErrMetadata = zarr.ErrMetadata
	// ErrChunk: a chunk's bytes are not what its array's codecs write.
	ErrChunk = zarr.ErrChunk
	// ErrAccess: a server does not let us in (401, 403): it wants another Authorization, or none.
	ErrAccess = errors.New("no access")
	// ErrServer: a server answers with something else than what was asked for, or than it promised.
	ErrServer = errors.New("unexpected answer of a server")
)

// nameError is ErrName of a name that cannot be: that there is none such is not what is wrong with it.
type nameError struct{ why error }

func (e *nameError) Error() string      { return "invalid name: " + e.why.Error() }
func (*nameError) Is(target error) bool { return target == ErrName }
