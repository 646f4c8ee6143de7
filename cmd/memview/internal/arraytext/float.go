package arraytext

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-memoryview/memoryview/format"
)

// maxFraction is how many digits behind the point are printed in arrays.
const maxFraction = 8

// number is a floating-point number and the kind that its digits are counted by.
type number struct {
	x    float64
	kind *floatKind
}

// toNumber accepts the floats of all kinds.
func toNumber(v any) (number, bool) {
	switch v := v.(type) {
	case float64:
		return number{v, float64Kind}, true
	case float32:
		return number{float64(v), float32Kind}, true
	case format.Float16:
		return number{float64(v.Float32()), float16Kind}, true
	case format.BFloat16:
		return number{float64(v.Float32()), bfloat16Kind}, true
	case format.Float8E4M3FN:
		return number{float64(v.Float32()), e4m3fnKind}, true
	case format.Float8E5M2:
		return number{float64(v.Float32()), e5m2Kind}, true
	case format.Float8E4M3FNUZ:
		return number{float64(v.Float32()), e4m3fnuzKind}, true
	case format.Float8E5M2FNUZ:
		return number{float64(v.Float32()), e5m2fnuzKind}, true
	case format.Float8E8M0FNU:
		return number{float64(v.Float32()), e8m0fnuKind}, true
	}
	return number{}, false
}

// round gives the nearest number of the kind.
func (k *floatKind) round(x float64) float64 {
	switch k {
	case float32Kind:
		return float64(float32(x))
	case float16Kind:
		return float64(format.NewFloat16(float32(x)).Float32())
	case bfloat16Kind:
		return float64(format.NewBFloat16(float32(x)).Float32())
	case e4m3fnKind:
		return float64(format.NewFloat8E4M3FN(float32(x)).Float32())
	case e5m2Kind:
		return float64(format.NewFloat8E5M2(float32(x)).Float32())
	case e4m3fnuzKind:
		return float64(format.NewFloat8E4M3FNUZ(float32(x)).Float32())
	case e5m2fnuzKind:
		return float64(format.NewFloat8E5M2FNUZ(float32(x)).Float32())
	case e8m0fnuKind:
		return float64(format.NewFloat8E8M0FNU(float32(x)).Float32())
	}
	return x
}

func (n number) finite() bool { return !math.IsNaN(n.x) && !math.IsInf(n.x, 0) }

// sign is what stands before a number: plus makes positive ones have one too.
func (n number) sign(plus bool) string {
	switch {
	case math.Signbit(n.x) && !math.IsNaN(n.x):
		return "-"
	case plus:
		return "+"
	}
	return ""
}

// floatFormat is how the numbers of one array are printed, such that their points stand in a column.
type floatFormat struct {
	plus      bool
	exponent  bool // numbers have an exponent, and all the same number of digits
	fraction  int  // digits behind the point
	expDigits int
	left      int // characters before the point
	right     int // characters behind it
}

// newFloatFormat looks at all numbers that will be printed. Numbers have an exponent when one is
// very large, very small, or both kinds are there: numpy.set_printoptions describes the rules.
func newFloatFormat(numbers []number, plus bool) *floatFormat {
	f := &floatFormat{plus: plus, exponent: needExponent(numbers)}
	special := 0 // the width of the widest that is not finite
	for _, n := range numbers {
		if !n.finite() {
			special = max(special, len("nan"))
			if plus || n.x < 0 {
				special = len("-inf")
			}
			continue
		}
		whole, fraction, exp := n.parts(f.exponent, maxFraction, 0)
		f.left = max(f.left, len(n.sign(plus))+len(whole))
		f.fraction = max(f.fraction, len(fraction))
		f.expDigits = max(f.expDigits, len(exp)-1)
	}
	f.right = f.fraction
	if f.exponent {
		f.right += len("e+") + f.expDigits
	}
	f.left = max(f.left, special-len(".")-f.right)
	return f
}

func needExponent(numbers []number) bool {
	smallest, largest := math.Inf(1), 0.0
	var kind *floatKind
	for _, n := range numbers {
		if n.finite() && n.x != 0 {
			kind = n.kind
			smallest, largest = min(smallest, math.Abs(n.x)), max(largest, math.Abs(n.x))
		}
	}
	return kind != nil &&
		(largest >= kind.cutoff || smallest < kind.round(0.0001) || kind.round(largest/smallest) > 1000)
}

// parts returns the digits before and behind the point, and the exponent with its sign where one is
// asked for. The fraction has at most so many digits, and at least so many.
func (n number) parts(exponent bool, most, least int) (whole, fraction, exp string) {
	digits, first := []byte{0}, 0
	if n.x != 0 {
		digits, first = n.kind.digits(math.Abs(n.x), func(first int) limits {
			switch {
			case exponent && least == 0:
				return limits{first - most, first}
			case exponent:
				return limits{first - most, first - least}
			}
			return limits{-most, math.MaxInt}
		})
	}
	point := first + 1 // digits before the point
	if exponent {
		point = 1
		exp = fmt.Sprintf("%+03d", first)
	}
	whole, fraction = splitAt(digits, point)
	return whole, fraction + strings.Repeat("0", max(0, least-len(fraction))), exp
}

// splitAt writes digits with zeros where the point lies outside them, and drops zeros at the end.
func splitAt(digits []byte, point int) (whole, fraction string) {
	var s strings.Builder
	s.WriteString(strings.Repeat("0", max(0, 1-point)))
	for _, d := range digits {
		s.WriteByte('0' + d)
	}
	s.WriteString(strings.Repeat("0", max(0, point-len(digits))))
	text := s.String()
	point = max(point, 1)
	return text[:point], strings.TrimRight(text[point:], "0")
}

// text prints one number of the array.
func (f *floatFormat) text(n number) string {
	if !n.finite() {
		return padLeft(n.special(f.plus), f.left+1+f.right)
	}
	most, least := maxFraction, 0
	if f.exponent {
		most, least = f.fraction, f.fraction
	}
	whole, fraction, exp := n.parts(f.exponent, most, least)
	if f.exponent {
		fraction += "e" + exp[:1] + strings.Repeat("0", max(0, f.expDigits-len(exp)+1)) + exp[1:]
	}
	return padLeft(n.sign(f.plus)+whole, f.left) + "." + padRight(fraction, f.right)
}

// special prints what is not finite. NaN has no sign.
func (n number) special(plus bool) string {
	if math.IsNaN(n.x) {
		return n.sign(plus) + "nan"
	}
	return n.sign(plus) + "inf"
}

// scalar prints a number in full, as Python's str does. Trailing zeros that a point would need are
// left to the caller.
func (n number) scalar(plus bool) string {
	if !n.finite() {
		return n.special(plus)
	}
	size := math.Abs(n.x)
	exponent := size != 0 && (size >= n.kind.alone || size < 1e-4)
	whole, fraction, exp := n.parts(exponent, 2000, 0)
	if fraction != "" {
		fraction = "." + fraction
	}
	if exponent {
		exp = "e" + exp
	}
	return n.sign(plus) + whole + fraction + exp
}
