package typed

import (
	"sync"
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
		if t.Size() == 1 {
			n.Kind, n.Table = kernel.Coded, tableOf(t)
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

// tableOf is the table of a float of 8 bits.
func tableOf(t *format.Type) *kernel.Table {
	value, _ := t.Unpack(make([]byte, 1)) // any byte unpacks
	switch value.(type) {
	case format.Float8E4M3FN:
		return e4m3fn()
	case format.Float8E5M2:
		return e5m2()
	case format.Float8E4M3FNUZ:
		return e4m3fnuz()
	case format.Float8E5M2FNUZ:
		return e5m2fnuz()
	case format.Float8E8M0FNU:
		return e8m0fnu()
	}
	return nil
}

var (
	e4m3fn   = table(format.NewFloat8E4M3FN)
	e5m2     = table(format.NewFloat8E5M2)
	e4m3fnuz = table(format.NewFloat8E4M3FNUZ)
	e5m2fnuz = table(format.NewFloat8E5M2FNUZ)
	e8m0fnu  = table(format.NewFloat8E8M0FNU)
)

// table makes a table when somebody needs it: it takes some milliseconds.
func table[T interface {
	~uint8
	format.ShortFloat
}](nearest func(float32) T) func() *kernel.Table {
	return sync.OnceValue(func() *kernel.Table {
		var values [256]float32
		for code := range values {
			values[code] = T(code).Float32()
		}
		return kernel.NewTable(values, func(f float32) uint8 { return uint8(nearest(f)) })
	})
}
