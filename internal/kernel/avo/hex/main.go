// Command hex writes the kernel that makes hexadecimal digits.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
)

// turn is how many bytes are written as digits at a time.
const turn = 16

func main() {
	digits := GLOBL("hexDigits16", RODATA|NOPTR)
	for i := range 32 {
		DATA(i, U8("0123456789abcdef"[i%16]))
	}
	nibbles := GLOBL("hexNibbles", RODATA|NOPTR)
	DATA(0, U64(0x0f0f0f0f0f0f0f0f))

	emit.Kernel("hexAVX2", "func(dst, src *byte, n int)",
		fmt.Sprintf("hexAVX2 writes the digits of n bytes, %d or more.", turn))
	dst, src, last := Load(Param("dst"), GP64()), Load(Param("src"), GP64()), Load(Param("n"), GP64())
	table, low := YMM(), YMM()
	VMOVDQU(digits, table)
	VPBROADCASTQ(nibbles, low)
	i := GP64()
	XORQ(i, i)
	SUBQ(Imm(turn), last)
	Label("loop")
	y, second := YMM(), YMM()
	VPMOVZXBW(Mem{Base: src, Index: i, Scale: 1}, y)
	VPSLLW(Imm(8), y, second)
	VPSRLW(Imm(4), y, y)
	VPOR(second, y, y)
	VPAND(low, y, y)
	VPSHUFB(y, table, y)
	VMOVDQU(y, Mem{Base: dst, Index: i, Scale: 2})
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
	emit.Write("hex")
}
