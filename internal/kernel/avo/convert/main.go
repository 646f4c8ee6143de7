// Command convert writes the kernels that make floats of other numbers, of either byte order, and those
// that turn bytes around.
package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
)

// turn is how many numbers the loops convert at a time.
const turn = 16

// A source is a sort of number. Its loader brings as many of them as there is room for in a register as
// numbers of 32 bits: 4 in an XMM, 8 in a YMM.
type source struct {
	name   string
	size   int
	float  bool
	loader func(swap swapper) loader
}

type loader func(from Mem, to reg.VecVirtual)

// A swapper turns around the bytes of the numbers in a register. It is nil where that is not wanted.
type swapper func(x reg.VecVirtual)

var sources = []source{
	{"int8", 1, false, func(swapper) loader { return func(from Mem, to reg.VecVirtual) { VPMOVSXBD(from, to) } }},
	{"uint8", 1, false, func(swapper) loader { return func(from Mem, to reg.VecVirtual) { VPMOVZXBD(from, to) } }},
	{"int16", 2, false, func(swap swapper) loader { return words(VPMOVSXWD, swap) }},
	{"uint16", 2, false, func(swap swapper) loader { return words(VPMOVZXWD, swap) }},
	{"int32", 4, false, whole},
	{"half", 2, true, half},
	{"brain", 2, true, brain},
	{"float32", 4, true, whole},
}

func main() {
	for _, s := range sources {
		for _, swapped := range orders(s.size) {
			toFloat64(s, swapped)
			if s.name != "float32" {
				toFloat32(s, swapped)
			}
		}
	}
	for _, swapped := range orders(8) {
		uint32ToFloat64(swapped)
		wideToFloat64("int64", 0x4530000080000000, swapped)
		wideToFloat64("uint64", 0x4530000000000000, swapped)
		float64ToFloat32(swapped)
	}
	for _, size := range []int{2, 4, 8} {
		swap(size)
	}
	truth()
	emit.Write("convert")
}

