package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"unsafe"
)

// The model reads and writes one number at a time by the definition of its bytes, and reckons with
// math/big.

// allNumbers are all sorts of numbers, in both byte orders.
var allNumbers = func() (list []Number) {
	for kind := Bool; kind <= Complex; kind++ {
		for _, size := range []int{1, 2, 4, 8, 16} {
			for _, swap := range []bool{false, true} {
				if n := (Number{Kind: kind, Size: size, Swap: swap}); n.Valid() {
					list = append(list, n)
				}
			}
		}
	}
	return list
}()

func (n Number) String() string {
	return fmt.Sprintf("%c%d%s", "?biufBc"[n.Kind], n.Size, map[bool]string{true: "~"}[n.Swap])
}

// exact is a real number: nil is a NaN. A big.Float has infinities and both zeros.
type exact = *big.Float

// value is a number. The imaginary part of a real one is 0.
type value struct{ re, im exact }

func exactFloat(f float64) exact {
	if f != f {
		return nil
	}
	return new(big.Float).SetPrec(64).SetFloat64(f)
}

func (n Number) order() binary.ByteOrder {
	little := *(*byte)(unsafe.Pointer(&[]uint16{1}[0])) == 1
	if little != n.Swap {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

func (n Number) bits(b []byte) uint64 {
	switch n.Size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(n.order().Uint16(b))
	case 4:
		return uint64(n.order().Uint32(b))
	}
	return n.order().Uint64(b)
}

func (n Number) putBits(b []byte, bits uint64) {
	switch n.Size {
	case 1:
		b[0] = byte(bits)
	case 2:
		n.order().PutUint16(b, uint16(bits))
	case 4:
		n.order().PutUint32(b, uint32(bits))
	case 8:
		n.order().PutUint64(b, bits)
	}
}

// read is the value of an item.
func (n Number) read(b []byte) value {
	zero := new(big.Float)
	switch n.Kind {
	case Bool:
		if b[0] != 0 {
			return value{big.NewFloat(1), zero}
		}
		return value{zero, zero}
	case Int:
		shift := 64 - 8*n.Size
		return value{new(big.Float).SetPrec(64).SetInt64(int64(n.bits(b)<<shift) >> shift), zero}
	case Uint:
		return value{new(big.Float).SetPrec(64).SetUint64(n.bits(b)), zero}
	case Complex:
		part := Number{Kind: Float, Size: n.Size / 2, Swap: n.Swap}
		return value{part.read(b).re, part.read(b[n.Size/2:]).re}
	}
	return value{exactFloat(n.float(n.bits(b))), zero}
}

// float is the float64 of the bits of a float.
func (n Number) float(bits uint64) float64 {
	switch {
	case n.Kind == BrainFloat:
		return float64(math.Float32frombits(uint32(bits) << 16))
	case n.Size == 4:
		return float64(math.Float32frombits(uint32(bits)))
	case n.Size == 8:
		return math.Float64frombits(bits)
	}
	sign := 1 - 2*float64(bits>>15)
	exponent, fraction := int(bits>>10&31), float64(bits&1023)
	switch {
	case exponent == 31 && fraction != 0:
		return math.NaN()
	case exponent == 31:
		return math.Inf(int(sign))
	case exponent == 0:
		return sign * fraction * 0x1p-24
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

// write converts a value to an item, or refuses to.
func (n Number) write(b []byte, v value) bool {
	switch n.Kind {
	case Bool:
		b[0] = bit(v.re == nil || v.im == nil || v.re.Sign() != 0 || v.im.Sign() != 0)
	case Int, Uint:
		if v.re == nil || v.re.IsInf() {
			return false
		}
		i, _ := v.re.Int(nil)
		return n.writeInt(b, i)
	case Complex:
		part := Number{Kind: Float, Size: n.Size / 2, Swap: n.Swap}
		part.write(b, value{re: v.re})
		part.write(b[n.Size/2:], value{re: v.im})
	default:
		n.putBits(b, n.round(v.re))
	}
	return true
}

func (n Number) writeInt(b []byte, i *big.Int) bool {
	low, high := big.NewInt(0), new(big.Int).Lsh(big.NewInt(1), uint(8*n.Size))
	if n.Kind == Int {
		high.Rsh(high, 1)
		low.Neg(high)
	}
	if i.Cmp(low) < 0 || i.Cmp(high) >= 0 {
		return false
	}
	if i.Sign() < 0 {
		n.putBits(b, uint64(i.Int64()))
	} else {
		n.putBits(b, i.Uint64())
	}
	return true
}

// round gives the bits of the nearest float, ties to even.
func (n Number) round(x exact) uint64 {
	switch {
	case x == nil && n.Size == 8:
		return math.Float64bits(math.NaN())
	case x == nil && n.Size == 4:
		return uint64(math.Float32bits(float32(math.NaN())))
	case x == nil:
		return 0x7fff
	case n.Size == 8:
		f, _ := x.Float64()
		return math.Float64bits(f)
	case n.Size == 4:
		f, _ := x.Float32()
		return uint64(math.Float32bits(f))
	}
	return n.roundShort(x)
}

// roundShort looks for the neighbours among the numbers of 16 bits, which are in the order of their bits.
func (n Number) roundShort(x exact) uint64 {
	sign := uint64(0)
	if x.Signbit() {
		sign = 0x8000
	}
	size := new(big.Float).SetPrec(200).Abs(x)
	infinity := map[Kind]uint64{Float: 0x7c00, BrainFloat: 0x7f80}[n.Kind]
	at := func(bits uint64) *big.Float {
		if bits == infinity { // rounding takes it for the number that would come next
			return new(big.Float).SetMantExp(big.NewFloat(1), map[Kind]int{Float: 16, BrainFloat: 128}[n.Kind])
		}
		return big.NewFloat(n.float(bits))
	}
	low, high := uint64(0), infinity
	for low < high { // the first number that is not below size
		if middle := (low + high) / 2; at(middle).Cmp(size) < 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low > 0 {
		twice := new(big.Float).SetPrec(200).Mul(size, big.NewFloat(2))
		switch sum := new(big.Float).SetPrec(200).Add(at(low-1), at(low)); twice.Cmp(sum) {
		case -1:
			low--
		case 0:
			low -= low & 1
		}
	}
	return sign | low
}

func (v value) String() string { return fmt.Sprintf("%v+%vi", v.re, v.im) }

// same is equality of numbers.
func (v value) same(w value) bool {
	return sameExact(v.re, w.re) && sameExact(v.im, w.im)
}

func sameExact(x, y exact) bool { return x != nil && y != nil && x.Cmp(y) == 0 }

// identical also tells zeros apart, and takes all NaNs for one.
func (v value) identical(w value) bool {
	return identicalExact(v.re, w.re) && identicalExact(v.im, w.im)
}

func identicalExact(x, y exact) bool {
	if x == nil || y == nil {
		return x == nil && y == nil
	}
	return x.Cmp(y) == 0 && x.Signbit() == y.Signbit()
}
