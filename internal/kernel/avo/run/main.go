// Command run writes what long copies ask the processor.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/reg"

	"github.com/go-memoryview/memoryview/internal/kernel/avo/emit"
)

func main() {
	emit.Kernel("cpuVendor", "func() uint32", "cpuVendor returns the first four letters of the processor's maker, the first one lowest.")
	XORL(EAX, EAX)
	XORL(ECX, ECX)
	CPUID()
	Store(EBX, ReturnIndex(0))
	RET()
	emit.Write("run")
}
