package kernel

import (
	"math"
	"unsafe"
)

// conversions are the loops that convert numbers as Go does, from each form to each.
var conversions = [forms][forms]loop{
	formInt8:    from[int8](),
	formInt16:   from[int16](),
	formInt32:   from[int32](),
	formInt64:   from[int64](),
	formUint8:   from[uint8](),
	formUint16:  from[uint16](),
	formUint32:  from[uint32](),
	formUint64:  from[uint64](),
	formFloat32: from[float32](),
	formFloat64: from[float64](),
}

func from[S native]() [forms]loop {
	return [forms]loop{
		formInt8:    convert[int8, S],
		formInt16:   convert[int16, S],
		formInt32:   convert[int32, S],
		formInt64:   convert[int64, S],
		formUint8:   convert[uint8, S],
		formUint16:  convert[uint16, S],
		formUint32:  convert[uint32, S],
		formUint64:  convert[uint64, S],
		formFloat32: convert[float32, S],
		formFloat64: convert[float64, S],
	}
}

func convert[D, S native](dst, src unsafe.Pointer, n int) {
	ran("convert")
	to := numbers[D](dst, n)
	for i, x := range numbers[S](src, n) {
		to[i] = D(x)
	}
}

// truths are the loops that say of the numbers of each form whether they are not 0: in bytes, 1 or 0.
var truths = [forms]loop{
	formInt8:    truth[int8],
	formInt16:   truth[int16],
	formInt32:   truth[int32],
	formInt64:   truth[int64],
	formUint8:   truth[uint8],
	formUint16:  truth[uint16],
	formUint32:  truth[uint32],
	formUint64:  truth[uint64],
	formFloat32: truth[float32],
	formFloat64: truth[float64],
}

func truth[S native](dst, src unsafe.Pointer, n int) {
	ran("truth")
	to := numbers[uint8](dst, n)
	for i, x := range numbers[S](src, n) {
		to[i] = bit(x != 0)
	}
}

func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// eitherTruth makes one truth of each two.
func eitherTruth(dst, src unsafe.Pointer, n int) {
	to := numbers[uint8](dst, n)
	for i, x := range numbers[[2]uint8](src, n) {
		to[i] = x[0] | x[1]
	}
}

// complexLoops put a zero behind each float.
var complexLoops = [forms]loop{formFloat32: complexes[float32], formFloat64: complexes[float64]}

func complexes[F floats](dst, src unsafe.Pointer, n int) {
	ran("complexes")
	to := numbers[[2]F](dst, n)
	for i, x := range numbers[F](src, n) {
		to[i] = [2]F{x, 0}
	}
}

// A check reports whether n numbers in a run can be converted.
type check func(src unsafe.Pointer, n int) bool

// checksOf are those of conversions to integers, from each form to each. Floats are checked as float64.
var checksOf = [forms][forms]check{
	formInt8:   checksOfIntegers[int8](),
	formInt16:  checksOfIntegers[int16](),
	formInt32:  checksOfIntegers[int32](),
	formInt64:  checksOfIntegers[int64](),
	formUint8:  checksOfIntegers[uint8](),
	formUint16: checksOfIntegers[uint16](),
	formUint32: checksOfIntegers[uint32](),
	formUint64: checksOfIntegers[uint64](),
	formFloat64: {
		formInt8:   float64sFit[int8],
		formInt16:  float64sFit[int16],
		formInt32:  float64sFit[int32],
		formInt64:  float64sFit[int64],
		formUint8:  float64sFit[uint8],
		formUint16: float64sFit[uint16],
		formUint32: float64sFit[uint32],
		formUint64: float64sFit[uint64],
	},
}

func checksOfIntegers[S integers]() [forms]check {
	return [forms]check{
		formInt8:   integersFit[int8, S],
		formInt16:  integersFit[int16, S],
		formInt32:  integersFit[int32, S],
		formInt64:  integersFit[int64, S],
		formUint8:  integersFit[uint8, S],
		formUint16: integersFit[uint16, S],
		formUint32: integersFit[uint32, S],
		formUint64: integersFit[uint64, S],
	}
}

// integersFit: what comes back changed, or with the other sign, did not fit.
func integersFit[D, S integers](src unsafe.Pointer, n int) bool {
	ran("integersFit")
	for _, x := range numbers[S](src, n) {
		if y := D(x); S(y) != x || (y < 0) != (x < 0) {
			return false
		}
	}
	return true
}

// float64sFit: what lies between the bounds fits once its fraction is cut. A NaN lies nowhere.
func float64sFit[D integers](src unsafe.Pointer, n int) bool {
	low, high := bounds[D]()
	return between(src, n, low, high)
}

func betweenGo(src unsafe.Pointer, n int, low, high float64) bool {
	ran("between")
	for _, x := range numbers[float64](src, n) {
		if !(x > low && x < high) {
			return false
		}
	}
	return true
}

// bounds are the numbers next to a type's range on both sides: those that are cut to a number outside.
func bounds[D integers]() (low, high float64) {
	width := int(unsafe.Sizeof(D(0))) * 8
	switch unsigned := ^D(0) > 0; {
	case unsigned:
		return -1, math.Ldexp(1, width)
	case width == 64: // -2^63-1 is no float64
		return math.Nextafter(-0x1p63, math.Inf(-1)), 0x1p63
	}
	high = math.Ldexp(1, width-1)
	return -high - 1, high
}
