package arraytext

import (
	"math"
	"math/big"
)

// floatKind is a binary floating-point format, whose values are all float64 values too.
type floatKind struct {
	precision int     // bits of the significand
	minExp    int     // the exponent of two of the smallest subnormal
	cutoff    float64 // from here on, numbers in arrays have an exponent
	alone     float64 // and scalars
}

// The cutoffs are NumPy's: ten to the decimal digits that the kind holds, and at most 1e8 or 1e16.
var (
	e4m3fnKind   = &floatKind{4, -9, 1e3, 1e3}
	e5m2Kind     = &floatKind{3, -16, 1e3, 1e3}
	e4m3fnuzKind = &floatKind{4, -10, 1e3, 1e3}
	e5m2fnuzKind = &floatKind{3, -17, 1e3, 1e3}
	e8m0fnuKind  = &floatKind{1, -127, 1e3, 1e3}
	bfloat16Kind = &floatKind{8, -133, 1e3, 1e3}
	float16Kind  = &floatKind{11, -24, 1e3, 1e3}
	float32Kind  = &floatKind{24, -149, 1e6, 1e6}
	float64Kind  = &floatKind{53, -1074, 1e8, 1e16}
)

// limits say where digits end. Positions are powers of ten; the first digit has the highest.
type limits struct {
	last  int // no digit stands behind this position
	least int // all digits up to this position are given, needed or not
}

// digits returns decimal digits of a positive finite number, and the power of ten of the first. They
// are the fewest that only this number of its kind rounds to, rounded correctly where the limits
// end them sooner, and followed by the number's true digits where the limits ask for more. (The
// algorithm is Steele and White's, "How to print floating-point numbers accurately".)
func (k *floatKind) digits(x float64, limit func(first int) limits) (digits []byte, first int) {
	g := k.generate(x)
	lim := limit(g.first)
	for position := g.first; ; position-- {
		digit := g.next()
		low, high := g.unique()
		if (low || high) && position <= lim.least || position <= lim.last {
			if g.roundsUp(digit, low, high) {
				digits, first = increment(append(digits, digit), g.first)
				return digits, first
			}
			return append(digits, digit), g.first
		}
		digits = append(digits, digit)
		g.advance()
	}
}

// generator holds a number and the distances to where its neighbours begin, all as multiples of 1/scale.
type generator struct {
	value, scale, below, above big.Int
	even                       bool // the number itself wins ties with its neighbours
	first                      int  // power of ten of the first digit
}

func (k *floatKind) generate(x float64) *generator {
	fraction, exp := math.Frexp(x)
	exp = max(exp-k.precision, k.minExp)
	significand := uint64(math.Ldexp(x, -exp))
	g := &generator{even: significand%2 == 0}
	g.below.SetInt64(1)
	g.above.SetInt64(1)
	g.value.SetUint64(significand)
	g.scale.SetInt64(2)
	if fraction == 0.5 && exp > k.minExp { // a power of two: its lower neighbour is nearer
		g.above.SetInt64(2)
		g.scale.SetInt64(4)
	}
	g.value.Mul(&g.value, &g.scale)
	if exp >= 0 {
		for _, n := range []*big.Int{&g.value, &g.below, &g.above} {
			n.Lsh(n, uint(exp))
		}
	} else {
		g.scale.Lsh(&g.scale, uint(-exp))
	}
	g.normalize(int(math.Floor(math.Log10(x))))
	return g
}

var ten = big.NewInt(10)

// normalize divides by a power of ten, such that one digit stands before the point.
func (g *generator) normalize(estimate int) {
	g.first = estimate
	power := new(big.Int).Exp(ten, big.NewInt(int64(max(estimate, -estimate))), nil)
	if estimate >= 0 {
		g.scale.Mul(&g.scale, power)
	} else {
		for _, n := range []*big.Int{&g.value, &g.below, &g.above} {
			n.Mul(n, power)
		}
	}
	for g.value.Cmp(&g.scale) < 0 {
		g.advance()
		g.first--
	}
	for limit := new(big.Int); g.value.Cmp(limit.Mul(&g.scale, ten)) >= 0; {
		g.scale.Set(limit)
		g.first++
	}
}

// next takes the digit before the point.
func (g *generator) next() byte {
	digit := new(big.Int)
	digit.QuoRem(&g.value, &g.scale, &g.value)
	return byte(digit.Uint64())
}

// advance moves the point by one digit.
func (g *generator) advance() {
	g.value.Mul(&g.value, ten)
	g.below.Mul(&g.below, ten)
	g.above.Mul(&g.above, ten)
}

// unique reports whether the digits so far, as they are or with the last one raised, lie nearer to
// this number than to its neighbours.
func (g *generator) unique() (low, high bool) {
	under := g.value.Cmp(&g.below)
	over := new(big.Int).Add(&g.value, &g.above).Cmp(&g.scale)
	return under < 0 || under == 0 && g.even, over > 0 || over == 0 && g.even
}

// roundsUp decides on the last digit. Halves round to even.
func (g *generator) roundsUp(digit byte, low, high bool) bool {
	if low != high {
		return high
	}
	half := new(big.Int).Lsh(&g.value, 1).Cmp(&g.scale)
	return half > 0 || half == 0 && digit%2 == 1
}

// increment adds one to the last digit. Zeros that it makes at the end are dropped.
func increment(digits []byte, first int) ([]byte, int) {
	for i := len(digits) - 1; i >= 0; i-- {
		if digits[i] < 9 {
			digits[i]++
			return digits[:i+1], first
		}
	}
	return []byte{1}, first + 1
}
