// Package load is what the generators share that bring numbers of any sort into registers.
package load

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A Source is a sort of number. Its Loader brings as many of them as there is room for in a register as
// integers or floats of 32 bits: 4 in an XMM, 8 in a YMM.
type Source struct {
	Name   string
	Size   int
	Float  bool
	Loader func(swap Swapper) Loader
}

// A Loader loads numbers.
type Loader func(from Mem, to reg.VecVirtual)

// A Swapper turns around the bytes of the numbers in a register. It is nil where that is not wanted.
type Swapper func(x reg.VecVirtual)

var Sources = []Source{
	{"int8", 1, false, func(Swapper) Loader { return func(from Mem, to reg.VecVirtual) { VPMOVSXBD(from, to) } }},
	{"uint8", 1, false, func(Swapper) Loader { return func(from Mem, to reg.VecVirtual) { VPMOVZXBD(from, to) } }},
	{"int16", 2, false, func(swap Swapper) Loader { return words(VPMOVSXWD, swap) }},
	{"uint16", 2, false, func(swap Swapper) Loader { return words(VPMOVZXWD, swap) }},
	{"int32", 4, false, Whole},
	{"half", 2, true, half},
	{"brain", 2, true, brain},
	{"float32", 4, true, Whole},
}

// Float64s loads 4 numbers as float64, exactly.
func (s Source) Float64s(swap Swapper) Loader {
	load := s.Loader(swap)
	return func(from Mem, y reg.VecVirtual) {
		x := XMM()
		load(from, x)
		if s.Float {
			VCVTPS2PD(x, y)
		} else {
			VCVTDQ2PD(x, y)
		}
	}
}

// Float32s loads 8 numbers as float32, rounded where they are 32-bit integers.
func (s Source) Float32s(swap Swapper) Loader {
	load := s.Loader(swap)
	return func(from Mem, y reg.VecVirtual) {
		load(from, y)
		if !s.Float {
			VCVTDQ2PS(y, y)
		}
	}
}

// words loads numbers of 16 bits.
func words(extend func(ops ...Op), swap Swapper) Loader {
	return func(from Mem, to reg.VecVirtual) {
		if swap == nil {
			extend(from, to)
			return
		}
		x := to.AsX()
		if to.Size() == 16 {
			VMOVQ(from, x)
		} else {
			VMOVDQU(from, x)
		}
		swap(to)
		extend(x, to)
	}
}

// Whole loads numbers of 32 bits.
func Whole(swap Swapper) Loader {
	return func(from Mem, to reg.VecVirtual) {
		VMOVDQU(from, to)
		if swap != nil {
			swap(to)
		}
	}
}

func brain(swap Swapper) Loader {
	load := words(VPMOVZXWD, swap)
	return func(from Mem, to reg.VecVirtual) {
		load(from, to)
		VPSLLD(Imm(16), to, to)
	}
}

// half moves the bits of a binary16 to where a binary32 has them. A product puts the exponent right, of
// subnormal numbers too; only that of infinities and NaNs is the highest there is.
func half(swap Swapper) Loader {
	load := words(VPMOVZXWD, swap)
	scale, highest, infinity := Broadcast32(0x77800000), Broadcast32(0x7c00<<13-1), Broadcast32(0x7f800000)
	return func(from Mem, to reg.VecVirtual) {
		sign, special := like(to), like(to)
		load(from, to)
		VPSRLD(Imm(15), to, sign)
		VPSLLD(Imm(31), sign, sign)
		VPSLLD(Imm(17), to, to)
		VPSRLD(Imm(4), to, to)
		VPCMPGTD(sized(highest, to), to, special)
		VPAND(sized(infinity, to), special, special)
		VMULPS(sized(scale, to), to, to)
		VPOR(sign, to, to)
		VPOR(special, to, to)
	}
}

// like is a register of the same size.
func like(x reg.VecVirtual) reg.VecVirtual {
	if x.Size() == 16 {
		return XMM()
	}
	return YMM()
}

// sized is the register y, or the low half of it, as x is.
func sized(y, x reg.VecVirtual) reg.Register {
	if x.Size() == 16 {
		return y.AsX()
	}
	return y
}

// Orders are those of the bytes of a number: false for the machine's.
func Orders(size int) []bool {
	if size == 1 {
		return []bool{false}
	}
	return []bool{false, true}
}

// Turn is how many numbers the loops of [Turns] work on at a time, and so the fewest that they take.
const Turn = 16

// Turns writes a loop: what body does with the numbers from the i-th on, for n of them. The last turn
// goes over the last numbers, some of them for the second time. It changes n.
func Turns(n reg.Register, body func(i reg.Register)) {
	i := GP64()
	XORQ(i, i)
	SUBQ(Imm(Turn), n)
	Label("loop")
	body(i)
	ADDQ(Imm(Turn), i)
	CMPQ(i, n)
	JLE(LabelRef("loop"))
	SUBQ(Imm(Turn), i)
	CMPQ(i, n)
	JEQ(LabelRef("done"))
	MOVQ(n, i)
	JMP(LabelRef("loop"))
	Label("done")
}

// Answer returns a bool.
func Answer(yes int) {
	result := GP8()
	MOVB(Imm(uint64(yes)), result)
	Store(result, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// Title is a name with a capital letter.
func Title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// SwapperOf keeps the order of bytes for VPSHUFB in a register.
func SwapperOf(size int, swapped bool) Swapper {
	if !swapped {
		return nil
	}
	order := YMM()
	VMOVDQU(swapOrder(size), order)
	return func(x reg.VecVirtual) { VPSHUFB(sized(order, x), x, x) }
}

var data = map[string]Mem{}

// swapOrder is a constant that all kernels share.
func swapOrder(size int) Mem {
	name := fmt.Sprintf("swapOrder%d", size)
	if _, made := data[name]; !made {
		data[name] = GLOBL(name, RODATA|NOPTR)
		for i := range 32 {
			DATA(i, U8(i/size*size+size-1-i%size))
		}
	}
	return data[name]
}

// Broadcast fills a register with a number of 64 bits.
func Broadcast(bits uint64) reg.VecVirtual {
	name := fmt.Sprintf("bits%016x", bits)
	if _, made := data[name]; !made {
		data[name] = GLOBL(name, RODATA|NOPTR)
		DATA(0, U64(bits))
	}
	y := YMM()
	VPBROADCASTQ(data[name], y)
	return y
}

func Broadcast32(bits uint64) reg.VecVirtual { return Broadcast(bits<<32 | bits) }

// At is the memory of the number with an index, and so many after that.
func At(base, i reg.Register, size, offset int) Mem {
	return Mem{Base: base, Index: i, Scale: uint8(size), Disp: offset * size}
}
