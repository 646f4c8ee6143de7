// Command equal writes the kernels that compare floats with floats and with other numbers that a float holds
// exactly. Zeros of both signs are equal, and a NaN equals nothing.
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
	for _, s := range load.Sources {
		for _, swapped := range load.Orders(s.Size) {
			sameAsFloat64s(s, swapped)
		}
	}
	same("sameFloat64Float64", "float64", 8, 8, func() load.Loader { return load.Whole(nil) })
	same("sameFloat32Float32", "float32", 4, 4, func() load.Loader { return load.Whole(nil) })
	emit.Write("equal")
}

func sameAsFloat64s(s load.Source, swapped bool) {
	name, what := "same"+load.Title(s.Name)+"Float64", s.Name
	if swapped {
		name, what = "sameSwapped"+load.Title(s.Name)+"Float64", s.Name+" of the other order of bytes"
	}
	same(name, what, s.Size, 8, func() load.Loader { return s.Float64s(load.SwapperOf(s.Size, swapped)) })
}

// same writes a kernel. The loader fills a register with numbers of the sort that they are compared with.
func same(name, what string, sizeA, sizeB int, prepare func() load.Loader) {
	compare := VCMPPD
	if sizeB == 4 {
		compare = VCMPPS
	}
	emit.Kernel(name, "func(a, b *byte, n int) bool",
		fmt.Sprintf("%s reports whether n %s, %d or more, equal the floats of %d bytes at b.", name, what, load.Turn, sizeB))
	a, b, n := Load(Param("a"), GP64()), Load(Param("b"), GP64()), Load(Param("n"), GP64())
	loader := prepare()
	mask := GP32()
	load.Turns(n, func(i reg.Register) {
		all, y := YMM(), YMM()
		for k := 0; k < load.Turn; k += 32 / sizeB {
			to := y
			if k == 0 {
				to = all
			}
			loader(load.At(a, i, sizeA, k), to)
			compare(Imm(0), load.At(b, i, sizeB, k), to, to)
			if k > 0 {
				VANDPS(y, all, all)
			}
		}
		VMOVMSKPS(all, mask)
		CMPL(mask, Imm(0xff))
		JNE(LabelRef("different"))
	})
	load.Answer(1)
	Label("different")
	load.Answer(0)
}
