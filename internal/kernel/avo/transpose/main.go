// Transpose writes the kernels of two-dimensional transposition.
//
// A register holds 16 bytes of row r in its low half and of row r+h in its high half, so that
// unpacking, which works on each half alone, makes pieces of columns without crossing halves.
package main

import (
	"fmt"
	"slices"

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
		f.stream()
	}
	lines(1)
	lines(2)
	streamRows()
	emit.Write("transpose")
}

// kernel goes along the source in its inner loop, with as many blocks on top of each other as high
// says; store gets a place in a destination row and what high blocks have for it.
func (f family) kernel(high int, store func(row Mem, pieces []reg.VecVirtual)) {
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	rows, cols := Load(Param("rows"), GP64()), GP64()
	dstStride := Load(Param("dstStride"), GP64())
	in := f.source(high)

	Label("rows")
	in.start(src)
	to := GP64()
	MOVQ(dst, to)
	Load(Param("cols"), cols)

	Label("cols")
	blocks := make([][]reg.VecVirtual, high)
	for b := range blocks {
		for turn := range f.turns {
			blocks[b] = append(blocks[b], in.block(b, turn, f.registers())...)
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
	in.right(f.cols() * f.size)
	SUBQ(Imm(uint64(f.cols())), cols)
	JNE(LabelRef("cols"))

	ADDQ(Imm(uint64(in.height*f.size)), dst)
	in.next(src)
	SUBQ(Imm(uint64(in.height)), rows)
	JNE(LabelRef("rows"))
	VZEROUPPER()
	RET()
}

// stream writes the kernel that goes past the caches. It takes a whole line of each source row, over all
// rows, before it goes to the next line: so it reads no line twice, and writes each destination row as far
// as the rows go.
func (f family) stream() {
	name := fmt.Sprintf("transpose%dStream", f.size)
	perLine := line / f.size
	emit.Kernel(name, signature,
		fmt.Sprintf("%s is for rows and cols multiples of %d, and for destination rows that start whole lines, which", name, perLine),
		"it writes past the caches. An SFENCE must follow.")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	rows, cols := GP64(), Load(Param("cols"), GP64())
	dstStride := Load(Param("dstStride"), GP64())
	in := f.source(2)
	first, second := f.registers(), f.registers()
	to, at := GP64(), GP64()

	Label("lines")
	in.start(src)
	MOVQ(dst, to)
	Load(Param("rows"), rows)

	Label("rows")
	MOVQ(to, at)
	for turn := range line / 16 {
		upper, lower := in.block(0, turn, first), in.block(1, turn, second)
		for c := range upper {
			VMOVNTDQ(upper[c], Mem{Base: at})
			VMOVNTDQ(lower[c], Mem{Base: at}.Offset(32))
			ADDQ(dstStride, at)
		}
	}
	in.down()
	ADDQ(Imm(line), to)
	SUBQ(Imm(uint64(in.height)), rows)
	JNE(LabelRef("rows"))

	ADDQ(Imm(line), src)
	IMUL3Q(Imm(uint64(perLine)), dstStride, at)
	ADDQ(at, dst)
	SUBQ(Imm(uint64(perLine)), cols)
	JNE(LabelRef("lines"))
	VZEROUPPER()
	RET()
}

const line = 64 // bytes

// source is where a kernel reads: rows of it, with a pointer to every fourth.
type source struct {
	family
	height        int // rows at a time
	stride, three reg.Register
	groups        []reg.GPVirtual
}

// source has so many blocks on top of each other.
func (f family) source(high int) *source {
	s := &source{family: f, height: high * f.rows()}
	s.stride = Load(Param("srcStride"), GP64())
	s.three = GP64()
	LEAQ(Mem{Base: s.stride, Index: s.stride, Scale: 2}, s.three)
	for range (s.height + 3) / 4 {
		s.groups = append(s.groups, GP64())
	}
	return s
}

func (s *source) start(at reg.Register) {
	MOVQ(at, s.groups[0])
	for g := 1; g < len(s.groups); g++ {
		LEAQ(Mem{Base: s.groups[g-1], Index: s.stride, Scale: 4}, s.groups[g])
	}
}

func (s *source) right(bytes int) {
	for _, p := range s.groups {
		ADDQ(Imm(uint64(bytes)), p)
	}
}

func (s *source) down() {
	for _, p := range s.groups {
		s.next(p)
	}
}

// next moves a pointer down by height rows.
func (s *source) next(p reg.Register) {
	scale := min(s.height, 8)
	for range s.height / scale {
		LEAQ(Mem{Base: p, Index: s.stride, Scale: uint8(scale)}, p)
	}
}

func (s *source) row(r int) Mem {
	p := s.groups[r/4]
	switch r % 4 {
	case 1:
		return Mem{Base: p, Index: s.stride, Scale: 1}
	case 2:
		return Mem{Base: p, Index: s.stride, Scale: 2}
	case 3:
		return Mem{Base: p, Index: s.three, Scale: 1}
	}
	return Mem{Base: p}
}

// registers are those that one block takes. Avo counts them as taken all the time, because a block is loaded
// half by half: turns have to share them.
func (f family) registers() []reg.VecVirtual {
	regs := make([]reg.VecVirtual, f.half)
	for r := range regs {
		regs[r] = YMM()
	}
	return regs
}

// block loads the b-th block, of the turn-th 16 bytes of each row, and returns its columns.
func (s *source) block(b, turn int, regs []reg.VecVirtual) []reg.VecVirtual {
	for r, y := range regs {
		VMOVDQU(s.row(b*s.rows()+r).Offset(turn*16), y.AsX())
		VINSERTI128(Imm(1), s.row(b*s.rows()+r+s.half).Offset(turn*16), y, y)
	}
	return unpack(slices.Clone(regs), s.size)
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
