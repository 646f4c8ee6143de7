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

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// outgoingTensor is an array with what safetensors call its type.
type outgoingTensor struct {
	*outgoing
	dtype string
}

// prepareSafetensors writes a safetensors file. The data begins at a multiple of 64 bytes and the largest items come first, so that all
// of them are aligned.
func (s saving) prepareSafetensors(p *prepared) (func(io.Writer) error, error) {
	if err := p.checkNames(safetensorsMetadata); err != nil {
		return nil, err
	}
	tensors := make([]outgoingTensor, len(p.arrays))
	for i, a := range p.arrays {
		dtype, err := a.becomeTensor()
		if err != nil {
			return nil, a.named(err)
		}
		tensors[i] = outgoingTensor{a, dtype}
	}
	slices.SortStableFunc(tensors, func(a, b outgoingTensor) int { return b.itemSize - a.itemSize })
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
				return t.named(err)
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

// becomeTensor finds an array's dtype, and makes its items little-endian. Integers count by their width, so that C's long is one of them.
func (o *outgoing) becomeTensor() (dtype string, err error) {
	t, err := format.Parse(o.format)
	if err != nil {
		return "", err
	}
	switch t.Kind() {
	case format.Int:
		dtype = fmt.Sprint("I", 8*t.Size())
	case format.Uint:
		dtype = fmt.Sprint("U", 8*t.Size())
	case format.Bool, format.Float, format.Complex:
		dtype = dtypeOf[strings.TrimLeft(t.String(), "@^=<>!")]
	}
	if dtype == "" {
		return "", fmt.Errorf("%w: safetensors cannot hold items of format %.80q: it has numbers of its types alone: convert them, or write npy", buffer.ErrFormat, o.format)
	}
	if o.itemSize != t.Size() {
		return "", fmt.Errorf("%w: items of %d bytes whose format has %d", buffer.ErrFormat, o.itemSize, t.Size())
	}
	return dtype, o.become(dtypes[dtype])
}

// safetensorsHeader is the file up to its data.
func (s saving) safetensorsHeader(tensors []outgoingTensor) ([]byte, error) {
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
		if end += t.nbytes(); t.nbytes() < 0 || end < begin {
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
