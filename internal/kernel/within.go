package kernel

// group is how many numbers have their bits in one word.
const group = 64

// WithinWords says which integers x lie in a range: those with x-low <= span, without sign, which serves signed ones
// too. The first one's bit is the lowest of bits[0]. Bits has a word for each 64 integers, and is overwritten.
func WithinWords[T words](bits []uint64, x []T, low, span T) {
	done := withinWords(bits, x, low, span)
	if done == len(x) {
		return
	}
	ran("withinWords")
	for i := done; i < len(x); i += group {
		var word uint64
		for k, v := range x[i:min(i+group, len(x))] {
			word |= uint64(bit(v-low <= span)) << k
		}
		bits[i/group] = word
	}
}

// WithinFloats is WithinWords for low <= x and x <= high, which no NaN is.
func WithinFloats[F floats](bits []uint64, x []F, low, high F) {
	done := withinFloats(bits, x, low, high)
	if done == len(x) {
		return
	}
	ran("withinFloats")
	for i := done; i < len(x); i += group {
		var word uint64
		for k, v := range x[i:min(i+group, len(x))] {
			word |= uint64(bit(v >= low)&bit(v <= high)) << k
		}
		bits[i/group] = word
	}
}
