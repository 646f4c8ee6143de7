package kernel

// HexSeparators returns how many separators stand between the groups of n bytes. Groups are counted from
// the right, for a negative group from the left; 0 means no separators.
func HexSeparators(n, group int) int {
	if group == 0 || n == 0 {
		return 0
	}
	return (n - 1) / groupSize(n, group)
}

// groupSize is how many bytes stand between two separators, at most all.
func groupSize(n, group int) int {
	if group < 0 {
		group = -group
	}
	if group < 0 || group > n {
		return n // the smallest int has no negative
	}
	return group
}

// HexSpread moves the digits, which begin at from, to the front, with a separator between groups. The
// first group may be shorter than the others when they are counted from the right.
func HexSpread(digits []byte, from int, sep byte, group int) {
	n := (len(digits) - from) / 2
	size := groupSize(n, group)
	if size == 1 {
		spreadBytes(digits, digits[from:], sep)
		return
	}
	next := size
	if rest := n % size; group > 0 && rest > 0 {
		next = rest
	}
	for to := 0; ; next = size {
		end := min(from+2*next, len(digits))
		to += copy(digits[to:], digits[from:end])
		if from = end; from == len(digits) {
			return
		}
		digits[to] = sep
		to++
	}
}

// spreadBytes is HexSpread for groups of one byte, which are too small to be copied one by one.
func spreadBytes(dst, src []byte, sep byte) {
	for len(src) > 2 && len(dst) > 2 {
		dst[0], dst[1], dst[2] = src[0], src[1], sep
		dst, src = dst[3:], src[2:]
	}
	copy(dst, src)
}
