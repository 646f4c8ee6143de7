//go:build !linux || race

package memoryview_test

import "testing"

// many is fewer than elsewhere: under the race detector each takes long.
const many = 100_000

// boundMemory leaves the process the memory it has: the race detector's own is beyond any bound.
func boundMemory(*testing.T, uint64) bool { return false }
