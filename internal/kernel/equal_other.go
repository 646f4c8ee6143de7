//go:build !amd64 || purego

package kernel

// sameKernelOf finds none.
func sameKernelOf(_, _ Number) sameKernel { return nil }
