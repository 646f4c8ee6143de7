package cases

import (
	"fmt"
	"hash/crc32"
	"unsafe"

	"github.com/go-memoryview/memoryview"
)

// number is an item of the test data.
type number interface {
	uint8 | int16 | uint16 | int32 | int64 | float32 | float64
}

// numbers is the test data, the same as numbers in worker.py: 24 bits of a multiplied index, as far as the
// type has room.
func numbers[T number](n int) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = T(uint32(i) * 2654435761 >> 8)
	}
	return all
}

// data is a view of the test data by NumPy's code of its type, in the shape given.
func data(code string, shape ...int) *memoryview.View {
	n := 1
	for _, extent := range shape {
		n *= extent
	}
	switch code {
	case "u1":
		return view(numbers[uint8](n), shape...)
	case "u2":
		return view(numbers[uint16](n), shape...)
	case "i4":
		return view(numbers[int32](n), shape...)
	case "f4":
		return view(numbers[float32](n), shape...)
	case "f8":
		return view(numbers[float64](n), shape...)
	case "c16":
		all := make([]complex128, n)
		for i := range all {
			all[i] = complex(float64(uint32(i)*2654435761>>8), 0)
		}
		return view(all, shape...)
	}
	panic("no test data of type " + code)
}

// view is a view of a slice, in a shape.
func view(slice any, shape ...int) *memoryview.View {
	v := must(memoryview.FromObject(slice))
	return must(v.CastShape(v.Format(), shape))
}

// contents is the memory of a contiguous view.
func contents(v *memoryview.View) []byte { return must(v.Bytes()) }

// bytesOf is the memory of a slice.
func bytesOf[T any](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(*new(T))))
}

// crc stands for bytes, in the words of worker.py.
func crc(data []byte) string {
	return fmt.Sprintf("crc32 %08x of %d bytes", crc32.ChecksumIEEE(data), len(data))
}

// must is for what cannot fail on the data of a case. Where it does, the case fails.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// sized writes a number of bytes as people do.
func sized(n int) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
