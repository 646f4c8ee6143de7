// Transpose writes the kernels of two-dimensional transposition.
//
// A register holds 16 bytes of row r in its low half and of row r+h in its high half, so that
// unpacking, which works on each half alone, makes pieces of columns without crossing halves.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
)

// family is how the kernels of one item size work.
type family struct {
	size  int
	half  int // h: rows in either half of the registers
	turns int // blocks of 16 bytes next to each other in one go
	high  int // blocks on top of each other
}

// rows that one block takes, and columns.
func (f family) rows() int { return 2 * f.half }
func (f family) cols() int { return 16 / f.size * f.turns }

const signature = "func(dst, src *byte, rows, cols, dstStride, srcStride int)"

func main() {
	for _, f := range []family{{1, 8, 1, 1}, {2, 8, 1, 1}, {4, 4, 1, 1}, {8, 2, 2, 2}, {16, 1, 4, 2}} {
		name := fmt.Sprintf("transpose%d", f.size)
		emit.Kernel(name, signature,
			fmt.Sprintf("%s transposes items of %d bytes: rows is a multiple of %d and cols one of %d.", name, f.size, f.high*f.rows(), f.cols()))
		f.kernel(f.high, func(row Mem, pieces []reg.VecVirtual) {
			for i, y := range pieces {
				VMOVDQU(y, row.Offset(32*i))
			}
		})
		if f.size < 4 {
			continue
		}
		name += "Stream"
		emit.Kernel(name, signature,
			fmt.Sprintf("%s is the same for rows a multiple of %d and destination rows that start whole lines,", name, 2*f.rows()),
			"which it writes past the caches. An SFENCE must follow.")
		f.kernel(2, func(row Mem, pieces []reg.VecVirtual) {
			VMOVNTDQ(pieces[0], row)
			VMOVNTDQ(pieces[1], row.Offset(32))
		})
	}
	lines(1)
	lines(2)
	streamRows()
	emit.Write("transpose")
}

// kernel goes along the source in its inner loop, with as many blocks on top of each other as high
// says; store gets a place in a destination row and what high blocks have for it.
func (f family) kernel(high int, store func(row Mem, pieces []reg.VecVirtual)) {
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	rows := Load(Param("rows"), GP64())
	dstStride := Load(Param("dstStride"), GP64())
	srcStride := Load(Param("srcStride"), GP64())
	cols := GP64()
	height := high * f.rows()

	// Four rows are in reach of each pointer.
	three := GP64()
	LEAQ(Mem{Base: srcStride, Index: srcStride, Scale: 2}, three)
	groups := make([]reg.GPVirtual, (height+3)/4)
	for g := range groups {
		groups[g] = GP64()
	}
	step := GP64()
	IMUL3Q(Imm(uint64(height)), srcStride, step)
	row := func(r int) Mem {
		p := groups[r/4]
		switch r % 4 {
		case 1:
			return Mem{Base: p, Index: srcStride, Scale: 1}
		case 2:
			return Mem{Base: p, Index: srcStride, Scale: 2}
		case 3:
			return Mem{Base: p, Index: three, Scale: 1}
		}
		return Mem{Base: p}
	}

	Label("rows")
	MOVQ(src, groups[0])
	for g := 1; g < len(groups); g++ {
		LEAQ(Mem{Base: groups[g-1], Index: srcStride, Scale: 4}, groups[g])
	}
	to := GP64()
	MOVQ(dst, to)
	Load(Param("cols"), cols)

	Label("cols")
	blocks := make([][]reg.VecVirtual, high)
	for b := range blocks {
		for turn := range f.turns {
			var regs []reg.VecVirtual
			for r := range f.half {
				y := YMM()
				VMOVDQU(row(b*f.rows()+r).Offset(turn*16), y.AsX())
				VINSERTI128(Imm(1), row(b*f.rows()+r+f.half).Offset(turn*16), y, y)
				regs = append(regs, y)
			}
			blocks[b] = append(blocks[b], unpack(regs, f.size)...)
		}
	}
	for c := range blocks[0] {
		pieces := make([]reg.VecVirtual, high)
		for b := range pieces {
			pieces[b] = blocks[b][c]
		}
		if f.size == 1 {
			storeTwoColumns(to, dstStride, pieces[0])
			continue
		}
		store(Mem{Base: to}, pieces)
		ADDQ(dstStride, to)
	}
	for _, p := range groups {
		ADDQ(Imm(uint64(f.cols()*f.size)), p)
	}
	SUBQ(Imm(uint64(f.cols())), cols)
	JNE(LabelRef("cols"))

	ADDQ(Imm(uint64(height*f.size)), dst)
	ADDQ(step, src)
	SUBQ(Imm(uint64(height)), rows)
	JNE(LabelRef("rows"))
	VZEROUPPER()
	RET()
}

// unpack interleaves neighbours, then neighbours of those, until each register holds a column (two
// columns for single bytes, which have 16 to a row but 8 rows to a half).
func unpack(regs []reg.VecVirtual, width int) []reg.VecVirtual {
	if len(regs) == 1 {
		return regs
	}
	low, high := unpacks[width][0], unpacks[width][1]
	var lows, highs []reg.VecVirtual
	for i := 0; i < len(regs); i += 2 {
		l := YMM()
		low(regs[i+1], regs[i], l)
		high(regs[i+1], regs[i], regs[i])
		lows, highs = append(lows, l), append(highs, regs[i])
	}
	return append(unpack(lows, 2*width), unpack(highs, 2*width)...)
}

// unpacks are the instructions by the width of what they interleave, for the low and the high part.
var unpacks = map[int][2]func(...Op){
	1: {VPUNPCKLBW, VPUNPCKHBW},
	2: {VPUNPCKLWD, VPUNPCKHWD},
	4: {VPUNPCKLDQ, VPUNPCKHDQ},
	8: {VPUNPCKLQDQ, VPUNPCKHQDQ},
}

