// Command equal writes the kernels that compare floats, for which equality is not that of bytes: zeros of
// both signs are equal, and a NaN equals nothing.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
)

// turn is how many floats are compared at a time.
const turn = 16

func main() {
	same("sameFloat32AVX2", 4, VCMPPS)
	same("sameFloat64AVX2", 8, VCMPPD)
	emit.Write("equal")
}

// same writes a kernel. The last turn goes over the last floats, some of them for the second time.
func same(name string, size int, compare func(...Op)) {
	emit.Kernel(name, "func(a, b *byte, n int) bool",
		fmt.Sprintf("%s reports whether n floats, %d or more, equal those at b.", name, turn))
	a, b, last := Load(Param("a"), GP64()), Load(Param("b"), GP64()), Load(Param("n"), GP64())
	i, mask, result := GP64(), GP32(), GP8()
	all, y := YMM(), YMM()
	XORQ(i, i)
	SUBQ(Imm(turn), last)
	Label("loop")
	for offset := 0; offset < turn*size; offset += 32 {
		to := y
		if offset == 0 {
			to = all
		}
		VMOVUPS(Mem{Base: a, Index: i, Scale: uint8(size), Disp: offset}, to)
		compare(Imm(0), Mem{Base: b, Index: i, Scale: uint8(size), Disp: offset}, to, to)
		if offset > 0 {
			VANDPS(y, all, all)
		}
	}
	VMOVMSKPS(all, mask)
	CMPL(mask, Imm(0xff))
	JNE(LabelRef("different"))
	ADDQ(Imm(turn), i)
	CMPQ(i, last)
	JLE(LabelRef("loop"))
	SUBQ(Imm(turn), i)
	CMPQ(i, last)
	JEQ(LabelRef("same"))
	MOVQ(last, i)
	JMP(LabelRef("loop"))
	Label("same")
	MOVB(Imm(1), result)
	Store(result, ReturnIndex(0))
	VZEROUPPER()
	RET()
	Label("different")
	XORL(result.As32(), result.As32())
	Store(result, ReturnIndex(0))
	VZEROUPPER()
	RET()
}
