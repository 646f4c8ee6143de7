//go:build !amd64 || purego

package kernel

// setAVX2 does nothing where there is no assembly.
func setAVX2(bool) (was bool) { return false }
