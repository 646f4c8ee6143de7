// Command convert writes the kernels that make floats of other numbers, of either byte order, and those
// that turn bytes around.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
	"github.com/go-memoryview/memoryview/internal/kernel/avo/load"
)

func main() {
	for _, s := range load.Sources {
		for _, swapped := range load.Orders(s.Size) {
			toFloat64(s, swapped)
			if s.Name != "float32" {
				toFloat32(s, swapped)
			}
		}
	}
	for _, swapped := range load.Orders(8) {
		uint32ToFloat64(swapped)
		wideToFloat64("int64", 0x4530000080000000, swapped)
		wideToFloat64("uint64", 0x4530000000000000, swapped)
		float64ToFloat32(swapped)
	}
	toInt32("float64", 8, func(from Mem, x reg.VecVirtual) { VCVTTPD2DQY(from, x) })
	toInt32("float32", 4, func(from Mem, x reg.VecVirtual) { VCVTTPS2DQ(from, x) })
	fit()
	for _, e := range []extension{
		{1, 2, VPMOVSXBW, VPMOVZXBW},
		{1, 4, VPMOVSXBD, VPMOVZXBD},
		{1, 8, VPMOVSXBQ, VPMOVZXBQ},
		{2, 4, VPMOVSXWD, VPMOVZXWD},
		{2, 8, VPMOVSXWQ, VPMOVZXWQ},
		{4, 8, VPMOVSXDQ, VPMOVZXDQ},
	} {
		extend("int", e.from, e.to, e.signed)
		extend("uint", e.from, e.to, e.unsigned)
	}
	for _, size := range []int{2, 4, 8} {
		swap(size)
	}
	truth()
	emit.Write("convert")
}

// kernel writes a kernel around what it does with the numbers from the i-th on. The last turn goes over
// the last numbers, some of them for the second time.
func kernel(name, doc string, prepare func() (body func(dst, src, i reg.Register))) {
	emit.Kernel(name, "func(dst, src *byte, n int)", fmt.Sprintf("%s %s. There are n, %d or more.", name, doc, load.Turn))
	dst, src, n := Load(Param("dst"), GP64()), Load(Param("src"), GP64()), Load(Param("n"), GP64())
	body := prepare()
	load.Turns(n, func(i reg.Register) { body(dst, src, i) })
	VZEROUPPER()
	RET()
}

// conversion writes a kernel from numbers of one sort to another.
func conversion(from, to string, size int, swapped bool, prepare func(swap load.Swapper) (body func(dst, src, i reg.Register))) {
	name, what := from, from
	if swapped {
		name, what = "swapped"+load.Title(from), from+" of the other order of bytes"
	}
	kernel(name+"To"+load.Title(to), "makes "+to+" of "+what, func() func(dst, src, i reg.Register) {
		return prepare(load.SwapperOf(size, swapped))
	})
}

func toFloat64(s load.Source, swapped bool) {
	conversion(s.Name, "float64", s.Size, swapped, func(swap load.Swapper) func(dst, src, i reg.Register) {
		loader := s.Float64s(swap)
		return func(dst, src, i reg.Register) {
			for k := 0; k < load.Turn; k += 4 {
				y := YMM()
				loader(load.At(src, i, s.Size, k), y)
				VMOVUPD(y, load.At(dst, i, 8, k))
			}
		}
	})
}

func toFloat32(s load.Source, swapped bool) {
	conversion(s.Name, "float32", s.Size, swapped, func(swap load.Swapper) func(dst, src, i reg.Register) {
		loader := s.Float32s(swap)
		return func(dst, src, i reg.Register) {
			for k := 0; k < load.Turn; k += 8 {
				y := YMM()
				loader(load.At(src, i, s.Size, k), y)
				VMOVUPS(y, load.At(dst, i, 4, k))
			}
		}
	})
}

// uint32ToFloat64 makes the numbers the last bits of a float64 of 2^52 and takes that away.
func uint32ToFloat64(swapped bool) {
	conversion("uint32", "float64", 4, swapped, func(swap load.Swapper) func(dst, src, i reg.Register) {
		loader := load.Whole(swap)
		high := load.Broadcast(0x4330000000000000)
		return func(dst, src, i reg.Register) {
			for k := 0; k < load.Turn; k += 4 {
				x, y := XMM(), YMM()
				loader(load.At(src, i, 4, k), x)
				VPMOVZXDQ(x, y)
				VPOR(high, y, y)
				VSUBPD(high, y, y)
				VMOVUPD(y, load.At(dst, i, 8, k))
			}
		}
	})
}

