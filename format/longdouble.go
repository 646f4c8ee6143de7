package format

import (
	"encoding/binary"
	"math"
)

// Go has no long double, so that it is read as float64, rounded to nearest.

// get reads a long double whose least significant byte comes first.
func (e encoding) get(src []byte) float64 {
	low := binary.LittleEndian.Uint64(src)
	switch e {
	case extended:
		return fromExtended(binary.LittleEndian.Uint16(src[8:]), low)
	case quad:
		return fromQuad(binary.LittleEndian.Uint64(src[8:]), low)
	default:
		return math.Float64frombits(low)
	}
}

// put writes a long double, least significant byte first. Bytes that the encoding does not use become 0.
func (e encoding) put(dst []byte, f float64) {
	clear(dst)
	switch e {
	case extended:
		top, low := toExtended(f)
		binary.LittleEndian.PutUint16(dst[8:], top)
		binary.LittleEndian.PutUint64(dst, low)
	case quad:
		high, low := toQuad(f)
		binary.LittleEndian.PutUint64(dst[8:], high)
		binary.LittleEndian.PutUint64(dst, low)
	default:
		binary.LittleEndian.PutUint64(dst, math.Float64bits(f))
	}
}

const (
	longBias     = 1<<14 - 1 // of the exponent, in both encodings
	longInfinity = 1<<15 - 1 // the exponent of infinities and NaNs
	quadFraction = 1<<48 - 1 // the fraction's bits in a quad's upper half
)

// fromExtended reads sign and exponent from top. The mantissa's leading bit is explicit.
func fromExtended(top uint16, mantissa uint64) float64 {
	exponent, leading := int(top&longInfinity), mantissa>>63 == 1
	switch {
	case exponent == longInfinity && mantissa == 1<<63:
		return signed(top, math.Inf(1))
	case exponent == longInfinity, exponent > 0 && !leading: // the x87 takes these "unnormals" for NaN
		return signed(top, math.NaN())
	}
	e, m := normalize(max(exponent, 1)-longBias, mantissa)
	return signed(top, float64Of(e, m))
}

func toExtended(f float64) (top uint16, mantissa uint64) {
	sign := signBits(f)
	switch {
	case f != f:
		return sign | longInfinity, 3 << 62
	case math.IsInf(f, 0):
		return sign | longInfinity, 1 << 63
	case f == 0:
		return sign, 0
	}
	e, m := decompose(f)
	return sign | uint16(e+longBias), m
}

// fromQuad reads sign, exponent and 48 bits of the fraction from high, 64 more from low.
func fromQuad(high, low uint64) float64 {
	top := uint16(high >> 48)
	exponent, fraction := int(top&longInfinity), high&quadFraction
	switch {
	case exponent == longInfinity && fraction|low == 0:
		return signed(top, math.Inf(1))
	case exponent == longInfinity:
		return signed(top, math.NaN())
	case exponent == 0: // too small for a float64
		return signed(top, 0)
	}
	m := 1<<63 | fraction<<15 | low>>49
	if low<<15 != 0 {
		m |= 1 // so that a tie is not taken for one
	}
	return signed(top, float64Of(exponent-longBias, m))
}

func toQuad(f float64) (high, low uint64) {
	top, m := toExtended(f)
	fraction := m << 1
	return uint64(top)<<48 | fraction>>16, fraction << 48
}

// float64Of rounds a mantissa and its exponent, as decompose gives them, to the nearest float64.
func float64Of(exponent int, mantissa uint64) float64 {
	return math.Float64frombits(compose(exponent, mantissa, 11, 52))
}

// signed gives f the sign bit of a long double's top 16 bits.
func signed(top uint16, f float64) float64 {
	return math.Copysign(f, float64(int16(top)|1))
}

// signBits is the sign of f as the top bit of 16.
func signBits(f float64) uint16 { return uint16(math.Float64bits(f) >> 63 << 15) }
