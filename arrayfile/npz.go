package arrayfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// What a zip archive begins with: a member, or its end where there is none.
const (
	zipMember = "PK\x03\x04"
	zipEnd    = "PK\x05\x06"
)

// Flags of a zip's member that say that it is encrypted.
const zipEncrypted = 1 | 1<<6 | 1<<13

// maxDeflate is how many bytes one byte of deflate can become at most: 258 of two bits, with a little room.
const maxDeflate = 1040

// maxInflated bounds the bytes of all headers in a file that are inflated to list it. A small archive can
// have very many members whose headers are very long.
const maxInflated = 16 << 20

// readNPZ reads the directory of a zip archive, and the headers of the npy files in it.
func readNPZ(r io.ReaderAt, size int64) (content, error) {
	archive, err := zip.NewReader(r, size)
	switch {
	case errors.Is(err, zip.ErrInsecurePath): // names of members are names here, and never paths
	case errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return content{}, badHeader(max(size-22, 0), "%w: a zip archive without the directory that ends it, or with a damaged one: %w", ErrTruncated, err)
	case err != nil:
		return content{}, fmt.Errorf("reading the zip archive's directory: %w", err)
	}
	reading := npzReader{r: r, size: size, last: make(map[string]*zip.File, len(archive.File)), budget: maxInflated}
	for _, member := range archive.File {
		reading.last[member.Name] = member
	}
	c := content{kind: "npz", sealed: "an npz has checksums of its members, which writing in place would break"}
	arrays := 0
	for _, member := range archive.File {
		if strings.HasSuffix(member.Name, "/") {
			continue // a folder
		}
		a, err := reading.member(member)
		if err == nil {
			c.arrays = append(c.arrays, a)
		} else {
			c.skipped = append(c.skipped, Skipped{Name: reading.name(member), Err: err})
		}
		if !errors.Is(err, ErrUnknown) {
			arrays++
		}
	}
	if arrays == 0 && len(archive.File) > 0 {
		return content{}, fmt.Errorf("%w: a zip archive with %d members, none of them npy: an npz is one of npy files, as NumPy's savez writes it",
			ErrUnknown, len(archive.File))
	}
	return c, nil
}

// npzReader reads the members of an archive.
type npzReader struct {
	r      io.ReaderAt
	size   int64
	last   map[string]*zip.File // by name: of several the last one counts, as in Python
	budget int64                // how much may still be inflated
}

// name is a member's without .npy, unless another has that name.
func (z *npzReader) name(member *zip.File) string {
	name, ok := strings.CutSuffix(member.Name, ".npy")
	if _, taken := z.last[name]; ok && taken {
		return member.Name
	}
	return name
}

// member makes an array of a member, by its header.
func (z *npzReader) member(member *zip.File) (*Array, error) {
	switch {
	case z.last[member.Name] != member:
		return nil, fmt.Errorf("%w: a later member has the same name, and is the one that counts", buffer.ErrValue)
	case member.Flags&zipEncrypted != 0:
		return nil, fmt.Errorf("%w: it is encrypted: unpack the archive with its password, and open the files", errors.ErrUnsupported)
	}
	var a *Array
	var err error
	switch member.Method {
	case zip.Store:
		a, err = z.stored(member)
	case zip.Deflate:
		a, err = z.deflated(member)
	default:
		err = fmt.Errorf("%w: it is compressed by zip's method %d: stored (0) and deflated (8) members are read: unpack the archive, and open the files",
			errors.ErrUnsupported, member.Method)
	}
	if err != nil {
		return nil, err
	}
	a.name = z.name(member)
	return a, nil
}

// stored makes an array of a member that lies in the file as it is.
func (z *npzReader) stored(member *zip.File) (*Array, error) {
	offset, err := member.DataOffset()
	if err != nil {
		return nil, badMember("reading where it lies: %w", err)
	}
	size, left := member.UncompressedSize64, z.size-offset
	switch {
	case size != member.CompressedSize64:
		return nil, badMember("it is stored, and has %d bytes in the file and %d outside of it", member.CompressedSize64, size)
	case left < 0 || size > uint64(left):
		return nil, badMember("%w: it has %d bytes, and %d are left from byte %d on", ErrTruncated, size, max(left, 0), offset)
	}
	inside := io.NewSectionReader(z.r, offset, int64(size))
	if err := sniffNPY(inside); err != nil {
		return nil, err
	}
	_, a, err := readNPY(inside, int64(size))
	var header *HeaderError
	if errors.As(err, &header) {
		header.Offset += offset
	}
	if err != nil {
		return nil, err
	}
	a.offset += offset
	return a, nil
}

