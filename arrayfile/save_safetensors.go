package arrayfile

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// outgoing is a tensor to be written.
type outgoing struct {
	name, dtype string
	view        *memoryview.View
	itemSize    int
	swap        bool // its items are in the other order of bytes
}

// prepareSafetensors writes a safetensors file. The data begins at a multiple of 64 bytes and the largest items come first, so that all
// of them are aligned.
func (s saving) prepareSafetensors(p *prepared) (func(io.Writer) error, error) {
	if err := p.checkNames(safetensorsMetadata); err != nil {
		return nil, err
	}
	tensors := make([]outgoing, len(p.views))
	for i, v := range p.views {
		var err error
		if tensors[i], err = outgoingOf(p.names[i], v); err != nil {
			return nil, fmt.Errorf("array %.100q: %w", p.names[i], err)
		}
	}
	slices.SortStableFunc(tensors, func(a, b outgoing) int { return b.itemSize - a.itemSize })
	header, err := s.safetensorsHeader(tensors)
	if err != nil {
		return nil, err
	}
	return func(w io.Writer) error {
		if _, err := w.Write(header); err != nil {
			return err
		}
		for _, t := range tensors {
			if err := t.write(w); err != nil {
				return fmt.Errorf("array %.100q: %w", t.name, err)
			}
		}
		return nil
	}, nil
}

// dtypeOf are the names of types by their formats without a byte order.
var dtypeOf = func() map[string]string {
	names := map[string]string{}
	for name, f := range dtypes {
		names[strings.TrimLeft(f, "<")] = name
	}
	return names
}()

// outgoingOf finds a view's dtype. Integers count by their width, so that C's long is one of them.
func outgoingOf(name string, v *memoryview.View) (outgoing, error) {
	s := outgoing{name: name, view: v, itemSize: v.ItemSize()}
	t, err := format.Parse(v.Format())
	if err != nil {
		return s, err
	}
	switch t.Kind() {
	case format.Int:
		s.dtype = fmt.Sprint("I", 8*t.Size())
	case format.Uint:
		s.dtype = fmt.Sprint("U", 8*t.Size())
	case format.Bool, format.Float, format.Complex:
		s.dtype = dtypeOf[strings.TrimLeft(t.String(), "@^=<>!")]
	}
	if s.dtype == "" {
		return s, fmt.Errorf("%w: safetensors cannot hold items of format %.80q: it has numbers of its types alone: convert them, or write npy", buffer.ErrFormat, v.Format())
	}
	if v.ItemSize() != t.Size() {
		return s, fmt.Errorf("%w: items of %d bytes whose format has %d", buffer.ErrFormat, v.ItemSize(), t.Size())
	}
	s.swap = t.BigEndian() && t.Size() > 1
	return s, nil
}

// safetensorsHeader is the file up to its data.
func (s saving) safetensorsHeader(tensors []outgoing) ([]byte, error) {
	var text bytes.Buffer
	text.Write(make([]byte, safetensorsPrefix))
	text.WriteByte('{')
	entry := func(key string, value any) error {
		if text.Len() > safetensorsPrefix+1 {
			text.WriteByte(',')
		}
		name, err := json.Marshal(key)
		if err != nil {
			return err
		}
		data, err := json.Marshal(value)
		text.Write(append(name, ':'))
		text.Write(data)
		return err
	}
	if s.metadata != nil {
		for _, key := range slices.Sorted(maps.Keys(s.metadata)) {
			if !utf8.ValidString(key) || !utf8.ValidString(s.metadata[key]) {
				return nil, fmt.Errorf("%w: the metadata of key %.100q is no UTF-8", buffer.ErrValue, key)
			}
		}
		if err := entry(safetensorsMetadata, s.metadata); err != nil {
			return nil, err
		}
	}
	end := 0
	for _, t := range tensors {
		begin := end
		if end += t.view.NBytes(); end < begin {
			return nil, fmt.Errorf("%w: the arrays are larger than the address space", buffer.ErrLayout)
		}
		err := entry(t.name, struct {
			Dtype   string `json:"dtype"`
			Shape   []int  `json:"shape"`
			Offsets [2]int `json:"data_offsets"`
		}{t.dtype, append([]int{}, t.view.Shape()...), [2]int{begin, end}})
		if err != nil {
			return nil, err
		}
	}
	text.WriteByte('}')
	for text.Len()%npyAlign > 0 {
		text.WriteByte(' ')
	}
	header := text.Bytes()
	length := len(header) - safetensorsPrefix
	if length > maxSafetensorsHeader {
		return nil, fmt.Errorf("%w: a header of %d bytes: at most %d are read by others: write fewer arrays to a file", buffer.ErrValue, length, maxSafetensorsHeader)
	}
	binary.LittleEndian.PutUint64(header, uint64(length))
	return header, nil
}

// write writes the items in little-endian order.
func (t outgoing) write(w io.Writer) error {
	if !t.swap {
		_, err := t.view.WriteTo(w)
		return err
	}
	return writeSwapped(w, t.view, dtypes[t.dtype])
}

// swapped is how many bytes are brought into another order at a time.
const swapped = 256 << 10

// writeSwapped converts a view to another format, piece by piece, and writes it.
func writeSwapped(w io.Writer, v *memoryview.View, f string) error {
	if v.NDim() == 0 || v.NBytes() <= swapped {
		return writeConverted(w, v, f)
	}
	rows, rowBytes := v.Shape()[0], max(v.NBytes()/v.Shape()[0], 1)
	step := max(swapped/rowBytes, 1)
	for first := 0; first < rows; first += step {
		if err := writePiece(w, v, f, first, min(first+step, rows)); err != nil {
			return err
		}
	}
	return nil
}

// writePiece writes some rows. One that is too long is written by its own rows.
func writePiece(w io.Writer, v *memoryview.View, f string, first, end int) error {
	var piece *memoryview.View
	var err error
	if end-first == 1 {
		piece, err = v.Sub(first)
	} else {
		piece, err = v.Slice(first, end, 1)
	}
	if err != nil {
		return err
	}
	defer piece.Release()
	return writeSwapped(w, piece, f)
}

func writeConverted(w io.Writer, v *memoryview.View, f string) error {
	data := make([]byte, v.NBytes())
	packed, err := memoryview.FromObject(data)
	if err != nil {
		return err
	}
	defer packed.Release()
	same, err := packed.CastShape(f, v.Shape())
	if err != nil {
		return err
	}
	defer same.Release()
	if err := memoryview.Convert(same, v); err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}