// words loads numbers of 16 bits.
func words(extend func(ops ...Op), swap swapper) loader {
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

// whole loads numbers of 32 bits.
func whole(swap swapper) loader {
	return func(from Mem, to reg.VecVirtual) {
		VMOVDQU(from, to)
		if swap != nil {
			swap(to)
		}
	}
}

func brain(swap swapper) loader {
	load := words(VPMOVZXWD, swap)
	return func(from Mem, to reg.VecVirtual) {
		load(from, to)
		VPSLLD(Imm(16), to, to)
	}
}

// half moves the bits of a binary16 to where a binary32 has them. A product puts the exponent right, of
// subnormal numbers too; only that of infinities and NaNs is the highest there is.
func half(swap swapper) loader {
	load := words(VPMOVZXWD, swap)
	scale, highest, infinity := broadcast32(0x77800000), broadcast32(0x7c00<<13-1), broadcast32(0x7f800000)
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

// orders are those of the bytes of a number: false for the machine's.
func orders(size int) []bool {
	if size == 1 {
		return []bool{false}
	}
	return []bool{false, true}
}

// kernel writes a kernel around what it does with the numbers from the i-th on. The last turn goes over
// the last numbers, some of them for the second time.
func kernel(name, doc string, prepare func() (body func(dst, src, i reg.Register))) {
	emit.Kernel(name, "func(dst, src *byte, n int)", fmt.Sprintf("%s %s. There are n, %d or more.", name, doc, turn))
	dst, src, last := Load(Param("dst"), GP64()), Load(Param("src"), GP64()), Load(Param("n"), GP64())
	body := prepare()
	i := GP64()
	XORQ(i, i)
	SUBQ(Imm(turn), last)
	Label("loop")
	body(dst, src, i)
	ADDQ(Imm(turn), i)
	CMPQ(i, last)
	JLE(LabelRef("loop"))
	SUBQ(Imm(turn), i)
	CMPQ(i, last)
	JEQ(LabelRef("done"))
	MOVQ(last, i)
	JMP(LabelRef("loop"))
	Label("done")
	VZEROUPPER()
	RET()
}

// conversion writes a kernel from numbers of one sort to another.
func conversion(from, to string, size int, swapped bool, prepare func(swap swapper) (body func(dst, src, i reg.Register))) {
	name, what := from, from
	if swapped {
		name, what = "swapped"+title(from), from+" of the other order of bytes"
	}
	kernel(name+"To"+title(to), "makes "+to+" of "+what, func() func(dst, src, i reg.Register) {
		return prepare(swapperOf(size, swapped))
	})
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// swapperOf keeps the order of bytes for VPSHUFB in a register.
func swapperOf(size int, swapped bool) swapper {
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

// broadcast fills a register with a number of 64 bits.
func broadcast(bits uint64) reg.VecVirtual {
	name := fmt.Sprintf("bits%016x", bits)
	if _, made := data[name]; !made {
		data[name] = GLOBL(name, RODATA|NOPTR)
		DATA(0, U64(bits))
	}
	y := YMM()
	VPBROADCASTQ(data[name], y)
	return y
}

func broadcast32(bits uint64) reg.VecVirtual { return broadcast(bits<<32 | bits) }

func at(base, i reg.Register, size, offset int) Mem {
	return Mem{Base: base, Index: i, Scale: uint8(size), Disp: offset * size}
}

func toFloat64(s source, swapped bool) {
	conversion(s.name, "float64", s.size, swapped, func(swap swapper) func(dst, src, i reg.Register) {
		load := s.loader(swap)
		return func(dst, src, i reg.Register) {
			for k := 0; k < turn; k += 4 {
				x, y := XMM(), YMM()
				load(at(src, i, s.size, k), x)
				if s.float {
					VCVTPS2PD(x, y)
				} else {
					VCVTDQ2PD(x, y)
				}
				VMOVUPD(y, at(dst, i, 8, k))
			}
		}
	})
}

func toFloat32(s source, swapped bool) {
	conversion(s.name, "float32", s.size, swapped, func(swap swapper) func(dst, src, i reg.Register) {
		load := s.loader(swap)
		return func(dst, src, i reg.Register) {
			for k := 0; k < turn; k += 8 {
				y := YMM()
				load(at(src, i, s.size, k), y)
				if !s.float {
					VCVTDQ2PS(y, y)
				}
				VMOVUPS(y, at(dst, i, 4, k))
			}
		}
	})
}

// uint32ToFloat64 makes the numbers the last bits of a float64 of 2^52 and takes that away.
func uint32ToFloat64(swapped bool) {
	conversion("uint32", "float64", 4, swapped, func(swap swapper) func(dst, src, i reg.Register) {
		load := whole(swap)
		high := broadcast(0x4330000000000000)
		return func(dst, src, i reg.Register) {
			for k := 0; k < turn; k += 4 {
				x, y := XMM(), YMM()
				load(at(src, i, 4, k), x)
				VPMOVZXDQ(x, y)
				VPOR(high, y, y)
				VSUBPD(high, y, y)
				VMOVUPD(y, at(dst, i, 8, k))
			}
		}
	})
}

// wideToFloat64 does the same with the lower half of integers of 64 bits, and with the upper half in a
// float64 of 2^84, whose sign bit tells that of the integer when bias has it. Only the last sum rounds.
func wideToFloat64(from string, bias uint64, swapped bool) {
	conversion(from, "float64", 8, swapped, func(swap swapper) func(dst, src, i reg.Register) {
		load := whole(swap)
		lowBias, highBias, bothBiases := broadcast(0x4330000000000000), broadcast(bias), broadcast(bias|0x100000)
		return func(dst, src, i reg.Register) {
			for k := 0; k < turn; k += 4 {
				low, high := YMM(), YMM()
				load(at(src, i, 8, k), low)
				VPSRLQ(Imm(32), low, high)
				VPBLENDD(Imm(0xAA), lowBias, low, low)
				VPXOR(highBias, high, high)
				VSUBPD(bothBiases, high, high)
				VADDPD(low, high, high)
				VMOVUPD(high, at(dst, i, 8, k))
			}
		}
	})
}

func float64ToFloat32(swapped bool) {
	conversion("float64", "float32", 8, swapped, func(swap swapper) func(dst, src, i reg.Register) {
		load := whole(swap)
		return func(dst, src, i reg.Register) {
			for k := 0; k < turn; k += 4 {
				x, y := XMM(), YMM()
				load(at(src, i, 8, k), y)
				VCVTPD2PSY(y, x)
				VMOVUPS(x, at(dst, i, 4, k))
			}
		}
	})
}

// swap writes the kernel that turns the bytes of words around.
func swap(size int) {
	kernel(fmt.Sprintf("swap%dAVX2", 8*size), fmt.Sprintf("turns around the bytes of words of %d", size), func() func(dst, src, i reg.Register) {
		load := whole(swapperOf(size, true))
		return func(dst, src, i reg.Register) {
			for k := 0; k < turn; k += 32 / size {
				y := YMM()
				load(at(src, i, size, k), y)
				VMOVDQU(y, at(dst, i, size, k))
			}
		}
	})
}

// truth writes the kernel that makes 1 of every byte but 0.
func truth() {
	kernel("truthAVX2", "makes 1 of every byte but 0", func() func(dst, src, i reg.Register) {
		zero, one := XMM(), broadcast32(0x01010101)
		VPXOR(zero, zero, zero)
		return func(dst, src, i reg.Register) {
			x := XMM()
			VPCMPEQB(at(src, i, 1, 0), zero, x)
			VPANDN(one.AsX(), x, x)
			VMOVDQU(x, at(dst, i, 1, 0))
		}
	})
}
