//go:build !unix

package kernel

// granted believes in what cannot be asked for here.
func granted(int) bool { return true }