// wideToFloat64 does the same with the lower half of integers of 64 bits, and with the upper half in a
// float64 of 2^84, whose sign bit tells that of the integer when bias has it. Only the last sum rounds.
func wideToFloat64(from string, bias uint64, swapped bool) {
	conversion(from, "float64", 8, swapped, func(swap load.Swapper) func(dst, src, i reg.Register) {
		loader := load.Whole(swap)
		lowBias, highBias, bothBiases := load.Broadcast(0x4330000000000000), load.Broadcast(bias), load.Broadcast(bias|0x100000)
		return func(dst, src, i reg.Register) {
			for k := 0; k < load.Turn; k += 4 {
				low, high := YMM(), YMM()
				loader(load.At(src, i, 8, k), low)
				VPSRLQ(Imm(32), low, high)
				VPBLENDD(Imm(0xAA), lowBias, low, low)
				VPXOR(highBias, high, high)
				VSUBPD(bothBiases, high, high)
				VADDPD(low, high, high)
				VMOVUPD(high, load.At(dst, i, 8, k))
			}
		}
	})
}

func float64ToFloat32(swapped bool) {
	conversion("float64", "float32", 8, swapped, func(swap load.Swapper) func(dst, src, i reg.Register) {
		loader := load.Whole(swap)
		return func(dst, src, i reg.Register) {
			for k := 0; k < load.Turn; k += 4 {
				x, y := XMM(), YMM()
				loader(load.At(src, i, 8, k), y)
				VCVTPD2PSY(y, x)
				VMOVUPS(x, load.At(dst, i, 4, k))
			}
		}
	})
}

// toInt32 cuts the fractions of floats that are in the range.
func toInt32(from string, size int, load4 load.Loader) {
	conversion(from, "int32", size, false, func(load.Swapper) func(dst, src, i reg.Register) {
		return func(dst, src, i reg.Register) {
			for k := 0; k < load.Turn; k += 4 {
				x := XMM()
				load4(load.At(src, i, size, k), x)
				VMOVDQU(x, load.At(dst, i, 4, k))
			}
		}
	})
}

// fit writes the kernel that says whether floats lie between bounds.
func fit() {
	emit.Kernel("float64sFitAVX2", "func(src *byte, n int, low, high float64) bool",
		fmt.Sprintf("float64sFitAVX2 reports whether n float64, %d or more, lie between low and high.", load.Turn))
	src, n := Load(Param("src"), GP64()), Load(Param("n"), GP64())
	low, high := YMM(), YMM()
	Load(Param("low"), low.AsX())
	Load(Param("high"), high.AsX())
	VBROADCASTSD(low.AsX(), low)
	VBROADCASTSD(high.AsX(), high)
	mask := GP32()
	load.Turns(n, func(i reg.Register) {
		all, x, y := YMM(), YMM(), YMM()
		for k := 0; k < load.Turn; k += 4 {
			VMOVUPD(load.At(src, i, 8, k), x)
			VCMPPD(Imm(1), x, low, y) // low < x
			if k == 0 {
				VCMPPD(Imm(1), high, x, all)
			} else {
				VCMPPD(Imm(1), high, x, x)
				VANDPD(x, all, all)
			}
			VANDPD(y, all, all)
		}
		VMOVMSKPD(all, mask)
		CMPL(mask, Imm(0xf))
		JNE(LabelRef("outside"))
	})
	load.Answer(1)
	Label("outside")
	load.Answer(0)
}

// An extension makes integers of a size from shorter ones.
type extension struct {
	from, to         int
	signed, unsigned func(ops ...Op)
}

func extend(kind string, from, to int, move func(ops ...Op)) {
	conversion(fmt.Sprint(kind, 8*from), fmt.Sprint(kind, 8*to), from, false, func(load.Swapper) func(dst, src, i reg.Register) {
		return func(dst, src, i reg.Register) {
			for k := 0; k < load.Turn; k += 32 / to {
				y := YMM()
				move(load.At(src, i, from, k), y)
				VMOVDQU(y, load.At(dst, i, to, k))
			}
		}
	})
}

// swap writes the kernel that turns the bytes of words around.
func swap(size int) {
	kernel(fmt.Sprintf("swap%dAVX2", 8*size), fmt.Sprintf("turns around the bytes of words of %d", size), func() func(dst, src, i reg.Register) {
		loader := load.Whole(load.SwapperOf(size, true))
		return func(dst, src, i reg.Register) {
			for k := 0; k < load.Turn; k += 32 / size {
				y := YMM()
				loader(load.At(src, i, size, k), y)
				VMOVDQU(y, load.At(dst, i, size, k))
			}
		}
	})
}

// truth writes the kernel that makes 1 of every byte but 0.
func truth() {
	kernel("truthAVX2", "makes 1 of every byte but 0", func() func(dst, src, i reg.Register) {
		zero, one := XMM(), load.Broadcast32(0x01010101)
		VPXOR(zero, zero, zero)
		return func(dst, src, i reg.Register) {
			x := XMM()
			VPCMPEQB(load.At(src, i, 1, 0), zero, x)
			VPANDN(one.AsX(), x, x)
			VMOVDQU(x, load.At(dst, i, 1, 0))
		}
	})
}
