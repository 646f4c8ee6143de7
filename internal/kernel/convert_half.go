package kernel

import (
	"math"
	"unsafe"
)

// float32sOfHalves reads binary16 numbers.
func float32sOfHalves(dst, src unsafe.Pointer, n int) {
	ran("float32sOfHalves")
	to := numbers[float32](dst, n)
	for i, x := range numbers[uint16](src, n) {
		to[i] = float32OfHalf(x)
	}
}

func float32OfHalf(h uint16) float32 {
	sign, size := uint32(h&0x8000)<<16, uint32(h&0x7fff)
	switch {
	case size < 0x400: // subnormal: in units of 2^-24
		return math.Float32frombits(sign | math.Float32bits(float32(size)*0x1p-24))
	case size >= 0x7c00: // infinity and NaN
		return math.Float32frombits(sign | 0x7f800000 | size<<13)
	}
	return math.Float32frombits(sign | (size<<13 + (127-15)<<23))
}

// float32sOfBrains reads brain floats.
func float32sOfBrains(dst, src unsafe.Pointer, n int) {
	ran("float32sOfBrains")
	to := numbers[uint32](dst, n)
	for i, x := range numbers[uint16](src, n) {
		to[i] = uint32(x) << 16
	}
}

func halvesOfFloat64s(dst, src unsafe.Pointer, n int) {
	ran("halvesOfFloat64s")
	to := numbers[uint16](dst, n)
	for i, x := range numbers[float64](src, n) {
		to[i] = half.shorten(x)
	}
}

func brainsOfFloat64s(dst, src unsafe.Pointer, n int) {
	ran("brainsOfFloat64s")
	to := numbers[uint16](dst, n)
	for i, x := range numbers[float64](src, n) {
		to[i] = brain.shorten(x)
	}
}

// A short is a format of floats of 16 bits, in the bits of a float64.
type short struct {
	drop     uint    // bits of fraction that it has not
	lowest   uint64  // the lowest number that is not subnormal
	unit     float64 // a number whose last bit is that of the subnormal numbers
	rebias   uint64  // what its exponents are lower by, in its place
	infinity uint64  // in its own bits
}

var (
	half  = newShort(10, 15)
	brain = newShort(7, 127)
)

func newShort(fraction, bias uint) short {
	return short{
		drop:     52 - fraction,
		lowest:   uint64(1024-bias) << 52,
		unit:     math.Float64frombits(uint64(1024-bias-fraction+52) << 52),
		rebias:   uint64(1023-bias) << fraction,
		infinity: uint64(2*bias+1) << fraction,
	}
}

// shorten rounds to the nearest number, ties to even, and gives its bits. It rounds once: by way of
// float32 some numbers would be rounded twice.
func (s *short) shorten(x float64) uint16 {
	bits := math.Float64bits(x)
	sign, size := bits>>63<<15, bits&^(1<<63)
	drop := s.drop & 63
	switch {
	case size < s.lowest:
		return uint16(sign | (math.Float64bits(math.Abs(x)+s.unit) - math.Float64bits(s.unit)))
	case x != x:
		return uint16(sign | s.infinity | 1<<(51-drop) | size<<12>>12>>drop)
	}
	size += 1<<(drop-1) - 1 + size>>drop&1
	return uint16(sign | min(size>>drop-s.rebias, s.infinity))
}

// oddLoops convert integers to float64 so that they can be rounded a second time: what is lost makes
// the last bit that is kept odd, so that no number comes to lie in the middle between two others.
var oddLoops = [forms]loop{formInt64: oddFloat64s[int64], formUint64: oddFloat64s[uint64]}

func oddFloat64s[S int64 | uint64](dst, src unsafe.Pointer, n int) {
	ran("oddFloat64s")
	to := numbers[float64](dst, n)
	for i, x := range numbers[S](src, n) {
		if x < 0 {
			to[i] = -oddFloat64(-uint64(x))
		} else {
			to[i] = oddFloat64(uint64(x))
		}
	}
}

func oddFloat64(x uint64) float64 {
	const lost = 1<<11 - 1
	if x>>53 != 0 && x&lost != 0 {
		x = x&^lost | (lost + 1)
	}
	return float64(x)
}
