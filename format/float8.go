package format

import "math"

// The floats of 8 bits, by their bits, are those that machine learning uses, under the names that ml_dtypes and ONNX gave
// them: after the bits of exponent and fraction, fn for finite (no infinities), uz for an unsigned zero, u for unsigned. E4M3FN and
// E5M2 are those of the Open Compute Project's "OFP8 Formats Specification", E8M0FNU is the scale of its "Microscaling Formats".
type (
	// Float8E4M3FN has 4 bits of exponent and 3 of fraction: up to 448, a NaN of either sign, no infinities. The code
	// [float8_e4m3fn] reads it.
	Float8E4M3FN uint8
	// Float8E5M2 has 5 bits of exponent and 2 of fraction: up to 57344, infinities and NaNs as in IEEE 754. The code
	// [float8_e5m2] reads it.
	Float8E5M2 uint8
	// Float8E4M3FNUZ is up to 240, with one zero, one NaN and no infinities. The code [float8_e4m3fnuz] reads it.
	Float8E4M3FNUZ uint8
	// Float8E5M2FNUZ is up to 57344, with one zero, one NaN and no infinities. The code [float8_e5m2fnuz] reads it.
	Float8E5M2FNUZ uint8
	// Float8E8M0FNU is a power of two, 2^-127 to 2^127, or NaN: without a sign, without a zero. The code
	// [float8_e8m0fnu] reads it.
	Float8E8M0FNU uint8
)

// ShortFloat is a number of a float type that Go has not: [Float16], [BFloat16] and those of 8 bits.
type ShortFloat interface {
	Float32() float32 // the number, exactly
}

// NewFloat8E4M3FN rounds f to the nearest number, ties to even. What is too large becomes a NaN.
func NewFloat8E4M3FN(f float32) Float8E4M3FN { return Float8E4M3FN(e4m3fn.narrow(float64(f))) }

// NewFloat8E5M2 rounds f to the nearest number, ties to even. What is too large becomes an infinity.
func NewFloat8E5M2(f float32) Float8E5M2 { return Float8E5M2(e5m2.narrow(float64(f))) }

// NewFloat8E4M3FNUZ rounds f to the nearest number, ties to even. What is too large becomes the NaN.
func NewFloat8E4M3FNUZ(f float32) Float8E4M3FNUZ { return Float8E4M3FNUZ(e4m3fnuz.narrow(float64(f))) }

// NewFloat8E5M2FNUZ rounds f to the nearest number, ties to even. What is too large becomes the NaN.
func NewFloat8E5M2FNUZ(f float32) Float8E5M2FNUZ { return Float8E5M2FNUZ(e5m2fnuz.narrow(float64(f))) }

// NewFloat8E8M0FNU rounds f to the nearest power of two, ties up. What is too large, and zero and what is below it, becomes the NaN.
func NewFloat8E8M0FNU(f float32) Float8E8M0FNU { return Float8E8M0FNU(e8m0fnu.narrow(float64(f))) }

// Float32 returns the number, exactly.
func (f Float8E4M3FN) Float32() float32 { return e4m3fn.values[f] }

// Float32 returns the number, exactly.
func (f Float8E5M2) Float32() float32 { return e5m2.values[f] }

// Float32 returns the number, exactly.
func (f Float8E4M3FNUZ) Float32() float32 { return e4m3fnuz.values[f] }

// Float32 returns the number, exactly.
func (f Float8E5M2FNUZ) Float32() float32 { return e5m2fnuz.values[f] }

// Float32 returns the number, exactly.
func (f Float8E8M0FNU) Float32() float32 { return e8m0fnu.values[f] }

// String formats the number as strconv does its float32.
func (f Float8E4M3FN) String() string { return formatFloat(f.Float32()) }

// String formats the number as strconv does its float32.
func (f Float8E5M2) String() string { return formatFloat(f.Float32()) }

// String formats the number as strconv does its float32.
func (f Float8E4M3FNUZ) String() string { return formatFloat(f.Float32()) }

