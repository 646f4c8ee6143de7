package typed

import (
	"reflect"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// NumberOf says how the kernels read items of a type; false for what is no number and for long
// doubles, which go by way of Go values.
func NumberOf(t *format.Type) (kernel.Number, bool) {
	n := kernel.Number{Size: t.Size(), Swap: t.Size() > 1 && t.BigEndian() != hostBigEndian}
	switch t.Kind() {
	case format.Bool:
		n.Kind = kernel.Bool
	case format.Int:
		n.Kind = kernel.Int
	case format.Uint, format.Pointer:
		n.Kind = kernel.Uint
	case format.Float:
		n.Kind = kernel.Float
		if isBrainFloat(t) {
			n.Kind = kernel.BrainFloat
		}
	case format.Complex:
		n.Kind = kernel.Complex
	}
	return n, n.Valid()
}

var (
	one           = uint16(1)
	hostBigEndian = *(*byte)(unsafe.Pointer(&one)) == 0
)

// isBrainFloat tells the two floats of two bytes apart by what they unpack to.
func isBrainFloat(t *format.Type) bool {
	if t.Size() != 2 {
		return false
	}
	value, _ := t.Unpack(make([]byte, 2)) // any two bytes unpack
	_, brain := value.(format.BFloat16)
	return brain
}

// scalar is a Go number as the kernels read it.
type scalar struct {
	number kernel.Number
	bytes  [16]byte
}

// items describes the scalar as an array without dimensions.
func (s *scalar) items() kernel.Items {
	return kernel.Items{Base: unsafe.Pointer(&s.bytes), Size: s.number.Size}
}

// scalarOf takes any Go number, of a named type too.
func scalarOf(value any) (s scalar, ok bool) {
	switch v := value.(type) {
	case int:
		put(&s, kernel.Int, v)
	case float64:
		put(&s, kernel.Float, v)
	case byte:
		put(&s, kernel.Uint, v)
	default:
		return scalarOfKind(value)
	}
	return s, true
}

// scalarOfKind is scalarOf for every type that has a format. A complex number on the real axis is a float.
func scalarOfKind(value any) (s scalar, ok bool) {
	if v := reflect.ValueOf(value); v.IsValid() && v.CanComplex() && imag(v.Complex()) == 0 {
		put(&s, kernel.Float, real(v.Complex()))
		return s, true
	}
	typ, err := format.ForType(reflect.TypeOf(value))
	if err != nil {
		return s, false
	}
	if s.number, ok = NumberOf(typ); !ok {
		return s, false
	}
	return s, typ.Pack(s.bytes[:s.number.Size], value) == nil
}

func put[T any](s *scalar, kind kernel.Kind, v T) {
	s.number = kernel.Number{Kind: kind, Size: int(unsafe.Sizeof(v))}
	*(*T)(unsafe.Pointer(&s.bytes)) = v
}

// matchNumber makes of a value what its equals among the items look like: false when there are none.
func matchNumber(n kernel.Number, value *scalar) (m kernel.Match, found bool) {
	item := scalar{number: n}
	if !kernel.Convertible(n, value.number) {
		return m, false
	}
	if _, fits := kernel.Convert(item.items(), value.items(), n, value.number); !fits {
		return m, false
	}
	if !kernel.EqualNumbers(item.items(), value.items(), n, value.number) {
		return m, false
	}
	m.Pattern = item.bytes[:n.Size]
	switch n.Kind {
	case kernel.Bool: // any byte but zero is true
		m.Except, item.bytes[0] = item.bytes[0] != 0, 0
	case kernel.Float, kernel.BrainFloat:
		m.Mask = zeroMask(m.Pattern, n.Swap, 1)
	case kernel.Complex:
		m.Mask = zeroMask(m.Pattern, n.Swap, 2)
	}
	return m, true
}

// zeroMask leaves out the signs of floats that are zero: there is a negative zero, which equals the
// positive one. It is nil where no float is zero.
func zeroMask(pattern []byte, swap bool, floats int) (mask []byte) {
	size := len(pattern) / floats
	sign := size - 1
	if swap != hostBigEndian {
		sign = 0
	}
	for at := 0; at < len(pattern); at += size {
		part := pattern[at : at+size]
		if !isZero(part, sign) {
			continue
		}
		if mask == nil {
			mask = onesMask(len(pattern))
		}
		part[sign], mask[at+sign] = 0, 0x7f
	}
	return mask
}

func isZero(float []byte, sign int) bool {
	var any byte
	for i, b := range float {
		if i == sign {
			b &= 0x7f
		}
		any |= b
	}
	return any == 0
}

func onesMask(n int) []byte {
	mask := make([]byte, n)
	for i := range mask {
		mask[i] = 0xff
	}
	return mask
}
