// Command planes writes the kernels that take pixels of 3 and 4 components apart, one plane for each,
// and put them together. A block of pixels is a register of each plane: the pixels of its low half come
// from the first part of the interleaved side, those of its high half from the second, so that no
// shuffle crosses the halves.
package main

import (
	"encoding/binary"
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
)

func main() {
	for _, size := range []int{1, 2, 4} {
		split3(size)
		merge3(size)
	}
	split4()
	merge4()
	emit.Write("planes")
}

// split3 makes each plane of what the three thirds of a block hold of it.
func split3(size int) {
	k := begin(fmt.Sprintf("split3x%d", size), "split", 3, size)
	from := masks(k.name, size, func(plane, third, i int) (position int) { return (3*(i/size)+plane)*size + i%size - 16*third })
	third := []reg.VecVirtual{YMM(), YMM(), YMM()}
	plane, part := YMM(), YMM()
	k.loop(func() {
		for i, y := range third {
			k.loadPacked(i, y)
		}
		for p := range 3 {
			VPSHUFB(from[p][0], third[0], plane)
			VPSHUFB(from[p][1], third[1], part)
			VPOR(part, plane, plane)
			VPSHUFB(from[p][2], third[2], part)
			VPOR(part, plane, plane)
			VMOVDQU(plane, k.plane(p))
		}
	})
}

// merge3 makes each third of a block of what the three planes have for it.
func merge3(size int) {
	k := begin(fmt.Sprintf("merge3x%d", size), "merge", 3, size)
	from := masks(k.name, size, func(third, plane, i int) (position int) {
		item := (16*third + i) / size
		if item%3 != plane {
			return -1
		}
		return item/3*size + i%size
	})
	plane := []reg.VecVirtual{YMM(), YMM(), YMM()}
	third, part := YMM(), YMM()
	k.loop(func() {
		for p, y := range plane {
			VMOVDQU(k.plane(p), y)
		}
		for i := range 3 {
			VPSHUFB(from[i][0], plane[0], third)
			VPSHUFB(from[i][1], plane[1], part)
			VPOR(part, third, third)
			VPSHUFB(from[i][2], plane[2], part)
			VPOR(part, third, third)
			k.storePacked(third, i)
		}
	})
}

// split4 gathers the components of four pixels, and transposes the 4x4 groups.
func split4() {
	k := begin("split4x1", "split", 4, 1)
	order := constant("split4order", func(i int) int { return i%4*4 + i/4 })
	quarter := []reg.VecVirtual{YMM(), YMM(), YMM(), YMM()}
	x := []reg.VecVirtual{YMM(), YMM(), YMM(), YMM()}
	k.loop(func() {
		for i, y := range quarter {
			k.loadPacked(i, y)
			VPSHUFB(order, y, y)
		}
		VPUNPCKLDQ(quarter[1], quarter[0], x[0])
		VPUNPCKHDQ(quarter[1], quarter[0], x[1])
		VPUNPCKLDQ(quarter[3], quarter[2], x[2])
		VPUNPCKHDQ(quarter[3], quarter[2], x[3])
		for p := range 4 {
			if low, high := x[p/2], x[p/2+2]; p%2 == 0 {
				VPUNPCKLQDQ(high, low, quarter[p])
			} else {
				VPUNPCKHQDQ(high, low, quarter[p])
			}
			VMOVDQU(quarter[p], k.plane(p))
		}
	})
}

// merge4 pairs the planes, and then the pairs.
func merge4() {
	k := begin("merge4x1", "merge", 4, 1)
	plane := []reg.VecVirtual{YMM(), YMM(), YMM(), YMM()}
	x := []reg.VecVirtual{YMM(), YMM(), YMM(), YMM()}
	y := YMM()
	k.loop(func() {
		for p, y := range plane {
			VMOVDQU(k.plane(p), y)
		}
		VPUNPCKLBW(plane[1], plane[0], x[0])
		VPUNPCKLBW(plane[3], plane[2], x[1])
		VPUNPCKHBW(plane[1], plane[0], x[2])
		VPUNPCKHBW(plane[3], plane[2], x[3])
		for i := range 4 {
			if first, second := x[i/2*2], x[i/2*2+1]; i%2 == 0 {
				VPUNPCKLWD(second, first, y)
			} else {
				VPUNPCKHWD(second, first, y)
			}
			k.storePacked(y, i)
		}
	})
}

