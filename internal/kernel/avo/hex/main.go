// Command hex writes the kernel that makes hexadecimal digits.
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
	digits := GLOBL("hexDigits16", RODATA|NOPTR)
	for i := range 32 {
		DATA(i, U8("0123456789abcdef"[i%16]))
	}
	nibbles := GLOBL("hexNibbles", RODATA|NOPTR)
	DATA(0, U64(0x0f0f0f0f0f0f0f0f))

	emit.Kernel("hexAVX2", "func(dst, src *byte, n int)",
		fmt.Sprintf("hexAVX2 writes the digits of n bytes, %d or more.", load.Turn))
	dst, src, n := Load(Param("dst"), GP64()), Load(Param("src"), GP64()), Load(Param("n"), GP64())
	table, low := YMM(), YMM()
	VMOVDQU(digits, table)
	VPBROADCASTQ(nibbles, low)
	load.Turns(n, func(i reg.Register) {
		y, second := YMM(), YMM()
		VPMOVZXBW(load.At(src, i, 1, 0), y)
		VPSLLW(Imm(8), y, second)
		VPSRLW(Imm(4), y, y)
		VPOR(second, y, y)
		VPAND(low, y, y)
		VPSHUFB(y, table, y)
		VMOVDQU(y, load.At(dst, i, 2, 0))
	})
	VZEROUPPER()
	RET()
	emit.Write("hex")
}
