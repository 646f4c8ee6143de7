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
