// Command row writes the kernels that bring a row of items with stride -size or 2*size together.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
)

func main() {
	reverse(1, func() func(y reg.VecVirtual) {
		order := constant("reverse1order", 0x08090A0B0C0D0E0F, 0x0001020304050607)
		return func(y reg.VecVirtual) { VPSHUFB(order, y, y) }
	})
	reverse(2, func() func(y reg.VecVirtual) {
		order := constant("reverse2order", 0x09080B0A0D0C0F0E, 0x0100030205040706)
		return func(y reg.VecVirtual) { VPSHUFB(order, y, y) }
	})
	reverse(4, func() func(y reg.VecVirtual) {
		return func(y reg.VecVirtual) { VPSHUFD(Imm(0x1B), y, y) }
	})
	reverse(8, func() func(y reg.VecVirtual) {
		return func(y reg.VecVirtual) { VPSHUFD(Imm(0x4E), y, y) }
	})

	second(1, func() func(a, b reg.VecVirtual) {
		mask := evenMask(8)
		return func(a, b reg.VecVirtual) {
			VPAND(mask, a, a)
			VPAND(mask, b, b)
			VPACKUSWB(b, a, a)
		}
	})
	second(2, func() func(a, b reg.VecVirtual) {
		mask := evenMask(16)
		return func(a, b reg.VecVirtual) {
			VPAND(mask, a, a)
			VPAND(mask, b, b)
			VPACKUSDW(b, a, a)
		}
	})
	second(4, func() func(a, b reg.VecVirtual) {
		return func(a, b reg.VecVirtual) { VSHUFPS(Imm(0x88), b, a, a) }
	})
	second(8, func() func(a, b reg.VecVirtual) {
		return func(a, b reg.VecVirtual) { VUNPCKLPD(b, a, a) }
	})
	emit.Write("row")
}

// reverse writes a kernel for stride -size. The halves of a block change places as they are loaded, and
// the items of each half by turn.
func reverse(size int, prepare func() (turn func(y reg.VecVirtual))) {
	name := fmt.Sprintf("reverse%d", size)
	emit.Kernel(name, "func(dst, src *byte, blocks int)",
		name+" fills blocks of 32 bytes with the item at src and those before it, backwards.")
	turn := prepare()
	loop(name, -32, func(dst, src Mem) {
		y := YMM()
		load(y, src.Offset(size-16), src.Offset(size-32))
		turn(y)
		VMOVDQU(y, dst)
	})
}

// second writes a kernel for stride 2*size. Join brings the even items of two registers together, half
// by half: quarters 1 and 2 of what it makes must change places.
func second(size int, prepare func() (join func(a, b reg.VecVirtual))) {
	name := fmt.Sprintf("second%d", size)
	emit.Kernel(name, "func(dst, src *byte, blocks int)",
		name+" fills blocks of 32 bytes with every second item from src on. It reads 64 bytes for each.")
	join := prepare()
	loop(name, 64, func(dst, src Mem) {
		a, b := YMM(), YMM()
		VMOVDQU(src, a)
		VMOVDQU(src.Offset(32), b)
		join(a, b)
		VPERMQ(Imm(0xD8), a, a)
		VMOVDQU(a, dst)
	})
}

func load(y reg.VecVirtual, low, high Mem) {
	VMOVDQU(low, y.AsX())
	VINSERTI128(Imm(1), high, y, y)
}

// loop makes four blocks at a time, and then one.
func loop(name string, step int, block func(dst, src Mem)) {
	dst, src, blocks := GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("src"), src)
	Load(Param("blocks"), blocks)
	for _, n := range []int{4, 1} {
		again, done := fmt.Sprintf("%sBy%d", name, n), fmt.Sprintf("%sUnder%d", name, n)
		SUBQ(Imm(uint64(n)), blocks)
		JLT(LabelRef(done))
		Label(again)
		for i := range n {
			block(Mem{Base: dst, Disp: 32 * i}, Mem{Base: src, Disp: step * i})
		}
		ADDQ(I32(int32(32*n)), dst)
		ADDQ(I32(int32(step*n)), src)
		SUBQ(Imm(uint64(n)), blocks)
		JGE(LabelRef(again))
		Label(done)
		ADDQ(Imm(uint64(n)), blocks)
	}
	VZEROUPPER()
	RET()
}

// constant returns a register that holds the 16 bytes in both halves.
func constant(name string, low, high uint64) reg.VecVirtual {
	data := GLOBL(name, RODATA|NOPTR)
	for i, word := range []uint64{low, high, low, high} {
		DATA(8*i, U64(word))
	}
	y := YMM()
	VMOVDQU(data, y)
	return y
}

// evenMask returns a register whose items of so many bits are all ones where their index is even.
func evenMask(bits uint64) reg.VecVirtual {
	y := YMM()
	VPCMPEQB(y, y, y)
	if bits == 8 {
		VPSRLW(Imm(8), y, y)
	} else {
		VPSRLD(Imm(16), y, y)
	}
	return y
}
