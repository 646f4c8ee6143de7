package typed

import (
	"slices"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// once leaves one item of each dimension along which the same items of all arrays come again: where their strides are
// 0, as broadcasting makes them, or they have no bytes. A few bytes can have more items than anybody can go
// over. Times is how often each item that is left stands there.
func once(shape []int, arrays ...*kernel.Items) (left []int, times int) {
	left, times = shape, 1
	for d, extent := range shape {
		if extent < 2 || slices.ContainsFunc(arrays, func(a *kernel.Items) bool { return a.Size != 0 && a.Strides[d] != 0 }) {
			continue
		}
		if times == 1 {
			left = slices.Clone(shape)
		}
		left[d] = 1
		times *= extent
	}
	return left, times
}

// position is where the item that stands at a position of what is left stood first.
func position(at int, left, shape []int) int {
	step, sum := 1, 0
	for d := len(shape) - 1; d >= 0; d-- {
		sum += at % left[d] * step
		at /= left[d]
		step *= shape[d]
	}
	return sum
}
