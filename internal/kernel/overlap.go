package kernel

// overlapBudget bounds what is spent on sparing a temporary: arrays that people make are decided in a few steps.
const overlapBudget = 1000

// Overlap reports whether the two, which have items, might share bytes.
func Overlap(a, b *Items) bool {
	budget := overlapBudget
	return Share(a, b, &budget) != No
}

// Share tells whether two arrays, which have items, share bytes. Behind pointers nothing is decided.
//
// A byte of the one lies at the sum of its lowest address, index*stride of each dimension, and a
// place within the item; so does one of the other. That they are equal is an equation in bounded integers.
func Share(a, b *Items, budget *int) Outcome {
	if a.Indirect() || b.Indirect() {
		return Undecided
	}
	aLow, aHigh := a.Window()
	bLow, bHigh := b.Window()
	apart := int(uintptr(b.Base)-uintptr(a.Base)) + bLow - aLow // wraps where b lies first: so does the sum
	if apart >= aHigh-aLow || -apart >= bHigh-bLow {
		return No
	}
	if a.packed() && b.packed() { // each has every byte of its window
		return Yes
	}
	// The indices of b are counted from its last byte, which makes them summands too.
	terms := append(placesOf(a), placesOf(b)...)
	return solve(terms, int64(apart)+int64(bHigh-bLow)-1, budget)
}

// placesOf are the bytes of an array, from its lowest one on.
func placesOf(it *Items) []term {
	terms := []term{{1, int64(it.Size) - 1}}
	for d, extent := range it.Shape {
		terms = append(terms, term{magnitude(it.Strides[d]), int64(extent) - 1})
	}
	return terms
}

func magnitude(stride int) int64 {
	if stride < 0 {
		return -int64(stride)
	}
	return int64(stride)
}

// SharesItself tells whether two different items share a byte, which writing to one of them would
// change in the other.
//
// They do where their indices differ by d, not all zero, with |sum of d*stride| < size. By symmetry the
// first d that is not zero is positive: each dimension in turn may be that one.
func SharesItself(size int, shape, strides []int, budget *int) Outcome {
	for k := range shape {
		if shape[k] > 1 {
			if found := sharesAlong(k, int64(size), shape, strides, budget); found != No {
				return found
			}
		}
	}
	return No
}

// sharesAlong is the same for two items that lie at the same index in the dimensions before k, and not in k.
func sharesAlong(k int, size int64, shape, strides []int, budget *int) Outcome {
	// Every summand is counted from its lowest value on.
	terms := []term{{1, 2 * (size - 1)}, {magnitude(strides[k]), int64(shape[k]) - 2}}
	target := size - 1 - magnitude(strides[k])
	for d := k + 1; d < len(shape); d++ {
		most := int64(shape[d]) - 1
		terms = append(terms, term{magnitude(strides[d]), 2 * most})
		target += magnitude(strides[d]) * most
	}
	return solve(terms, target, budget)
}
