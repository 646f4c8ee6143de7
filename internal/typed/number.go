package typed

import (
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// NumberOf says how the kernels read items of a type; false for what is no number and for long
// doubles, which go by way of Go values.
func NumberOf(t *format.Type) (kernel.Number, bool) {
	n := kernel.Number{Size: t.Size(), Swap: t.Size() > 1 && t.BigEndian() != hostBigEndian}
	switch t.Kind() {
	case format.Bool:
		n.Kind = kernel.Bool
	case format.Int:
		n.Kind = kernel.Int
	case format.Uint, format.Pointer:
		n.Kind = kernel.Uint
	case format.Float:
		n.Kind = kernel.Float
		if isBrainFloat(t) {
			n.Kind = kernel.BrainFloat
		}
	case format.Complex:
		n.Kind = kernel.Complex
	}
	return n, n.Valid()
}

var (
	one           = uint16(1)
	hostBigEndian = *(*byte)(unsafe.Pointer(&one)) == 0
)

// isBrainFloat tells the two floats of two bytes apart by what they unpack to.
func isBrainFloat(t *format.Type) bool {
	if t.Size() != 2 {
		return false
	}
	value, _ := t.Unpack(make([]byte, 2)) // any two bytes unpack
	_, brain := value.(format.BFloat16)
	return brain
}
