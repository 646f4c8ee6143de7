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
	reverse(1, func(y reg.VecVirtual) func() {
		order := constant("reverse1order", 0x08090A0B0C0D0E0F, 0x0001020304050607)
		return func() { VPSHUFB(order, y, y) }
	})
	reverse(2, func(y reg.VecVirtual) func() {
		order := constant("reverse2order", 0x09080B0A0D0C0F0E, 0x0100030205040706)
		return func() { VPSHUFB(order, y, y) }
	})
	reverse(4, func(y reg.VecVirtual) func() { return func() { VPSHUFD(Imm(0x1B), y, y) } })
	reverse(8, func(y reg.VecVirtual) func() { return func() { VPSHUFD(Imm(0x4E), y, y) } })

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
// the items of each half by what turn emits.
func reverse(size int, turn func(y reg.VecVirtual) func()) {
	name := fmt.Sprintf("reverse%d", size)
	emit.Kernel(name, "func(dst, src *byte, blocks int)",
		name+" fills blocks of 32 bytes with the item at src and those before it, backwards.")
	dst, src, blocks := pointers()
	y := YMM()
	items := turn(y)
	loop(name, blocks, func() {
		VMOVDQU(Mem{Base: src, Disp: size - 16}, y.AsX())
		VINSERTI128(Imm(1), Mem{Base: src, Disp: size - 32}, y, y)
		items()
		VMOVDQU(y, Mem{Base: dst})
		SUBQ(Imm(32), src)
		ADDQ(Imm(32), dst)
	})
}

// second writes a kernel for stride 2*size: join brings the even items of two registers into one, but
// the second register's between those of the halves of the first.
func second(size int, prepare func() (join func(a, b reg.VecVirtual))) {
	name := fmt.Sprintf("second%d", size)
	emit.Kernel(name, "func(dst, src *byte, blocks int)",
		name+" fills blocks of 32 bytes with every second item from src on. It reads 64 bytes for each.")
	dst, src, blocks := pointers()
	a, b := YMM(), YMM()
	join := prepare()
	loop(name, blocks, func() {
		VMOVDQU(Mem{Base: src}, a)
		VMOVDQU(Mem{Base: src, Disp: 32}, b)
		join(a, b)
		VPERMQ(Imm(0xD8), a, a)
		VMOVDQU(a, Mem{Base: dst})
		ADDQ(Imm(64), src)
		ADDQ(Imm(32), dst)
	})
}

func pointers() (dst, src, blocks reg.GPVirtual) {
	dst, src, blocks = GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("src"), src)
	Load(Param("blocks"), blocks)
	return dst, src, blocks
}

func loop(name string, blocks reg.Register, body func()) {
	Label(name + "Block")
	body()
	DECQ(blocks)
	JNZ(LabelRef(name + "Block"))
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
