// Command count writes the kernels that count and find items of 1, 2, 4 and 8 bytes. They work on blocks of
// 32 bytes, whose bits they mask before they compare them with a pattern.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
)

const (
	block = 32
	turn  = 4 // blocks at a time
)

func main() {
	count(2, VPCMPEQW, VPSUBW, VPADDW)
	count(4, VPCMPEQD, VPSUBD, VPADDD)
	count(8, VPCMPEQQ, VPSUBQ, VPADDQ)
	index(1, VPCMPEQB)
	index(2, VPCMPEQW)
	index(4, VPCMPEQD)
	index(8, VPCMPEQQ)
	emit.Write("count")
}

type operation func(ops ...Op)

// broadcast fills a register with a parameter of 64 bits.
func broadcast(param string) reg.VecVirtual {
	y := YMM()
	VMOVQ(Load(Param(param), GP64()), y.AsX())
	VPBROADCASTQ(y.AsX(), y)
	return y
}

// count writes the kernel that counts items of a size. Every match takes -1 from a sum of its own size,
// so that those of 2 bytes hold for 65535 turns. Without a mask there is a load and two operations for 32
// bytes, which is what the first cache can give.
func count(size int, equal, subtract, add operation) {
	name := fmt.Sprintf("count%dAVX2", size)
	emit.Kernel(name, "func(p *byte, blocks int, pattern, mask uint64) int",
		name+fmt.Sprintf(" counts the items of %d bytes that are pattern, once masked. There are at most 16384 blocks.", size))
	p, blocks := Load(Param("p"), GP64()), Load(Param("blocks"), GP64())
	bits := Load(Param("mask"), GP64())
	pattern, mask := broadcast("pattern"), broadcast("mask")
	var sums [turn]reg.VecVirtual
	for k := range sums {
		sums[k] = YMM()
		VPXOR(sums[k], sums[k], sums[k])
	}
	over := func(name string, compare func(block Mem, y reg.VecVirtual)) {
		one := func(k int) {
			y := YMM()
			compare(Mem{Base: p, Disp: k * block}, y)
			subtract(y, sums[k], sums[k])
		}
		loops(name, p, blocks, func() {
			for k := range sums {
				one(k)
			}
		}, func() { one(0) })
	}
	CMPQ(bits, I8(-1))
	JNE(LabelRef("masked"))
	over("whole", func(block Mem, y reg.VecVirtual) { equal(block, pattern, y) })
	JMP(LabelRef("sum"))
	Label("masked")
	over("part", func(block Mem, y reg.VecVirtual) {
		VPAND(block, mask, y)
		equal(pattern, y, y)
	})
	Label("sum")
	add(sums[1], sums[0], sums[0])
	add(sums[3], sums[2], sums[2])
	add(sums[2], sums[0], sums[0])
	Store(total(sums[0], size), ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// loops goes over the blocks, turn by turn and then one by one.
func loops(name string, p, blocks reg.Register, many, one func()) {
	label := func(what string) string { return name + what }
	SUBQ(Imm(turn), blocks)
	JL(LabelRef(label("Rest")))
	Label(label("Loop"))
	many()
	ADDQ(Imm(turn*block), p)
	SUBQ(Imm(turn), blocks)
	JGE(LabelRef(label("Loop")))
	Label(label("Rest"))
	ADDQ(Imm(turn), blocks)
	JZ(LabelRef(label("Done")))
	Label(label("Single"))
	one()
	ADDQ(Imm(block), p)
	DECQ(blocks)
	JNZ(LabelRef(label("Single")))
	Label(label("Done"))
}

// total adds what is in a register.
func total(y reg.VecVirtual, size int) reg.Register {
	if size == 2 { // each two become one of 4 bytes
		ones := YMM()
		VPCMPEQW(ones, ones, ones)
		VPSRLW(Imm(15), ones, ones)
		VPMADDWD(ones, y, y)
	}
	x, high := y.AsX(), XMM()
	add := VPADDD
	if size == 8 {
		add = VPADDQ
	}
	VEXTRACTI128(Imm(1), y, high)
	add(high, x, x)
	VPSHUFD(Imm(0x4E), x, high)
	add(high, x, x)
	sum := GP64()
	if size == 8 {
		VMOVQ(x, sum)
		return sum
	}
	VPSHUFD(Imm(0xB1), x, high)
	add(high, x, x)
	VMOVD(x, sum.As32())
	return sum
}

// index writes the kernel that finds an item.
func index(size int, equal operation) {
	name := fmt.Sprintf("index%dAVX2", size)
	emit.Kernel(name, "func(p *byte, blocks int, pattern, mask, flip uint64) int",
		name+fmt.Sprintf(" returns where the first item of %d bytes is that, once masked, is pattern, in bytes from p, or -1. When", size),
		"all bits of flip are set, the first one that is not.")
	p, blocks := Load(Param("p"), GP64()), Load(Param("blocks"), GP64())
	start := GP64()
	MOVQ(p, start)
	pattern, mask, flip := broadcast("pattern"), broadcast("mask"), broadcast("flip")
	found := func(k int, y reg.VecVirtual) {
		VPAND(Mem{Base: p, Disp: k * block}, mask, y)
		equal(pattern, y, y)
		VPXOR(flip, y, y)
	}
	bits := GP32()
	loops("find", p, blocks, func() {
		any, y := YMM(), YMM()
		found(0, any)
		for k := 1; k < turn; k++ {
			found(k, y)
			VPOR(y, any, any)
		}
		VPTEST(any, any)
		JNZ(LabelRef("findRest"))
	}, func() {
		y := YMM()
		found(0, y)
		VPMOVMSKB(y, bits)
		TESTL(bits, bits)
		JNZ(LabelRef("found"))
	})
	result := GP64()
	MOVQ(I64(-1), result)
	Store(result, ReturnIndex(0))
	VZEROUPPER()
	RET()
	Label("found")
	BSFL(bits, bits)
	SUBQ(start, p)
	ADDQ(bits.As64(), p)
	Store(p, ReturnIndex(0))
	VZEROUPPER()
	RET()
}
