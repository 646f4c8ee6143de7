package cases

import "slices"

// Scale is how large the cases are. Tests make them small.
type Scale struct {
	KiB, MiB, GiB     int // bytes
	Thousand, Million int // items
	Side              int // of a large matrix
	Height, Width     int // of a picture
}

// Full is the scale of the targets.
var Full = Scale{1 << 10, 1 << 20, 1 << 30, 1 << 10, 1 << 20, 4096, 1080, 1920}

// Table has every case.
func Table(s Scale) []Case {
	return slices.Concat(copies(s), transposes(s), planes(s), lines(s), toBytes(s), equals(s), conversions(s),
		counts(s), summaries(s), fileConversions(s), hexes(s), accesses(s), iterations(s), slicings(), openings(s), commands(s), lives(s), loans(s), segments(s), servings(s), engines(s), extension(s))
}
