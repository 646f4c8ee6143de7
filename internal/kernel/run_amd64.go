//go:build !purego

package kernel

import "math"

// longestInPieces is the size up to which pieces are faster than storing past the caches: 0.7 of the
// time of Go's copy for 1 to 4 MiB on an AMD EPYC 7003, but 1.4 for 8 MiB and 2.7 for 32 MiB; on an
// Intel Cascade Lake 0.3 for 2 to 4 MiB and still 0.6 for 128 MiB.
var longestInPieces = func() int {
	if cpuVendor() == 'G'|'e'<<8|'n'<<16|'u'<<24 { // GenuineIntel
		return math.MaxInt
	}
	return 4 << 20
}()
