package picture

import (
	"math"
	"strconv"
)

// scale maps values to a part of a length: 0 for the lowest, 1 for the highest. The two are finite, and differ.
type scale struct {
	low, high float64
	log       bool // both are positive
}

// newScale makes a scale of what values there are: room is made around one that is alone. Without any, it goes from 0 to 1.
func newScale(low, high float64, log bool) scale {
	switch {
	case !(low <= high):
		low, high = 0, 1
		if log {
			low = 0.1
		}
	case low == high && log:
		low, high = max(low/2, math.SmallestNonzeroFloat64), min(high*2, math.MaxFloat64)
	case low == high:
		around := max(0.5, math.Abs(low)/16)
		low, high = max(low-around, -math.MaxFloat64), min(high+around, math.MaxFloat64)
	}
	return scale{low, high, log && math.Log2(low) < math.Log2(high)} // which may be too near
}

// at is where a value lies; NaN where it has no place: NaN, and on logarithmic scales what is not positive.
func (s scale) at(x float64) float64 {
	switch {
	case math.IsInf(x, 1):
		return 1
	case math.IsInf(x, -1) && !s.log:
		return 0
	case s.log && x <= 0:
		return math.NaN()
	case s.log:
		return (math.Log2(x) - math.Log2(s.low)) / (math.Log2(s.high) - math.Log2(s.low)) // Log is wrong for the smallest of floats on some machines
	}
	if length := s.high - s.low; length <= math.MaxFloat64 {
		return (x - s.low) / length
	}
	return (x/2 - s.low/2) / (s.high/2 - s.low/2)
}

// within is at, where what is outside goes to the ends.
func (s scale) within(x float64) float64 { return min(max(s.at(x), 0), 1) }

// tick is a value that is written beside a scale.
type tick struct {
	value float64
	text  string
}

// mostTicks bounds them.
const mostTicks = 50

// ticks are about n round values.
func (s scale) ticks(n int) []tick {
	if n < 1 {
		return nil
	}
	if s.log {
		if all := s.powers(n); len(all) > 1 {
			return all
		}
	}
	step := roundUp((s.high/2 - s.low/2) / float64(n) * 2)
	all := s.multiples(step)
	for tries := 0; len(all) == 1 && tries < 3; tries++ {
		step = roundUp(step / 2.5)
		all = s.multiples(step)
	}
	if len(all) == 0 {
		return s.ends()
	}
	if s.log && len(all) < 2 {
		return s.ends()
	}
	return all
}

// multiples of a step that lie on the scale; none where they cannot be told apart.
func (s scale) multiples(step float64) (all []tick) {
	first, last := math.Ceil(s.low/step), math.Floor(s.high/step)
	if !(step > 0) || math.IsInf(step, 0) || !(last-first < mostTicks) || math.Abs(first) > 1<<52 || math.Abs(last) > 1<<52 {
		return nil
	}
	for k := first; k <= last; k++ {
		all = append(all, tick{k*step + 0, tickText(k, step)})
	}
	return all
}

func (s scale) ends() []tick {
	return []tick{{s.low, shortText(s.low)}, {s.high, shortText(s.high)}}
}

// powers are those of ten: every one, or every second, and so on.
func (s scale) powers(n int) (all []tick) {
	first, last := math.Ceil(log10(s.low)-1e-9), math.Floor(log10(s.high)+1e-9)
	each := max(math.Ceil((last-first+1)/float64(n)), 1)
	for p := first; p <= last; p += each {
		all = append(all, tick{math.Pow(10, p), shortText(math.Pow(10, p))})
	}
	return all
}

// log10 is about the decimal logarithm, also of the smallest of floats.
func log10(x float64) float64 { return math.Log2(x) * (math.Ln2 / math.Ln10) }

// roundUp is the next of 1, 2 and 5 times a power of ten.
func roundUp(x float64) float64 {
	power := math.Pow(10, math.Floor(log10(x)))
	for _, digit := range []float64{1, 2, 5} {
		if digit*power >= x*(1-1e-9) {
			return digit * power
		}
	}
	return 10 * power
}

// tickText writes k steps with the digits that steps have.
func tickText(k, step float64) string {
	x := k * step
	if x == 0 {
		return "0"
	}
	digits := int(math.Floor(log10(step) + 1e-9))
	if size := math.Abs(x); size >= 1e6 || size < 1e-4 {
		precision := int(math.Floor(log10(size)+1e-9)) - digits
		return strconv.FormatFloat(x, 'e', max(precision, 0), 64)
	}
	return strconv.FormatFloat(x, 'f', max(-digits, 0), 64)
}

// shortText has as many digits as a label has room for.
func shortText(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }
