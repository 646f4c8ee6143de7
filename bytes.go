package memoryview

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// Bytes returns the memory itself, without copying, where it is contiguous in C order; else
// buffer.ErrNotContiguous. The caller promises to use the slice only while the view is not
// released, and to write to it only where the view is not ReadOnly: such a write can be fatal.
func (v *View) Bytes() (mem []byte, err error) {
	if err := v.check("bytes"); err != nil {
		return nil, err
	}
	if !v.buf.IsContiguous(buffer.C) {
		return nil, fmt.Errorf("bytes: %w in C order: ToBytes copies", buffer.ErrNotContiguous)
	}
	n := v.buf.Len()
	err = v.buf.Access(func(item unsafe.Pointer) error {
		mem = unsafe.Slice((*byte)(item), n)[:n:n]
		return nil
	})
	return mem, err
}

// ToBytes returns a copy of the items' bytes in the given order (memoryview.tobytes).
// buffer.Any means Fortran order for a view that is contiguous so and not in C order, else C.
func (v *View) ToBytes(order buffer.Order) ([]byte, error) {
	return v.AppendBytes(nil, order)
}

// AppendBytes is [View.ToBytes] into a slice of the caller's. On an error dst comes back unchanged.
func (v *View) AppendBytes(dst []byte, order buffer.Order) ([]byte, error) {
	n := v.buf.Len()
	if err := checkCopy(n); err != nil {
		return dst, err
	}
	full := slices.Grow(dst, n)[:len(dst)+n]
	if err := v.buf.ToContiguous(full[len(dst):], order); err != nil {
		return dst, fmt.Errorf("bytes of a view: %w", err)
	}
	return full, nil
}

// mostBytes is as much as a copy in memory may have. Strides of zero make arrays far larger than
// the memory they lie in.
const mostBytes = 1 << (30 + 10*(^uint(0)>>63)) // 1 GiB, or 1 TiB on 64-bit systems

func checkCopy(n int) error {
	if n > mostBytes {
		return fmt.Errorf("copy of %d bytes: %w: at most %d fit into memory: WriteTo and ReadAt go piece by piece", n, buffer.ErrLayout, mostBytes)
	}
	return nil
}

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

// Hex returns the items' bytes in C order as hexadecimal digits (memoryview.hex). Between groups of
// bytes stands sep, one ASCII character or "" for none; groups are counted from the right, for a
// negative group from the left, and 0 means no separators.
func (v *View) Hex(sep string, group int) (string, error) {
	if len(sep) > 1 || sep >= "\x80" {
		return "", fmt.Errorf("hex: %w: separator %.20q: give one ASCII character or none", buffer.ErrValue, sep)
	}
	data, err := v.ToBytes(buffer.C)
	if err != nil {
		return "", fmt.Errorf("hex: %w", err)
	}
	if sep == "" || group == 0 {
		return hex.EncodeToString(data), nil
	}
	return string(appendGroups(nil, data, sep[0], group)), nil
}

// appendGroups writes groups of bytes with a separator between them. The first one may be shorter
// than the others when they are counted from the right.
func appendGroups(dst, data []byte, sep byte, group int) []byte {
	size := max(group, -group)
	if size < 0 {
		size = len(data) // the smallest int has no negative
	}
	first := size
	if rest := len(data) % size; group > 0 && rest > 0 {
		first = rest
	}
	for first = min(first, len(data)); ; first = min(size, len(data)) {
		dst = hex.AppendEncode(dst, data[:first])
		if data = data[first:]; len(data) == 0 {
			return dst
		}
		dst = append(dst, sep)
	}
}
