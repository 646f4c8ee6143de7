package arrayfile

import (
	"bytes"
	"io"
)

// OpenReader reads an array file that cannot be mapped, such as standard input, to the end of its
// last array and no further; kinds that need it, as npz, are read to the end of the stream. The name is for messages. What it reads stays in memory, which grows with
// what comes and not with what a header promises; a Raw file without a shape is read to its end.
// [Array.Notes] says that it was read.
//
// The options and errors are Open's. Writable is an error, since there is nothing to write to.
func OpenReader(r io.Reader, name string, opts ...Option) (*File, error) {
	s, err := settingsOf(opts)
	if err != nil {
		return nil, err
	}
	return openStream(r, name, s)
}

// openStream looks at the beginning to learn how much it has to read, and then opens what it read.
func openStream(r io.Reader, name string, s settings) (*File, error) {
	from := &stream{r: r}
	f := &File{name: printable(name), settings: s}
	need := int64(unknownSize)
	toEnd := s.raw && s.shape == nil
	if !s.raw {
		k, err := kindOf(from)
		if err != nil {
			return nil, f.fail(err)
		}
		toEnd = k.toEnd
	}
	if !toEnd {
		if err := f.read(from, unknownSize); err != nil {
			return nil, err
		}
		need = f.content.end()
	}
	if err := from.fill(need); err != nil {
		return nil, f.fail(err)
	}
	f, err := openBytes(from.data.Bytes(), name, s)
	if err == nil {
		f.copied.Store(true)
	}
	return f, err
}

// stream is an io.ReaderAt over what was read of a reader so far.
type stream struct {
	r    io.Reader
	data bytes.Buffer
}

// fill reads on until there are n bytes, or no more.
func (s *stream) fill(n int64) error {
	_, err := io.Copy(&s.data, io.LimitReader(s.r, n-int64(s.data.Len())))
	return err
}

// ReadAt reads as far ahead as it has to.
func (s *stream) ReadAt(b []byte, offset int64) (int, error) {
	if err := s.fill(offset + int64(len(b))); err != nil {
		return 0, err
	}
	return bytes.NewReader(s.data.Bytes()).ReadAt(b, offset)
}
