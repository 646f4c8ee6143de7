package format

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Unpack reads one item from the first Size bytes of src. The package's introduction says what it is in Go; nothing of it
// shares src's memory. A src that is too short, and text that is no text, are [ErrValue].
func (t *Type) Unpack(src []byte) (any, error) {
	if len(src) < t.size {
		return nil, fmt.Errorf("%w: unpacking %s takes %d bytes, and there are %d", ErrValue, t.quoted(), t.size, len(src))
	}
	if !kernel.Affords(t.size) {
		return nil, fmt.Errorf("%w: unpacking %s: an item of %d bytes does not fit into memory once more", ErrValue, t.quoted(), t.size)
	}
	return t.unpack(src[:t.size])
}

// quoted shows the format in messages.
func (t *Type) quoted() string { return excerpt(t.String(), 0) }

// unpack reads an item from exactly its bytes.
func (t *Type) unpack(src []byte) (any, error) {
	switch t.kind {
	case Bool:
		return src[0] != 0, nil
	case Int:
		return t.int(src), nil
	case Uint:
		return t.uint(src), nil
	case Float:
		return t.float(src), nil
	case Complex:
		return t.complex(src), nil
	case Bytes:
		return append([]byte{}, src...), nil
	case Pascal:
		return t.pascal(src), nil
	case Text:
		return t.text(src)
	case Pointer:
		return uintptr(t.load(src)), nil
	case Array:
		return t.list(src, t.shape)
	case Struct:
		return t.record(src)
	default:
		return nil, fmt.Errorf("%w: the zero Type cannot be unpacked; take one from Parse", ErrType)
	}
}

// load reads an unsigned number of all of src, in the type's byte order.
func (t *Type) load(src []byte) uint64 {
	switch {
	case len(src) == 1:
		return uint64(src[0])
	case len(src) == 2 && t.big:
		return uint64(binary.BigEndian.Uint16(src))
	case len(src) == 2:
		return uint64(binary.LittleEndian.Uint16(src))
	case len(src) == 4 && t.big:
		return uint64(binary.BigEndian.Uint32(src))
	case len(src) == 4:
		return uint64(binary.LittleEndian.Uint32(src))
	case t.big:
		return binary.BigEndian.Uint64(src)
	default:
		return binary.LittleEndian.Uint64(src)
	}
}

func (t *Type) int(src []byte) any {
	n := t.load(src)
	switch t.size {
	case 1:
		return int8(n)
	case 2:
		return int16(n)
	case 4:
		return int32(n)
	default:
		return int64(n)
	}
}

func (t *Type) uint(src []byte) any {
	n := t.load(src)
	switch t.size {
	case 1:
		return uint8(n)
	case 2:
		return uint16(n)
	case 4:
		return uint32(n)
	default:
		return n
	}
}

func (t *Type) float(src []byte) any {
	switch {
	case t.code.unit == longDoubleUnit:
		return t.longDouble(src)
	case t.code.unit == bfloat16Unit:
		return BFloat16(t.load(src))
	case t.size == 1:
		return t.float8(src[0])
	case t.size == 2:
		return Float16(t.load(src))
	case t.size == 4:
		return math.Float32frombits(uint32(t.load(src)))
	default:
		return math.Float64frombits(t.load(src))
	}
}

func (t *Type) float8(code byte) any {
	switch t.code.unit {
	case e4m3fnUnit:
		return Float8E4M3FN(code)
	case e5m2Unit:
		return Float8E5M2(code)
	case e4m3fnuzUnit:
		return Float8E4M3FNUZ(code)
	case e5m2fnuzUnit:
		return Float8E5M2FNUZ(code)
	default:
		return Float8E8M0FNU(code)
	}
}

func (t *Type) complex(src []byte) any {
	re, im := src[:t.size/2], src[t.size/2:]
	switch {
	case t.code.unit == longDoubleUnit:
		return complex(t.longDouble(re), t.longDouble(im))
	case t.size == 8:
		return complex(math.Float32frombits(uint32(t.load(re))), math.Float32frombits(uint32(t.load(im))))
	default:
		return complex(math.Float64frombits(t.load(re)), math.Float64frombits(t.load(im)))
	}
}

func (t *Type) longDouble(src []byte) float64 {
	var b [16]byte
	n := copy(b[:], src)
	if t.big {
		slices.Reverse(b[:n])
	}
	return host.longDouble.encoding.get(b[:n])
}

// pascal trusts the length byte as far as there is room, as the struct module does.
func (t *Type) pascal(src []byte) []byte {
	if len(src) == 0 {
		return []byte{}
	}
	room := src[1:]
	return append([]byte{}, room[:min(len(room), int(src[0]))]...)
}

// text reads code points up to the trailing NULs, as NumPy does.
func (t *Type) text(src []byte) (string, error) {
	unit := t.unitSize()
	for len(src) > 0 && t.load(src[len(src)-unit:]) == 0 {
		src = src[:len(src)-unit]
	}
	var b strings.Builder
	for ; len(src) > 0; src = src[unit:] {
		c := t.load(src[:unit])
		if c > utf8.MaxRune || !utf8.ValidRune(rune(c)) {
			return "", fmt.Errorf("%w: unpacking %s: U+%04X is not a code point that text may hold", ErrValue, t.quoted(), c)
		}
		b.WriteRune(rune(c))
	}
	return b.String(), nil
}

// unitSize is the bytes of a character.
func (t *Type) unitSize() int { return t.code.size(t.mode) }

// list reads an array of the given extents, or an inner list of one.
func (t *Type) list(src []byte, shape []int) ([]any, error) {
	values := make([]any, shape[0])
	step := 0
	if shape[0] > 0 {
		step = len(src) / shape[0]
	}
	for i := range values {
		part := src[i*step : (i+1)*step]
		var err error
		if len(shape) > 1 {
			values[i], err = t.list(part, shape[1:])
		} else {
			values[i], err = t.elem.unpack(part[:t.elem.size])
		}
		if err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (t *Type) record(src []byte) (Record, error) {
	values := make([]any, len(t.fields))
	for i, f := range t.fields {
		var err error
		if values[i], err = f.Type.unpack(src[f.Offset : f.Offset+f.Type.size]); err != nil {
			return Record{}, fmt.Errorf("field %s: %w", t.label(i), err)
		}
	}
	return Record{Names: t.names[:len(t.names):len(t.names)], Values: values}, nil
}

// label names field i in messages: by its name, or by its number where it has none.
func (t *Type) label(i int) string {
	if name := t.names[i]; name != "" {
		return excerpt(name, 0)
	}
	return fmt.Sprint(i)
}
