package arrayfile

import (
	"archive/zip"
	"encoding/binary"
	"io"
	"math"
)

// zipPadding is the number of a zip's extra field that is there for its length alone, as zipalign writes it.
const zipPadding = 0xd935

// prepareNPZ writes an archive of npy files. What is stored begins at a multiple of 64 bytes, so that it can be mapped and
// read in place.
func (s saving) prepareNPZ(p *prepared) (func(io.Writer) error, error) {
	if err := p.checkNames(); err != nil {
		return nil, err
	}
	members := make([]func(io.Writer) error, len(p.arrays))
	for i, a := range p.arrays {
		var err error
		if members[i], err = a.prepareNPY(); err != nil {
			return nil, a.named(err)
		}
	}
	return func(w io.Writer) error {
		counted := &countingWriter{w: w}
		archive := zip.NewWriter(counted)
		descriptor := int64(0) // the bytes that end the member before
		for i, write := range members {
			header := &zip.FileHeader{Name: p.arrays[i].name + ".npy", Method: zip.Store} // without a time: the same arrays make the same bytes
			if s.deflated {
				header.Method = zip.Deflate
			}
			if err := archive.Flush(); err != nil {
				return err
			}
			if !s.deflated {
				header.Extra = alignment(counted.n+descriptor, len(header.Name))
			}
			member, err := archive.CreateHeader(header)
			if err != nil {
				return p.arrays[i].named(err)
			}
			items := &countingWriter{w: member}
			if err := write(items); err != nil {
				return p.arrays[i].named(err)
			}
			if descriptor = 16; items.n >= math.MaxUint32 {
				descriptor = 24
			}
		}
		return archive.Close()
	}, nil
}

// alignment is the extra field that makes a member's data begin at a multiple of npyAlign bytes, where its local header begins at an offset.
func alignment(offset int64, name int) []byte {
	const localHeader, fieldHeader, unit = 30, 4, 2
	begin := offset + int64(localHeader+name+fieldHeader+unit)
	zeros := int((npyAlign - begin%npyAlign) % npyAlign)
	extra := binary.LittleEndian.AppendUint16(nil, zipPadding)
	extra = binary.LittleEndian.AppendUint16(extra, uint16(unit+zeros))
	extra = binary.LittleEndian.AppendUint16(extra, npyAlign)
	return append(extra, make([]byte, zeros)...)
}

// countingWriter knows how many bytes were written. The archive's own buffer is flushed before it is asked.
type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