// String formats the number as strconv does its float32.
func (f Float8E5M2FNUZ) String() string { return formatFloat(f.Float32()) }

// String formats the number as strconv does its float32.
func (f Float8E8M0FNU) String() string { return formatFloat(f.Float32()) }

// float8 is one of these types: what each of its 256 codes is worth. The codes from 0 to largest are the numbers from
// the least to the largest, without a gap.
type float8 struct {
	values    [256]float32
	largest   byte
	next      float64 // what would follow the largest, were there no end
	nan       byte
	tooLarge  byte // what a larger number becomes
	signed    bool
	minusZero bool // zero has a sign
	signedNaN bool // and so has NaN
}

var (
	e4m3fn   = newFloat8(3, 7, float8{largest: 0x7e, nan: 0x7f, tooLarge: 0x7f, signed: true, minusZero: true, signedNaN: true})
	e5m2     = newFloat8(2, 15, float8{largest: 0x7b, nan: 0x7e, tooLarge: 0x7c, signed: true, minusZero: true, signedNaN: true})
	e4m3fnuz = newFloat8(3, 8, float8{largest: 0x7f, nan: 0x80, tooLarge: 0x80, signed: true})
	e5m2fnuz = newFloat8(2, 16, float8{largest: 0x7f, nan: 0x80, tooLarge: 0x80, signed: true})
	e8m0fnu  = newFloat8(0, 127, float8{largest: 0xfe, nan: 0xff, tooLarge: 0xff})
)

// newFloat8 fills the table of a type with those bits of fraction and that bias of the exponent.
func newFloat8(fractionBits, bias int, f float8) *float8 {
	value := func(code int) float64 {
		exponent, fraction := code>>fractionBits, float64(code&(1<<fractionBits-1))
		if exponent == 0 && f.signed { // subnormal
			return math.Ldexp(fraction, 1-bias-fractionBits)
		}
		return math.Ldexp(fraction+float64(int(1)<<fractionBits), exponent-bias-fractionBits)
	}
	for code := range f.values {
		f.values[code] = float32(math.NaN())
	}
	for code := range int(f.largest) + 1 {
		f.values[code] = float32(value(code))
		if f.signed && (code > 0 || f.minusZero) {
			f.values[code|0x80] = float32(math.Copysign(value(code), -1))
		}
	}
	if f.tooLarge != f.nan {
		f.values[f.tooLarge], f.values[f.tooLarge|0x80] = float32(math.Inf(1)), float32(math.Inf(-1))
	}
	f.next = value(int(f.largest) + 1)
	return &f
}

// narrow finds the code of the nearest number. Between two it is the even code, and that of the larger where all
// numbers are powers of two, as in ml_dtypes.
func (t *float8) narrow(f float64) byte {
	size, sign := math.Abs(f), byte(0)
	if math.Signbit(f) && t.signed {
		sign = 0x80
	}
	switch {
	case f != f && t.signedNaN:
		return t.nan | sign
	case f != f, f <= 0 && !t.signed: // without a sign there is no zero either
		return t.nan
	}
	low, high := 0, int(t.largest)+1 // the number lies at low or above, and below high
	if size >= t.next {
		low = high
	}
	for high-low > 1 {
		if middle := (low + high) / 2; size >= float64(t.values[middle]) {
			low = middle
		} else {
			high = middle
		}
	}
	code := low
	if low < high {
		if above := t.value(high) - size; above < size-t.value(low) || above == size-t.value(low) && (low&1 == 1 || !t.signed) {
			code = high
		}
	}
	switch {
	case code > int(t.largest) && t.signedNaN:
		return t.tooLarge | sign
	case code > int(t.largest):
		return t.tooLarge
	case code == 0 && !t.minusZero:
		return 0
	}
	return byte(code) | sign
}

// value is that of a code up to the one that would follow the largest.
func (t *float8) value(code int) float64 {
	if code > int(t.largest) {
		return t.next
	}
	return float64(t.values[code])
}
