package kernel

import "unsafe"

// A comparison reports whether n numbers in one run are the same as those in another.
type comparison func(a, b unsafe.Pointer, n int) bool

// comparisonOf finds forms that hold the numbers exactly, and the comparison of those forms. The rank of
// a is not above that of b, and neither is Complex.
func comparisonOf(a, b Number) (formA, formB Number, same comparison) {
	a, b = a.native(), b.native()
	switch {
	case !b.integer():
		return comparisonWithFloat(a, b)
	case a.Kind == b.Kind:
		a.Size = max(a.Size, b.Size)
		return a, a, sameWords[bySize(a.Size)]
	case a.Kind == Uint: // a Bool
		return comparisonOf(b, a)
	case b.Size == 8:
		return Number{Kind: Int, Size: 8}, b, sameIntUint
	}
	a.Size = max(a.Size, 2*b.Size)
	return a, a, sameWords[bySize(a.Size)]
}

func comparisonWithFloat(a, b Number) (formA, formB Number, same comparison) {
	switch {
	case a.wide() && a.Kind == Int:
		return a, Number{Kind: Float, Size: 8}, sameWideFloat[int64]
	case a.wide():
		return a, Number{Kind: Float, Size: 8}, sameWideFloat[uint64]
	case b.Size == 4 && (a.Kind == Float && a.Size == 4 || a.integer() && a.Size <= 2):
		return b, b, sameFloats[float32]
	}
	b.Size = 8
	return b, b, sameFloats[float64]
}

// sameWords compare words of 1, 2, 4 and 8 bytes.
var sameWords = [4]comparison{sameBytes, sameWord[uint16], sameWord[uint32], sameWord[uint64]}

func sameWord[T integers](a, b unsafe.Pointer, n int) bool {
	return sameBytes(a, b, n*int(unsafe.Sizeof(T(0))))
}

func sameFloats[F floats](a, b unsafe.Pointer, n int) bool {
	ran("sameFloats")
	right := numbers[F](b, n)
	for i, x := range numbers[F](a, n) {
		if x != right[i] {
			return false
		}
	}
	return true
}

// sameIntUint compares int64 with uint64.
func sameIntUint(a, b unsafe.Pointer, n int) bool {
	ran("sameIntUint")
	right := numbers[uint64](b, n)
	for i, x := range numbers[int64](a, n) {
		if x < 0 || uint64(x) != right[i] {
			return false
		}
	}
	return true
}

// sameWideFloat compares integers with floats that are near enough, exactly. All floats that large are
// integers, but the largest one that an integer is rounded to is outside the integers' range.
func sameWideFloat[I int64 | uint64](a, b unsafe.Pointer, n int) bool {
	ran("sameWideFloat")
	_, high := bounds[I]()
	right := numbers[float64](b, n)
	for i, x := range numbers[I](a, n) {
		if y := right[i]; float64(x) != y || y >= high || I(y) != x {
			return false
		}
	}
	return true
}
