// Command totals writes the kernels that add up floats: sum, lowest and highest, and the squared distances from
// a center. All add in float64, in four registers of four.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
	"github.com/go-memoryview/memoryview/internal/kernel/avo/load"
)

const (
	turn   = 4 // registers at a time
	vector = 4 // float64 in one
	block  = 8 * vector
)

func main() {
	for _, size := range []int{4, 8} {
		totals(size)
		spread(size)
	}
	emit.Write("totals")
}

// A loader brings four numbers to a register as float64.
type loader func(from Mem, y reg.VecVirtual)

func loaderOf(size int) loader {
	if size == 4 {
		return func(from Mem, y reg.VecVirtual) { VCVTPS2PD(from, y) }
	}
	return func(from Mem, y reg.VecVirtual) { VMOVUPD(from, y) }
}

// registers are four that hold the same.
func registers(fill func(y reg.VecVirtual)) (all [turn]reg.VecVirtual) {
	for k := range all {
		all[k] = YMM()
		fill(all[k])
	}
	return all
}

func zero(y reg.VecVirtual) { VPXOR(y, y, y) }

func filled(bits uint64) func(y reg.VecVirtual) {
	pattern := load.Broadcast(bits)
	return func(y reg.VecVirtual) { VMOVAPD(pattern, y) }
}

type operation func(ops ...Op)

// fold brings four registers to the first: its numbers, the others' as operands that win where both are NaN or 0.
func fold(all [turn]reg.VecVirtual, join operation) reg.VecVirtual {
	join(all[1], all[0], all[0])
	join(all[3], all[2], all[2])
	join(all[2], all[0], all[0])
	return all[0]
}

// over goes through n numbers at p, turn by turn.
func over(size int, p, n reg.Register, body func(k int, from Mem)) {
	Label("loop")
	for k := range turn {
		body(k, Mem{Base: p, Disp: k * vector * size})
	}
	ADDQ(Imm(uint64(turn*vector*size)), p)
	SUBQ(Imm(turn*vector), n)
	JNZ(LabelRef("loop"))
}

// totals: a minimum of a NaN and another number is the second operand of the processor's, so that NaNs pass by.
func totals(size int) {
	name := fmt.Sprintf("totalsFloat%dAVX2", 8*size)
	emit.Kernel(name, "func(p *byte, n int, out *byte)",
		name+fmt.Sprintf(" adds up n floats of %d bytes, whole turns of 16 and at least one, into a laneTotals.", size))
	p, n := Load(Param("p"), GP64()), Load(Param("n"), GP64())
	x := YMM()
	sums := registers(zero)
	lows, highs := registers(filled(0x7ff0000000000000)), registers(filled(0xfff0000000000000))
	loadTo := loaderOf(size)
	over(size, p, n, func(k int, from Mem) {
		loadTo(from, x)
		VADDPD(x, sums[k], sums[k])
		VMINPD(lows[k], x, lows[k])
		VMAXPD(highs[k], x, highs[k])
	})
	out := Load(Param("out"), GP64())
	VMOVUPD(fold(sums, VADDPD), Mem{Base: out})
	VMOVUPD(fold(lows, VMINPD), Mem{Base: out, Disp: block})
	VMOVUPD(fold(highs, VMAXPD), Mem{Base: out, Disp: 2 * block})
	VZEROUPPER()
	RET()
}

func spread(size int) {
	name := fmt.Sprintf("spreadFloat%dAVX2", 8*size)
	emit.Kernel(name, "func(p *byte, n int, center float64, out *byte)",
		name+fmt.Sprintf(" adds up n floats of %d bytes, whole turns of 16 and at least one, into a laneSpread.", size))
	p, n := Load(Param("p"), GP64()), Load(Param("n"), GP64())
	center, none := YMM(), YMM()
	VBROADCASTSD(NewParamAddr("center", 16), center)
	zero(none)
	x, truth := YMM(), YMM()
	distances, squares, negatives, zeros := registers(zero), registers(zero), YMM(), YMM()
	zero(negatives)
	zero(zeros)
	loadTo := loaderOf(size)
	over(size, p, n, func(k int, from Mem) {
		loadTo(from, x)
		VCMPPD(Imm(17), none, x, truth)
		VPSUBQ(truth, negatives, negatives)
		VCMPPD(Imm(0), none, x, truth)
		VPSUBQ(truth, zeros, zeros)
		VSUBPD(center, x, x)
		VADDPD(x, distances[k], distances[k])
		VMULPD(x, x, x)
		VADDPD(x, squares[k], squares[k])
	})
	out := Load(Param("out"), GP64())
	VMOVUPD(fold(distances, VADDPD), Mem{Base: out})
	VMOVUPD(fold(squares, VADDPD), Mem{Base: out, Disp: block})
	VMOVDQU(negatives, Mem{Base: out, Disp: 2 * block})
	VMOVDQU(zeros, Mem{Base: out, Disp: 3 * block})
	VZEROUPPER()
	RET()
}
