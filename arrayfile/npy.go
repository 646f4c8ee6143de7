package arrayfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/go-memoryview/memoryview/buffer"
)

// npyMagic begins every npy file. The version follows in two bytes, then the header's length.
const npyMagic = "\x93NUMPY"

// maxHeader bounds the bytes of a header. NumPy's own bound is 10,000.
const maxHeader = 1 << 20

// maxNothing bounds what takes no bytes, and so is not bounded by the file's size: items of no bytes,
// and rows without items. A list of them would take memory.
const maxNothing = 1 << 20

// readNPYFile reads an npy file, which is one array without a name.
func readNPYFile(r io.ReaderAt, size int64) (content, error) {
	kind, a, err := readNPY(r, size)
	return content{kind: kind, arrays: []*Array{a}}, err
}

// readNPY reads the header of an npy file of that size, and none of its data.
func readNPY(r io.ReaderAt, size int64) (version string, a *Array, err error) {
	var prefix [12]byte
	if err := readHeader(r, prefix[:10], 0); err != nil {
		return "", nil, err
	}
	major, minor := prefix[6], prefix[7]
	start, length := int64(10), int64(binary.LittleEndian.Uint16(prefix[8:]))
	switch {
	case major < 1 || major > 3 || minor != 0:
		return "", nil, badHeader(6, "npy version %d.%d: 1.0, 2.0 and 3.0 are known", major, minor)
	case major > 1:
		if err := readHeader(r, prefix[10:], 10); err != nil {
			return "", nil, err
		}
		start, length = 12, int64(binary.LittleEndian.Uint32(prefix[8:]))
	}
	if length > maxHeader {
		return "", nil, badHeader(8, "a header of %d bytes: at most %d are read", length, maxHeader)
	}
	text := make([]byte, min(length, max(size-start, 0)))
	if int64(len(text)) < length {
		return "", nil, badHeader(8, "%w: the header takes %d bytes, %d are left", ErrTruncated, length, len(text))
	}
	if err := readHeader(r, text, start); err != nil {
		return "", nil, err
	}
	header, err := parseLiteral(text, start, major < 3)
	if err != nil {
		return "", nil, err
	}
	a, err = newArray(header, start+length, size)
	return fmt.Sprintf("npy %d.%d", major, minor), a, err
}

// readHeader fills b from an offset of the file.
func readHeader(r io.ReaderAt, b []byte, offset int64) error {
	n, err := r.ReadAt(b, offset)
	end := offset + int64(len(b))
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return badHeader(offset+int64(n), "%w: the header's bytes %d to %d are missing", ErrTruncated, offset+int64(n), end)
	}
	return fmt.Errorf("reading the header: %w", err)
}

// newArray makes an array of a header: the dict with the keys descr, fortran_order and shape.
func newArray(header value, offset, size int64) (*Array, error) {
	descr, fortran, shape, err := headerKeys(header)
	if err != nil {
		return nil, err
	}
	a := &Array{offset: offset, order: buffer.C}
	inFortran, ok := fortran.v.(bool)
	if !ok {
		return nil, badHeader(fortran.at, "fortran_order must be True or False")
	}
	if inFortran {
		a.order = buffer.F
	}
	l := &a.layout
	if _, ok := shape.v.(tuple); !ok {
		return nil, badHeader(shape.at, "shape must be a tuple, such as (3,) or (2, 3)")
	}
	if l.Shape, err = parseShape(shape); err != nil {
		return nil, err
	}
	if l.Format, a.notes, err = descrFormat(descr); err != nil {
		return nil, err
	}
	if l.ItemSize, err = buffer.SizeFromFormat(l.Format); err != nil {
		return nil, badHeader(descr.at, "the type: %w", err)
	}
	if l.Strides, err = buffer.ContiguousStrides(l.Shape, l.ItemSize, a.order); err != nil {
		return nil, badHeader(shape.at, "the shape: %w", err)
	}
	if err := a.fits(size); err != nil {
		return nil, &HeaderError{Offset: shape.at, Err: err}
	}
	return a, nil
}

// fits checks that a file of that size holds what the shape promises.
func (a *Array) fits(size int64) error {
	need, have := int64(a.NBytes()), size-a.offset
	if need > have {
		return fmt.Errorf("%w: shape %v with items of %d bytes needs %d bytes of data, %d follow from byte %d on",
			ErrTruncated, a.layout.Shape, a.layout.ItemSize, need, max(have, 0), a.offset)
	}
	if need > 0 {
		return nil
	}
	nothing := 1
	for _, extent := range a.layout.Shape {
		if extent == 0 {
			break
		}
		if extent > maxNothing/nothing {
			return fmt.Errorf("%w: shape %v with items of %d bytes: at most %d rows or items of no bytes are possible",
				buffer.ErrLayout, a.layout.Shape, a.layout.ItemSize, maxNothing)
		}
		nothing *= extent
	}
	return nil
}

// headerKeys finds the three values of a header's dict. Nothing else may stand there.
func headerKeys(header value) (descr, fortran, shape value, err error) {
	d, ok := header.v.(dict)
	if !ok {
		return descr, fortran, shape, badHeader(header.at, "the header must be a dict {'descr': ..., 'fortran_order': ..., 'shape': ...}")
	}
	found := make(map[string]bool, 3)
	for _, e := range d {
		key, _ := e.key.v.(string)
		switch key {
		case "descr":
			descr = e.value
		case "fortran_order":
			fortran = e.value
		case "shape":
			shape = e.value
		default:
			return descr, fortran, shape, badHeader(e.key.at, "key %.40q: only 'descr', 'fortran_order' and 'shape' belong here", fmt.Sprint(e.key.v))
		}
		if found[key] {
			return descr, fortran, shape, badHeader(e.key.at, "key %q for the second time", key)
		}
		found[key] = true
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !found[key] {
			return descr, fortran, shape, badHeader(header.at, "the key %q is missing", key)
		}
	}
	return descr, fortran, shape, nil
}

// parseShape reads the extents of a tuple, or of a single number.
func parseShape(v value) ([]int, error) {
	extents, ok := v.v.(tuple)
	if !ok {
		extents = tuple{v}
	}
	if len(extents) > buffer.MaxDims {
		return nil, badHeader(v.at, "%w: %d dimensions: at most %d are possible", buffer.ErrLayout, len(extents), buffer.MaxDims)
	}
	shape := make([]int, len(extents))
	for d, e := range extents {
		n, ok := e.v.(int)
		switch {
		case !ok:
			return nil, badHeader(e.at, "the extent of dimension %d must be a whole number", d)
		case n < 0:
			return nil, badHeader(e.at, "%w: extent %d of dimension %d is negative", buffer.ErrLayout, n, d)
		}
		shape[d] = n
	}
	return shape, nil
}
