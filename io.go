package memoryview

import (
	"fmt"
	"io"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// chunk is how many bytes WriteTo packs at a time.
const chunk = 256 << 10

// WriteTo writes the items' bytes to w in C order and returns how many. What is contiguous is
// written as it lies; the rest is packed piece by piece.
func (v *View) WriteTo(w io.Writer) (written int64, err error) {
	if err := v.check("write"); err != nil {
		return 0, err
	}
	if v.buf.IsContiguous(buffer.C) && !v.buf.Mapped() { // a fault inside a system call is no fault to Go
		return v.writeRun(w)
	}
	piece := make([]byte, min(chunk, v.buf.Len()))
	for {
		n, err := v.buf.Read(piece, int(written))
		if err != nil || n == 0 {
			return written, err
		}
		m, err := write(w, piece[:n])
		if written += int64(m); err != nil {
			return written, err
		}
	}
}

func (v *View) writeRun(w io.Writer) (written int64, err error) {
	err = v.buf.Access(func(item unsafe.Pointer) error {
		n, err := write(w, unsafe.Slice((*byte)(item), v.buf.Len()))
		written = int64(n)
		return err
	})
	return written, err
}

// write writes all of data, or says why not. It does not believe impossible counts.
func write(w io.Writer, data []byte) (int, error) {
	n, err := w.Write(data)
	if n < 0 || n > len(data) {
		return 0, fmt.Errorf("write of a view: %w: %T says that it wrote %d of %d bytes", buffer.ErrValue, w, n, len(data))
	}
	if err == nil && n < len(data) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return n, fmt.Errorf("write of a view: %w", err)
	}
	return n, nil
}

// ReadAt copies the items' bytes in C order from byte offset on (io.ReaderAt): it packs what is
// asked for and no more. At the end it returns io.EOF.
func (v *View) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 || int64(int(offset)) != offset {
		return 0, fmt.Errorf("read at %d: %w", offset, buffer.ErrBounds)
	}
	if err := v.check("read"); err != nil {
		return 0, err
	}
	if offset >= int64(v.buf.Len()) {
		return 0, io.EOF
	}
	n, err := v.buf.Read(p, int(offset))
	if err != nil {
		return 0, fmt.Errorf("read at %d: %w", offset, err)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
