// Command within writes the kernels that say of each number whether it lies in a range, a bit each. They work on
// groups of 64 numbers, which become 8 bytes.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
)

const (
	group    = 64 // numbers
	register = 32 // bytes
)

func main() {
	// A number lies in the range when its distance from the lowest is not above the span, both without sign.
	words(1, VPSUBB, VPMINUB, VPCMPEQB)
	words(2, VPSUBW, VPMINUW, VPCMPEQW)
	words(4, VPSUBD, VPMINUD, VPCMPEQD)
	long()
	floats(4, VCMPPS, VANDPS)
	floats(8, VCMPPD, VANDPD)
	emit.Write("within")
}

type operation func(ops ...Op)

// A test makes all bits of the numbers in a register set that lie in the range, and clears the others'.
type test func(from Mem, y reg.VecVirtual)

// broadcast fills a register with a parameter of 64 bits.
func broadcast(param string) reg.VecVirtual {
	y := YMM()
	VMOVQ(Load(Param(param), GP64()), y.AsX())
	VPBROADCASTQ(y.AsX(), y)
	return y
}

// kernel begins one whose range is two parameters.
func kernel(name, what, low, high string) (lowest, other reg.VecVirtual) {
	emit.Kernel(name, fmt.Sprintf("func(p *byte, groups int, %s, %s uint64, out *byte)", low, high),
		fmt.Sprintf("%s says of groups of 64 %s whether they lie in a range.", name, what))
	return broadcast(low), broadcast(high)
}

// words writes the kernel for integers of a size, which low and span repeat.
func words(size int, subtract, least, equal operation) {
	low, span := kernel(fmt.Sprintf("within%dAVX2", size), fmt.Sprintf("integers of %d bits", 8*size), "low", "span")
	loop(size, 0, func(from Mem, y reg.VecVirtual) {
		distance := YMM()
		VMOVDQU(from, distance)
		subtract(low, distance, distance)
		least(span, distance, y)
		equal(distance, y, y)
	})
}

// long is words for 8 bytes, which are compared with their signs: the callers turn the highest bits of low and span around.
// Its comparison finds those outside.
func long() {
	low, span := kernel("within8AVX2", "integers of 64 bits", "low", "span")
	loop(8, 0xff, func(from Mem, y reg.VecVirtual) {
		VMOVDQU(from, y)
		VPSUBQ(low, y, y)
		VPCMPGTQ(span, y, y)
	})
}

// floats: those in the range are at least low and at most high, which NaNs never are.
func floats(size int, compare, and operation) {
	low, high := kernel(fmt.Sprintf("withinFloat%dAVX2", 8*size), fmt.Sprintf("floats of %d bits", 8*size), "low", "high")
	loop(size, 0, func(from Mem, y reg.VecVirtual) {
		x, below := YMM(), YMM()
		VMOVUPD(from, x)
		compare(Imm(29), low, x, y)      // greater or equal, ordered, quiet
		compare(Imm(18), high, x, below) // less or equal
		and(below, y, y)
	})
}

// loop goes over the groups. Flip turns the bits of a byte around.
func loop(size int, flip uint64, test test) {
	p, groups, out := Load(Param("p"), GP64()), Load(Param("groups"), GP64()), Load(Param("out"), GP64())
	Label("loop")
	for k := 0; k < group*size/register; {
		k += bits(size, flip, test, p, out, k)
	}
	ADDQ(I32(group*size), p)
	ADDQ(Imm(group/8), out)
	DECQ(groups)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// bits writes those of the register number k of a group, or of two, and returns how many it took.
func bits(size int, flip uint64, test test, p, out reg.Register, k int) int {
	from := func(k int) Mem { return Mem{Base: p, Disp: k * register} }
	to := Mem{Base: out, Disp: k * register / size / 8}
	y, mask := YMM(), GP32()
	test(from(k), y)
	switch size {
	case 1:
		VPMOVMSKB(y, mask)
		MOVL(mask, to)
		return 1
	case 2: // two registers of words become one of bytes, whose quarters lie crosswise
		next := YMM()
		test(from(k+1), next)
		VPACKSSWB(next, y, y)
		VPERMQ(Imm(0xd8), y, y)
		VPMOVMSKB(y, mask)
		MOVL(mask, to)
		return 2
	case 4:
		VMOVMSKPS(y, mask)
		MOVB(mask.As8(), to)
		return 1
	}
	next, upper := YMM(), GP32()
	test(from(k+1), next)
	VMOVMSKPD(y, mask)
	VMOVMSKPD(next, upper)
	SHLL(Imm(4), upper)
	ORL(upper, mask)
	if flip != 0 {
		XORL(Imm(flip), mask)
	}
	MOVB(mask.As8(), to)
	return 2
}
