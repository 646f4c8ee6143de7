//go:build !kernelcount

package kernel

// ran counts, in a build with -tags kernelcount, that a kernel was called; in others it is nothing. Kernels
// in assembly count by themselves: see avo/emit.
func ran(string) {}