// deflated makes an array of a member that is inflated when it is asked for.
func (z *npzReader) deflated(member *zip.File) (*Array, error) {
	offset, err := member.DataOffset()
	if err != nil {
		return nil, badMember("reading where it lies: %w", err)
	}
	size, packed := member.UncompressedSize64, member.CompressedSize64
	left := z.size - offset
	switch {
	case left < 0 || packed > uint64(left):
		return nil, badMember("%w: it has %d bytes, and %d are left from byte %d on", ErrTruncated, packed, max(left, 0), offset)
	case size/maxDeflate > packed:
		return nil, badMember("%d bytes cannot be deflated to %d: at most to a part in %d", size, packed, maxDeflate)
	}
	inflated, err := member.Open()
	if err != nil {
		return nil, badMember("%w", err)
	}
	defer inflated.Close()
	start := &stream{r: io.LimitReader(inflated, z.budget)}
	var a *Array
	if err = sniffNPY(start); err == nil {
		_, a, err = readNPY(start, int64(size))
	}
	z.budget -= int64(start.data.Len())
	var header *HeaderError
	switch {
	case err != nil && z.budget == 0:
		return nil, badMember("the headers of the archive's members take more than %d bytes", maxInflated)
	case err != nil && !errors.As(err, &header) && !errors.Is(err, ErrUnknown):
		return nil, damaged(err)
	case err != nil:
		return nil, err
	}
	skip := a.offset
	a.offset = offset
	a.how = "deflated"
	a.load = func() ([]byte, error) {
		data, err := inflate(member, skip, a.NBytes())
		if err != nil {
			return nil, fmt.Errorf("%q: inflating %d bytes: %w", a.name, a.NBytes(), err)
		}
		return data, nil
	}
	return a, nil
}

// inflate reads n bytes of a member, and all of it to compare its checksum.
func inflate(member *zip.File, skip int64, n int) ([]byte, error) {
	if !kernel.Affords(n) {
		return nil, fmt.Errorf("%w: they do not fit into memory: unpack the archive, and map the file", buffer.ErrLayout)
	}
	r, err := member.Open()
	if err != nil {
		return nil, badMember("%w", err)
	}
	defer r.Close()
	if _, err := io.CopyN(io.Discard, r, skip); err != nil {
		return nil, damaged(err)
	}
	data, err := readGrowing(r, n)
	if err != nil {
		return nil, damaged(err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, damaged(err)
	}
	return data, nil
}

// damaged explains an error of inflating. One of reading the file stays what it is.
func damaged(err error) error {
	var system *fs.PathError
	switch {
	case errors.As(err, &system):
		return err
	case errors.Is(err, zip.ErrChecksum):
		return badMember("its checksum is another: the archive is damaged: %w", err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return badMember("%w: it ends too early: %w", ErrTruncated, err)
	}
	return badMember("the archive is damaged: %w", err)
}

// readGrowing reads n bytes into memory that grows with what comes, and not with what was promised, beyond
// what costs nothing.
func readGrowing(r io.Reader, n int) ([]byte, error) {
	const little = 64 << 20
	data := make([]byte, min(n, little))
	for filled := 0; ; {
		got, err := io.ReadFull(r, data[filled:])
		filled += got
		if err != nil {
			return nil, err
		}
		if filled == n {
			return data, nil
		}
		data = append(data, make([]byte, min(n-filled, filled))...)
	}
}

// sniffNPY tells whether a member is an npy file.
func sniffNPY(r io.ReaderAt) error {
	start := make([]byte, len(npyMagic))
	n, err := r.ReadAt(start, 0)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case !bytes.Equal(start, []byte(npyMagic)):
		return fmt.Errorf("%w: it is no npy file: it begins with %q: unpack the archive, and open it as raw", ErrUnknown, start[:n])
	}
	return nil
}

// badMember says what is wrong with a member of an archive.
func badMember(problem string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrHeader, fmt.Errorf(problem, args...))
}
