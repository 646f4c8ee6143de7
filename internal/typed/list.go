package typed

import (
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// RowUnpacker returns what unpacks a row of items of a type, or nil for what is no number.
func RowUnpacker(typ *format.Type) func(row kernel.Items) []any {
	n, ok := NumberOf(typ)
	if !ok || n.Kind == kernel.Coded {
		return nil
	}
	unpack := unpackers[n.Kind][n.Size]
	if typ.Kind() == format.Pointer {
		unpack = unpackRow[uintptr]
	}
	return func(row kernel.Items) []any { return unpack(row, n) }
}

var unpackers = map[kernel.Kind]map[int]func(kernel.Items, kernel.Number) []any{
	kernel.Bool:       {1: unpackRow[bool]},
	kernel.Int:        {1: unpackRow[int8], 2: unpackRow[int16], 4: unpackRow[int32], 8: unpackRow[int64]},
	kernel.Uint:       {1: unpackRow[uint8], 2: unpackRow[uint16], 4: unpackRow[uint32], 8: unpackRow[uint64]},
	kernel.Float:      {2: unpackRow[format.Float16], 4: unpackRow[float32], 8: unpackRow[float64]},
	kernel.BrainFloat: {2: unpackRow[format.BFloat16]},
	kernel.Complex:    {8: unpackRow[complex64], 16: unpackRow[complex128]},
}

// unpackRow brings the numbers in order block by block, so that no call is made for each.
func unpackRow[T any](row kernel.Items, n kernel.Number) []any {
	const block = 64
	var values [block]T
	list := make([]any, row.Shape[0])
	native := kernel.Number{Kind: n.Kind, Size: n.Size}
	out := kernel.Items{Base: unsafe.Pointer(&values), Size: n.Size, Strides: []int{n.Size}}
	for first := 0; first < len(list); first += block {
		count := min(block, len(list)-first)
		piece := row.Range(first, count, nil)
		out.Shape = piece.Shape
		kernel.Convert(out, piece, native, n)
		for i, v := range values[:count] {
			list[first+i] = v
		}
	}
	return list
}
