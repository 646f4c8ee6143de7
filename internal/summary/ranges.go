package summary

import (
	"math"
	"math/big"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// floatRange are the floats from low to high. Those of a narrower type that lie in it are known by their own ends.
type floatRange struct{ low, high float64 }

// in is the bound as an item of a column of floats: rounded, unless that would be an infinity.
func (b bound) in(c *Column) float64 {
	item := make([]byte, c.Type.Size())
	if !b.finite || c.Type.Pack(item, b.float) != nil {
		return b.float
	}
	if f := c.float(item); !math.IsInf(f, 0) && f == f {
		return f
	}
	return b.float
}

// floats are the range of a comparison with numbers.
func (c Condition) floats(col *Column, low, high float64) floatRange {
	switch c.op {
	case ">":
		return floatRange{above(low), math.Inf(1)}
	case ">=":
		return floatRange{low, math.Inf(1)}
	case "<":
		return floatRange{math.Inf(-1), below(low)}
	case "<=":
		return floatRange{math.Inf(-1), low}
	}
	return floatRange{low, high}
}

// above is the next float64; a NaN, above which nothing is, after the last.
func above(x float64) float64 {
	if math.IsInf(x, 1) {
		return math.NaN()
	}
	return math.Nextafter(x, math.Inf(1))
}

func below(x float64) float64 { return -above(-x) }

// test is met by the items in the range.
func (f floatRange) test(c *Column) test {
	if c.isNumber && c.number.Size <= 4 {
		low, high := float32(f.low), float32(f.high)
		if float64(low) < f.low {
			low = math.Nextafter32(low, float32(math.Inf(1)))
		}
		if float64(high) > f.high {
			high = math.Nextafter32(high, float32(math.Inf(-1)))
		}
		return func(words []uint64, r *room, from, n int) {
			p := c.as(r, from, n, kernel.Number{Kind: kernel.Float, Size: 4})
			kernel.WithinFloats(words, unsafe.Slice((*float32)(p), n), low, high)
		}
	}
	return func(words []uint64, r *room, from, n int) {
		kernel.WithinFloats(words, floatsAt(c, r, c.read(r, from, n), n), f.low, f.high)
	}
}

// as reads numbers as those of another sort, which holds all of them.
func (c *Column) as(r *room, from, n int, to kernel.Number) unsafe.Pointer {
	p := c.read(r, from, n)
	if c.number == to {
		return p
	}
	values := unsafe.Pointer(&r.values)
	kernel.Convert(r.run(0, values, n, to.Size), r.run(1, p, n, c.walked.Size), to, c.number)
	return values
}

// integers is a comparison with numbers that need not be whole.
func (c Condition) integers(col *Column, low, high bound) test {
	least, most := col.limits()
	one := big.NewInt(1)
	from, to := least, most
	switch c.op {
	case ">":
		from = new(big.Int).Add(low.floor(least, most), one)
	case ">=":
		from = low.ceil(least, most)
	case "<":
		to = new(big.Int).Sub(low.ceil(least, most), one)
	case "<=":
		to = low.floor(least, most)
	default:
		from, to = low.ceil(least, most), high.floor(least, most)
	}
	return col.between(from, to)
}

// limits are the least and the largest integer that an item can be.
func (c *Column) limits() (least, most *big.Int) {
	bits := uint(8 * c.number.Size)
	switch c.number.Kind {
	case kernel.Bool:
		return big.NewInt(0), big.NewInt(1)
	case kernel.Int:
		half := new(big.Int).Lsh(big.NewInt(1), bits-1)
		return new(big.Int).Neg(half), new(big.Int).Sub(half, big.NewInt(1))
	}
	return big.NewInt(0), new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(1))
}

// floor is the largest integer that is not above the bound. It lies between one below the least and one above the most.
func (b bound) floor(least, most *big.Int) *big.Int {
	i := b.toward(least, most)
	if b.finite && new(big.Float).SetInt(i).Cmp(b.exact) > 0 {
		i.Sub(i, big.NewInt(1))
	}
	return b.near(i, least, most)
}

// ceil is the least that is not below it.
func (b bound) ceil(least, most *big.Int) *big.Int {
	i := b.toward(least, most)
	if b.finite && new(big.Float).SetInt(i).Cmp(b.exact) < 0 {
		i.Add(i, big.NewInt(1))
	}
	return b.near(i, least, most)
}

