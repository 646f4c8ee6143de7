package format

import (
	"math"
	"math/bits"
	"strconv"
)

// Float16 is an IEEE 754 binary16 number, by its bits: 1 of sign, 5 of exponent, 10 of fraction. It is what the code e reads.
type Float16 uint16

// NewFloat16 rounds f to the nearest Float16, ties to even. What is too large becomes an infinity.
func NewFloat16(f float32) Float16 {
	return Float16(narrow(float64(f), 5, 10))
}

// Float32 returns the number, exactly.
func (h Float16) Float32() float32 {
	sign := uint32(h>>15) << 31
	exponent, fraction := uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exponent {
	case 0: // zero and subnormal numbers count in 2^-24
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)*0x1p-24))
	case 0x1f: // infinities and NaNs
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	default:
		return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
	}
}

// String formats the number as strconv does its float32.
func (h Float16) String() string { return formatFloat(h.Float32()) }

// BFloat16 is a number of 16 bits, by its bits: those of a float32 without the 16 lowest of its fraction. It is what the code
// [bfloat16] reads.
type BFloat16 uint16

// NewBFloat16 rounds f to the nearest BFloat16, ties to even. What is too large becomes an infinity, and a NaN stays one.
func NewBFloat16(f float32) BFloat16 {
	return BFloat16(narrow(float64(f), 8, 7))
}

// Float32 returns the number, exactly.
func (b BFloat16) Float32() float32 { return math.Float32frombits(uint32(b) << 16) }

// String formats the number as strconv does its float32.
func (b BFloat16) String() string { return formatFloat(b.Float32()) }

func formatFloat(f float32) string { return strconv.FormatFloat(float64(f), 'g', -1, 32) }

// narrow rounds f to the nearest number, ties to even, of a binary format with the given bits of exponent and fraction, and
// gives its bits. It rounds once: by way of float32 some numbers would be rounded twice.
func narrow(f float64, exponentBits, fractionBits int) uint64 {
	sign := uint64(0)
	if math.Signbit(f) {
		sign = 1 << (exponentBits + fractionBits)
	}
	infinity := (uint64(1)<<exponentBits - 1) << fractionBits
	switch {
	case f != f:
		payload := math.Float64bits(f) << 12 >> (64 - fractionBits)
		return sign | infinity | 1<<(fractionBits-1) | payload
	case math.IsInf(f, 0):
		return sign | infinity
	}
	exponent, mantissa := decompose(f)
	return sign | compose(exponent, mantissa, exponentBits, fractionBits)
}

// decompose gives the size of a finite f as mantissa * 2^(exponent-63), where the mantissa's top bit is set unless f is zero.
func decompose(f float64) (exponent int, mantissa uint64) {
	b := math.Float64bits(f) &^ (1 << 63)
	exponent, mantissa = int(b>>52), b<<11
	if exponent > 0 {
		return exponent - 1023, mantissa | 1<<63
	}
	return normalize(-1022, mantissa)
}

// normalize shifts the mantissa up until its top bit is set.
func normalize(exponent int, mantissa uint64) (int, uint64) {
	shift := bits.LeadingZeros64(mantissa)
	return exponent - shift, mantissa << shift
}

// compose is the reverse of decompose for any binary format: it rounds to the nearest number, ties to even, and what is too
// large to an infinity.
func compose(exponent int, mantissa uint64, exponentBits, fractionBits int) uint64 {
	drop := 63 - fractionBits
	biased := exponent + 1<<(exponentBits-1) - 1
	infinity := (uint64(1)<<exponentBits - 1) << fractionBits
	switch {
	case mantissa == 0:
		return 0
	case biased >= 1<<exponentBits-1:
		return infinity
	case biased <= 0: // subnormal: the exponent stays at its lowest, and the leading bit is written
		drop += 1 - biased
		biased = 1
	}
	if drop > 64 {
		return 0
	}
	// The leading bit adds 1 to the exponent, so that a mantissa that rounds up to 2 carries into it.
	kept := mantissa >> drop
	if lost := mantissa << (64 - drop); lost > 1<<63 || lost == 1<<63 && kept&1 == 1 {
		kept++
	}
	return uint64(biased-1)<<fractionBits + kept
}
