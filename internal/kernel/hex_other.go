//go:build !amd64 || purego

package kernel

func hexFast(_, _ []byte) (done int) { return 0 }
