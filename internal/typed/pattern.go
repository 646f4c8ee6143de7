package typed

import (
	"encoding/binary"
	"math"
	"reflect"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// scalar is a Go number on the real axis: an integer, also where it comes as a float, or another float.
type scalar struct {
	integer  bool
	negative bool
	size     uint64 // of an integer, without its sign
	float    float64
}

func scalarOfInt(i int64) scalar {
	if i < 0 {
		return scalar{integer: true, negative: true, size: -uint64(i)}
	}
	return scalar{integer: true, size: uint64(i)}
}

func scalarOfFloat(f float64) scalar {
	if f == math.Trunc(f) && math.Abs(f) < 0x1p64 {
		return scalar{integer: true, negative: f < 0, size: uint64(math.Abs(f))}
	}
	return scalar{float: f}
}

// components takes any Go number, of a named type too, apart; those of what is real have no second part.
func components(value any) (re, im scalar, ok bool) {
	zero := scalarOfInt(0)
	switch v := value.(type) {
	case int:
		return scalarOfInt(int64(v)), zero, true
	case float64:
		return scalarOfFloat(v), zero, true
	case format.ShortFloat:
		return scalarOfFloat(float64(v.Float32())), zero, true
	}
	switch v := reflect.ValueOf(value); {
	case !v.IsValid():
	case v.CanInt():
		return scalarOfInt(v.Int()), zero, true
	case v.CanUint():
		return scalar{integer: true, size: v.Uint()}, zero, true
	case v.CanFloat():
		return scalarOfFloat(v.Float()), zero, true
	case v.CanComplex():
		c := v.Complex()
		return scalarOfFloat(real(c)), scalarOfFloat(imag(c)), true
	case v.Kind() == reflect.Bool && v.Bool():
		return scalarOfInt(1), zero, true
	case v.Kind() == reflect.Bool:
		return zero, zero, true
	}
	return re, im, false
}

// integerBits are those of an integer of so many bytes that equals the number; false when there is none.
func (s scalar) integerBits(bytes int, signed bool) (uint64, bool) {
	most := ^uint64(0) >> (64 - 8*bytes)
	switch {
	case !s.integer:
		return 0, false
	case signed && s.negative:
		return -s.size & most, s.size <= most/2+1
	case signed:
		return s.size, s.size <= most/2
	default:
		return s.size, s.size <= most && (!s.negative || s.size == 0)
	}
}

// floatBits are those of a float that equals the number; false when there is none.
func (s scalar) floatBits(kind kernel.Kind, bytes int) (uint64, bool) {
	f := s.float
	if s.integer {
		if f = float64(s.size); f >= 0x1p64 || uint64(f) != s.size {
			return 0, false
		}
		if s.negative {
			f = -f
		}
	}
	var bits uint64
	var back float64
	switch {
	case kind == kernel.BrainFloat:
		narrow := format.NewBFloat16(float32(f))
		bits, back = uint64(narrow), float64(narrow.Float32())
	case bytes == 2:
		narrow := format.NewFloat16(float32(f))
		bits, back = uint64(narrow), float64(narrow.Float32())
	case bytes == 4:
		bits, back = uint64(math.Float32bits(float32(f))), float64(float32(f))
	default:
		bits, back = math.Float64bits(f), f
	}
	return bits, back == f // a NaN equals nothing
}

// pattern is what an item that equals a value looks like. Two patterns of bytes are zero: the sign of
// a float that is zero does not count.
type pattern struct {
	bytes, mask [16]byte
	size        int
	masked      bool
	except      bool
	text        []byte // in place of bytes
}

// words are the bytes, and the mask where there is one.
func (p *pattern) words() (bytes, mask []byte) {
	if p.text != nil {
		return p.text, nil
	}
	if p.masked {
		mask = p.mask[:p.size]
	}
	return p.bytes[:p.size], mask
}

// how says by what items that equal a value are found.
type how int

const (
	equalsNone    how = iota // no item can equal it
	equalsPattern            // by their bytes
	equalsValue              // by unpacking them
)

// find makes p the pattern of the items that equal a value.
func (p *pattern) find(typ *format.Type, value any) how {
	if n, ok := NumberOf(typ); ok && n.Kind != kernel.Coded {
		if !p.number(n, value) {
			return equalsNone
		}
		return equalsPattern
	}
	if typ.Kind() != format.Bytes || typ.Size() == 0 {
		return equalsValue
	}
	if text, ok := value.([]byte); ok && len(text) == typ.Size() {
		p.text = text
		return equalsPattern
	}
	return equalsNone
}

// add appends a word.
func (p *pattern) add(word uint64, bytes int, swap, isFloat bool) {
	mask := ^uint64(0)
	if isFloat && word<<(65-8*bytes) == 0 {
		word, mask, p.masked = 0, mask>>(65-8*bytes), true
	}
	p.put(p.bytes[p.size:], word, bytes, swap)
	p.put(p.mask[p.size:], mask, bytes, swap)
	p.size += bytes
}

func (p *pattern) put(dst []byte, word uint64, bytes int, swap bool) {
	if swap != hostBigEndian {
		var all [8]byte
		binary.BigEndian.PutUint64(all[:], word)
		copy(dst, all[8-bytes:])
		return
	}
	binary.LittleEndian.PutUint64(dst[:8:8], word)
}

// number is find for numbers: false when none of such items can equal the value.
func (p *pattern) number(n kernel.Number, value any) bool {
	re, im, ok := components(value)
	if !ok || n.Kind != kernel.Complex && (!im.integer || im.size != 0) {
		return false
	}
	switch n.Kind {
	case kernel.Bool: // any byte but zero is true
		p.size, p.except = 1, re.size == 1
		return re.integer && re.size <= 1 && !re.negative
	case kernel.Int, kernel.Uint:
		bits, ok := re.integerBits(n.Size, n.Kind == kernel.Int)
		p.add(bits, n.Size, n.Swap, false)
		return ok
	case kernel.Complex:
		reBits, okRe := re.floatBits(kernel.Float, n.Size/2)
		imBits, okIm := im.floatBits(kernel.Float, n.Size/2)
		p.add(reBits, n.Size/2, n.Swap, true)
		p.add(imBits, n.Size/2, n.Swap, true)
		return okRe && okIm
	}
	bits, ok := re.floatBits(n.Kind, n.Size)
	p.add(bits, n.Size, n.Swap, true)
	return ok
}
