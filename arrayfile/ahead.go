package arrayfile

import (
	"io"
	"sync"
)

// ahead reads the first bytes of a file at once, since headers are read in small pieces.
type ahead struct {
	io.ReaderAt
	once  sync.Once
	start []byte
}

const aheadSize = 512 // most headers, with room

func (a *ahead) ReadAt(b []byte, offset int64) (int, error) {
	a.once.Do(func() {
		start := make([]byte, aheadSize)
		n, _ := a.ReaderAt.ReadAt(start, 0) // an error comes again with what is missing
		a.start = start[:n]
	})
	if offset+int64(len(b)) <= int64(len(a.start)) {
		return copy(b, a.start[offset:]), nil
	}
	n, err := a.ReaderAt.ReadAt(b, offset)
	return n, cause(err)
}