// kernel is what all of them share: the interleaved side, the first plane, and the way to the others.
type kernel struct {
	name                  string
	planes                int
	packed, first, blocks reg.GPVirtual
	stride, triple        reg.GPVirtual
}

func begin(name, verb string, planes, size int) kernel {
	doc := fmt.Sprintf("%s takes blocks of %d pixels of %d components of %d bytes apart.", name, 32/size, planes, size)
	signature, packed, first := "func(dst, src *byte, dstStride, blocks int)", "src", "dst"
	if verb == "merge" {
		doc = fmt.Sprintf("%s puts blocks of %d pixels of %d components of %d bytes together.", name, 32/size, planes, size)
		signature, packed, first = "func(dst, src *byte, srcStride, blocks int)", "dst", "src"
	}
	emit.Kernel(name, signature, doc)
	k := kernel{name: name, planes: planes, packed: GP64(), first: GP64(), blocks: GP64(), stride: GP64()}
	Load(Param(packed), k.packed)
	Load(Param(first), k.first)
	Load(Param(first+"Stride"), k.stride)
	Load(Param("blocks"), k.blocks)
	if planes == 4 {
		k.triple = GP64()
		LEAQ(Mem{Base: k.stride, Index: k.stride, Scale: 2}, k.triple)
	}
	return k
}

func (k kernel) loop(body func()) {
	Label(k.name + "Block")
	body()
	ADDQ(Imm(32), k.first)
	ADDQ(I32(32*k.planes), k.packed)
	DECQ(k.blocks)
	JNZ(LabelRef(k.name + "Block"))
	VZEROUPPER()
	RET()
}

func (k kernel) plane(p int) Mem {
	switch p {
	case 0:
		return Mem{Base: k.first}
	case 3:
		return Mem{Base: k.first, Index: k.triple, Scale: 1}
	}
	return Mem{Base: k.first, Index: k.stride, Scale: uint8(p)}
}

// loadPacked loads the i-th 16 bytes of both halves of a block.
func (k kernel) loadPacked(i int, y reg.VecVirtual) {
	VMOVDQU(Mem{Base: k.packed, Disp: 16 * i}, y.AsX())
	VINSERTI128(Imm(1), Mem{Base: k.packed, Disp: 16 * (i + k.planes)}, y, y)
}

func (k kernel) storePacked(y reg.VecVirtual, i int) {
	VMOVDQU(y.AsX(), Mem{Base: k.packed, Disp: 16 * i})
	VEXTRACTI128(Imm(1), y, Mem{Base: k.packed, Disp: 16 * (i + k.planes)})
}

// masks are the nine shuffles of three registers to three. Position says which byte of the second
// register byte i of the first comes from; one that does not exist gives zero.
func masks(name string, size int, position func(to, from, i int) int) (m [3][3]reg.VecVirtual) {
	for to := range 3 {
		for from := range 3 {
			m[to][from] = constant(fmt.Sprintf("%sfrom%dto%d", name, from, to), func(i int) int { return position(to, from, i) })
		}
	}
	return m
}

// constant returns a register with the same bytes in both halves.
func constant(name string, value func(i int) int) reg.VecVirtual {
	var half [16]byte
	for i := range half {
		half[i] = 0x80
		if v := value(i); 0 <= v && v < 16 {
			half[i] = byte(v)
		}
	}
	data := GLOBL(name, RODATA|NOPTR)
	for i := range 4 {
		DATA(8*i, U64(binary.LittleEndian.Uint64(half[i%2*8:])))
	}
	y := YMM()
	VMOVDQU(data, y)
	return y
}