// toward rounds to zero what is not far out.
func (b bound) toward(least, most *big.Int) *big.Int {
	const far = 0x1p66
	switch {
	case b.float > far:
		return new(big.Int).Add(most, big.NewInt(2))
	case b.float < -far:
		return new(big.Int).Sub(least, big.NewInt(2))
	}
	i, _ := b.exact.Int(nil)
	return i
}

func (b bound) near(i, least, most *big.Int) *big.Int {
	if under := new(big.Int).Sub(least, big.NewInt(1)); i.Cmp(under) < 0 {
		return under
	}
	if over := new(big.Int).Add(most, big.NewInt(1)); i.Cmp(over) > 0 {
		return over
	}
	return i
}

// between is met by the integers from one to another.
func (c *Column) between(from, to *big.Int) test {
	least, most := c.limits()
	if from.Cmp(least) < 0 {
		from = least
	}
	if to.Cmp(most) > 0 {
		to = most
	}
	if from.Cmp(to) > 0 {
		return nothing
	}
	low, span := bits64(from), bits64(new(big.Int).Sub(to, from))
	switch {
	case c.number.Kind == kernel.Bool && low == 1: // any byte but 0 is true
		span = math.MaxUint8 - 1
	case c.number.Kind == kernel.Bool && span == 1:
		span = math.MaxUint8
	}
	native := kernel.Number{Kind: c.number.Kind, Size: c.number.Size}
	return func(words []uint64, r *room, from, n int) {
		p := c.as(r, from, n, native)
		switch native.Size {
		case 1:
			kernel.WithinWords(words, unsafe.Slice((*uint8)(p), n), uint8(low), uint8(span))
		case 2:
			kernel.WithinWords(words, unsafe.Slice((*uint16)(p), n), uint16(low), uint16(span))
		case 4:
			kernel.WithinWords(words, unsafe.Slice((*uint32)(p), n), uint32(low), uint32(span))
		default:
			kernel.WithinWords(words, unsafe.Slice((*uint64)(p), n), low, span)
		}
	}
}

// bits64 are those of an integer of 64 bits, with or without sign.
func bits64(i *big.Int) uint64 {
	if i.Sign() < 0 {
		return uint64(i.Int64())
	}
	return i.Uint64()
}

// near is met by what NumPy's isclose finds close to a number: |x-b| <= atol + rtol*|b|, of floats in float64, of integers
// exactly.
func (c Condition) near(col *Column, b bound, t Tolerance) test {
	if col.isInteger() {
		least, most := col.limits()
		if !b.finite {
			return nothing
		}
		distance := new(big.Float).SetPrec(exactBits).SetFloat64(t.Absolute)
		distance.Add(distance, new(big.Float).Mul(new(big.Float).SetPrec(exactBits).SetFloat64(t.Relative), new(big.Float).Abs(b.exact)))
		end := func(exact *big.Float) bound {
			f, _ := exact.Float64()
			return bound{exact, f, true}
		}
		low, high := end(new(big.Float).Sub(b.exact, distance)), end(new(big.Float).Add(b.exact, distance))
		return col.between(low.ceil(least, most), high.floor(least, most))
	}
	near := floatRange{b.float, b.float}
	if far := t.Absolute + t.Relative*math.Abs(b.float); b.finite && !math.IsInf(b.float, 0) {
		near.low = outermost(b.float, -math.MaxFloat64, far)
		near.high = outermost(b.float, math.MaxFloat64, far)
		if math.IsInf(far, 1) {
			near = floatRange{math.Inf(-1), math.Inf(1)}
		}
	}
	return near.test(col)
}

// outermost is the last float64 from center to end whose distance from the center is not above far, as that is rounded.
func outermost(center, end, far float64) float64 {
	in, out := key(center), key(end)
	if math.Abs(end-center) <= far {
		return end
	}
	for {
		middle := in/2 + out/2 + in&out&1
		if middle == in || middle == out {
			return fromKey[float64](in)
		}
		if math.Abs(fromKey[float64](middle)-center) <= far {
			in = middle
		} else {
			out = middle
		}
	}
}
