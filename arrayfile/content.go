package arrayfile

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-memoryview/memoryview/shm"
)

// content is what lies in a file, in the order in which it lists it.
type content struct {
	kind     string
	arrays   []*Array
	skipped  []Skipped
	metadata map[string]string
	sealed   string // why it cannot be written in place, or ""
}

// Skipped is something in a file that is no array, or none that can be had.
type Skipped struct {
	Name string
	Err  error // why, and what would work
}

// end is where the last array ends.
func (c *content) end() (end int64) {
	for _, a := range c.arrays {
		end = max(end, a.offset+int64(a.NBytes()))
	}
	return end
}

// kind is one of the kinds of file, and how it is read.
type kind struct {
	begins func(start string) bool
	read   func(r io.ReaderAt, size int64) (content, error)
	toEnd  bool // it is known only once the whole file is there
}

// kinds are all that are told by their beginning.
var kinds = []kind{
	{begins: startsWith(npyMagic), read: readNPYFile},
	{begins: startsWith(zipMember, zipEnd), read: readNPZ, toEnd: true},
	{begins: beginsSafetensors, read: readSafetensors},
	{begins: beginsWAV, read: readWAV, toEnd: true},
	{begins: startsWith(pngMagic), read: readPNG, toEnd: true},
	{begins: startsWith(jpegMagic), read: readJPEG, toEnd: true},
	{begins: startsWith(shm.Magic), read: readSegment},
}

// sniffed is how many bytes tell the kind.
const sniffed = 12

func startsWith(magics ...string) func(string) bool {
	return func(start string) bool {
		for _, magic := range magics {
			if strings.HasPrefix(start, magic) {
				return true
			}
		}
		return false
	}
}

// readContent reads what tells the arrays of a file, and none of their items.
func readContent(r io.ReaderAt, size int64, s settings) (content, error) {
	if s.raw {
		a, err := rawArray(s, size)
		return content{kind: "raw", arrays: []*Array{a}}, err
	}
	k, err := kindOf(r)
	if err != nil {
		return content{}, err
	}
	return k.read(r, size)
}

// kindOf tells the kind of a file by its first bytes.
func kindOf(r io.ReaderAt) (kind, error) {
	b := make([]byte, sniffed)
	n, err := r.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return kind{}, err
	}
	start := string(b[:n])
	for _, k := range kinds {
		if k.begins(start) {
			return k, nil
		}
	}
	if start == "" {
		return kind{}, fmt.Errorf("%w: the file is empty", ErrUnknown)
	}
	return kind{}, fmt.Errorf("%w: it begins with %q: npy, npz, safetensors, wav, png and jpeg files are known by their beginning: write one of those, or give the format of a raw file",
		ErrUnknown, start[:min(n, 8)])
}
