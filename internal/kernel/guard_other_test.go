//go:build !linux

package kernel

import "testing"

// guarded returns plain memory: only Linux has the fences.
func guarded(_ testing.TB, size int, _ bool) []byte { return make([]byte, size) }
