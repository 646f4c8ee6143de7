// Command apart writes the kernel that says of pairs of floats which of them are not close, a bit each, and how far
// apart those are at most. It works on groups of 64 pairs, whose bits are 8 bytes.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
	"github.com/go-memoryview/memoryview/internal/kernel/avo/load"
)

const (
	group    = 64
	register = 32 // bytes, of 4 floats
)

// Comparisons that are false for NaNs, and raise nothing.
const (
	equal       = 0
	lessOrEqual = 18
)

func main() {
	apart()
	emit.Write("apart")
}

// broadcast fills a register with a parameter.
func broadcast(param string) reg.VecVirtual {
	y := YMM()
	VMOVQ(Load(Param(param), GP64()), y.AsX())
	VPBROADCASTQ(y.AsX(), y)
	return y
}

// apart: a maximum of a NaN and another number is the second operand of the processor's, so that NaNs pass by.
func apart() {
	emit.Kernel("apartAVX2", "func(a, b *byte, groups int, relative, absolute uint64, bits, out *byte)",
		"apartAVX2 is apart for groups of 64 pairs. The tolerances are bits of floats. Out gets four maxima of distances and four of ratios.")
	a, b, groups, bits := Load(Param("a"), GP64()), Load(Param("b"), GP64()), Load(Param("groups"), GP64()), Load(Param("bits"), GP64())
	relative, absolute := broadcast("relative"), broadcast("absolute")
	magnitude, largest := load.Broadcast(1<<63-1), load.Broadcast(0x7fefffffffffffff)
	far, ratio := YMM(), YMM()
	VPXOR(far, far, far)
	VPXOR(ratio, ratio, ratio)

	four := func(k int) reg.GPVirtual {
		x, y, same, close, small, mask := YMM(), YMM(), YMM(), YMM(), YMM(), GP32()
		VMOVUPD(Mem{Base: a, Disp: k * register}, x)
		VMOVUPD(Mem{Base: b, Disp: k * register}, y)
		VCMPPD(Imm(equal), y, x, same)
		VSUBPD(y, x, x)
		VANDPD(magnitude, x, x)
		VANDPD(magnitude, y, y)
		VMULPD(relative, y, close)
		VADDPD(absolute, close, close)
		VCMPPD(Imm(lessOrEqual), close, x, close)
		VCMPPD(Imm(lessOrEqual), largest, y, small)
		VANDPD(small, close, close)
		VORPD(close, same, same)
		VMOVMSKPD(same, mask)
		VANDNPD(x, same, x)
		VMAXPD(far, x, far)
		VDIVPD(y, x, x)
		VMAXPD(ratio, x, ratio)
		return mask
	}
	Label("loop")
	for k := 0; k < group*8/register; k += 2 {
		low, high := four(k), four(k+1)
		SHLL(Imm(4), high)
		ORL(high, low)
		XORL(Imm(0xff), low)
		MOVB(low.As8(), Mem{Base: bits, Disp: k / 2})
	}
	ADDQ(I32(group*8), a)
	ADDQ(I32(group*8), b)
	ADDQ(Imm(group/8), bits)
	DECQ(groups)
	JNZ(LabelRef("loop"))
	out := Load(Param("out"), GP64())
	VMOVUPD(far, Mem{Base: out})
	VMOVUPD(ratio, Mem{Base: out, Disp: register})
	VZEROUPPER()
	RET()
}
