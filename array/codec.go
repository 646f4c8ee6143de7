package array

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
)

// decode reads an item, wherever its bytes lie, into a T.
func (p *part) decode(dst, src unsafe.Pointer) {
	switch {
	case p.parts != nil:
		p.each(func(q *part, element int) {
			q.decode(unsafe.Add(dst, element*p.goStep+q.goOffset), unsafe.Add(src, element*p.step+q.offset))
		})
	case p.isBool:
		*(*bool)(dst) = *(*byte)(src) != 0
	case p.isLong():
		value, _ := p.leaf.Unpack(unsafe.Slice((*byte)(src), p.leaf.Size())) // long doubles of any bits unpack
		if c, ok := value.(complex128); ok {
			*(*complex128)(dst) = c
		} else {
			*(*float64)(dst) = value.(float64)
		}
	default:
		p.move(dst, src)
	}
}

// encode writes a T's bytes to an item.
func (p *part) encode(dst, src unsafe.Pointer) {
	switch {
	case p.parts != nil:
		p.each(func(q *part, element int) {
			q.encode(unsafe.Add(dst, element*p.step+q.offset), unsafe.Add(src, element*p.goStep+q.goOffset))
		})
	case p.isBool:
		*(*byte)(dst) = 0
		if *(*bool)(src) {
			*(*byte)(dst) = 1
		}
	case p.isLong():
		var value any = *(*float64)(src)
		if p.leaf.Kind() == format.Complex {
			value = *(*complex128)(src)
		}
		_ = p.leaf.Pack(unsafe.Slice((*byte)(dst), p.leaf.Size()), value) // every float fits a long double
	default:
		p.move(dst, src)
	}
}

func (p *part) each(f func(q *part, element int)) {
	for element := range p.count {
		for i := range p.parts {
			f(&p.parts[i], element)
		}
	}
}

// isLong reports whether the words are long doubles, for which Go has no type.
func (p *part) isLong() bool {
	kind := p.leaf.Kind()
	return kind == format.Float && p.word > 8 || kind == format.Complex && p.word > 16
}

// move copies words, and turns them around where their order is the other one. The two halves of a
// complex number are words of their own.
func (p *part) move(dst, src unsafe.Pointer) {
	to, from := unsafe.Slice((*byte)(dst), p.word*p.words), unsafe.Slice((*byte)(src), p.word*p.words)
	if !p.swap {
		copy(to, from)
		return
	}
	word := p.word
	if p.leaf.Kind() == format.Complex {
		word /= 2
	}
	for ; len(from) > 0; to, from = to[word:], from[word:] {
		swapWord(to, from, word)
	}
}

func swapWord(to, from []byte, word int) {
	switch word {
	case 2:
		binary.NativeEndian.PutUint16(to, bits.ReverseBytes16(binary.NativeEndian.Uint16(from)))
	case 4:
		binary.NativeEndian.PutUint32(to, bits.ReverseBytes32(binary.NativeEndian.Uint32(from)))
	case 8:
		binary.NativeEndian.PutUint64(to, bits.ReverseBytes64(binary.NativeEndian.Uint64(from)))
	}
}