// storeTwoColumns brings together the halves of two columns and stores each.
func storeTwoColumns(to, stride reg.Register, y reg.VecVirtual) {
	VPERMQ(Imm(0xD8), y, y)
	VMOVDQU(y.AsX(), Mem{Base: to})
	VEXTRACTI128(Imm(1), y, Mem{Base: to, Index: stride, Scale: 1})
	LEAQ(Mem{Base: to, Index: stride, Scale: 2}, to)
}

// lines makes a kernel that reads 8 rows, of which the two halves of a register hold different
// columns, by whole cache lines. Rows at a distance of a power of two fall into the same set of the
// first cache, and no more than 8 have room there.
func lines(size int) {
	name := fmt.Sprintf("transpose%dLines", size)
	emit.Kernel(name, signature,
		fmt.Sprintf("%s is for rows a multiple of 8 and cols one of %d. It fetches the next %d items of each", name, 64/size, 64/size),
		"row beforehand: it pays to go on with those. The destination is best in the first cache.")
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	rows := Load(Param("rows"), GP64())
	dstStride := Load(Param("dstStride"), GP64())
	srcStride := Load(Param("srcStride"), GP64())
	three, low, high, cols, to, toHigh, half := GP64(), GP64(), GP64(), GP64(), GP64(), GP64(), GP64()
	LEAQ(Mem{Base: srcStride, Index: srcStride, Scale: 2}, three)
	IMUL3Q(Imm(uint64(16/size)), dstStride, half)
	at := func(r int) Mem {
		p := []reg.GPVirtual{low, high}[r/4]
		return []Mem{{Base: p}, {Base: p, Index: srcStride, Scale: 1}, {Base: p, Index: srcStride, Scale: 2}, {Base: p, Index: three, Scale: 1}}[r%4]
	}

	Label("rows")
	MOVQ(src, low)
	LEAQ(Mem{Base: src, Index: srcStride, Scale: 4}, high)
	MOVQ(dst, to)
	Load(Param("cols"), cols)

	Label("cols")
	for turn := range 2 {
		LEAQ(Mem{Base: to, Index: half, Scale: 1}, toHigh)
		regs := make([]reg.VecVirtual, 8)
		for r := range regs {
			regs[r] = YMM()
			VMOVDQU(at(r).Offset(turn*32), regs[r])
			if turn == 0 {
				PREFETCHT0(at(r).Offset(64))
			}
		}
		for _, y := range unpack(regs, size) {
			storeHalves(size, y, to, toHigh, dstStride)
		}
		MOVQ(toHigh, to)
	}
	ADDQ(Imm(64), low)
	ADDQ(Imm(64), high)
	SUBQ(Imm(uint64(64/size)), cols)
	JNE(LabelRef("cols"))

	ADDQ(Imm(uint64(8*size)), dst)
	LEAQ(Mem{Base: src, Index: srcStride, Scale: 8}, src)
	SUBQ(Imm(8), rows)
	JNE(LabelRef("rows"))
	VZEROUPPER()
	RET()
}

// storeHalves stores either half of a register to its column (to two columns, for single bytes) and goes on.
func storeHalves(size int, y reg.VecVirtual, to, toHigh, stride reg.Register) {
	if size == 2 {
		VMOVDQU(y.AsX(), Mem{Base: to})
		VEXTRACTI128(Imm(1), y, Mem{Base: toHigh})
		ADDQ(stride, to)
		ADDQ(stride, toHigh)
		return
	}
	x := XMM()
	VEXTRACTI128(Imm(1), y, x)
	VMOVQ(y.AsX(), Mem{Base: to})
	VMOVHPS(y.AsX(), Mem{Base: to, Index: stride, Scale: 1})
	VMOVQ(x, Mem{Base: toHigh})
	VMOVHPS(x, Mem{Base: toHigh, Index: stride, Scale: 1})
	LEAQ(Mem{Base: to, Index: stride, Scale: 2}, to)
	LEAQ(Mem{Base: toHigh, Index: stride, Scale: 2}, toHigh)
}

// streamRows copies whole lines past the caches: the second half of a transposition that was built
// in a place of its own.
func streamRows() {
	emit.Kernel("streamRows", "func(dst, src *byte, rows, size, dstStride, srcStride int)",
		"streamRows copies rows of size bytes, a multiple of 64, past the caches. Destination rows start",
		"whole lines. An SFENCE must follow.")
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	rows := Load(Param("rows"), GP64())
	size := Load(Param("size"), GP64())
	dstStride := Load(Param("dstStride"), GP64())
	srcStride := Load(Param("srcStride"), GP64())
	at := GP64()
	low, high := YMM(), YMM()

	Label("rows")
	XORQ(at, at)
	Label("lines")
	VMOVDQU(Mem{Base: src, Index: at, Scale: 1}, low)
	VMOVDQU(Mem{Base: src, Index: at, Scale: 1}.Offset(32), high)
	VMOVNTDQ(low, Mem{Base: dst, Index: at, Scale: 1})
	VMOVNTDQ(high, Mem{Base: dst, Index: at, Scale: 1}.Offset(32))
	ADDQ(Imm(64), at)
	CMPQ(at, size)
	JNE(LabelRef("lines"))
	ADDQ(dstStride, dst)
	ADDQ(srcStride, src)
	DECQ(rows)
	JNE(LabelRef("rows"))
	VZEROUPPER()
	RET()

	emit.Kernel("streamFence", "func()", "streamFence orders what was written past the caches before all later stores.")
	SFENCE()
	RET()
}
