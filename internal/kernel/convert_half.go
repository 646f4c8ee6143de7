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
		to[i] = shorten(x, 10, 15)
	}
}

func brainsOfFloat64s(dst, src unsafe.Pointer, n int) {
	ran("brainsOfFloat64s")
	to := numbers[uint16](dst, n)
	for i, x := range numbers[float64](src, n) {
		to[i] = shorten(x, 7, 127)
	}
}

// shorten rounds to the nearest number of a format of 16 bits, ties to even, and gives its bits. It
// rounds once: by way of float32 some numbers would be rounded twice. The format is given by the
// bits of its fraction and the bias of its exponent.
func shorten(x float64, fraction, bias int) uint16 {
	bits := math.Float64bits(x)
	sign, size := bits>>63<<15, bits&^(1<<63)
	drop := 52 - fraction
	infinity := uint64(2*bias+1) << fraction
	switch {
	case x != x:
		return uint16(sign | infinity | 1<<(fraction-1) | size<<12>>(12+drop))
	case size < uint64(1024-bias)<<52: // subnormal: the unit of the sum is that of the format
		unit := math.Float64frombits(uint64(1024-bias-fraction+52) << 52)
		return uint16(sign | (math.Float64bits(math.Abs(x)+unit) - math.Float64bits(unit)))
	}
	size += 1<<(drop-1) - 1 + size>>drop&1
	size = size>>drop - uint64(1023-bias)<<fraction
	return uint16(sign | min(size, infinity))
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
