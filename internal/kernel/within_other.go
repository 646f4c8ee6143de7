//go:build !amd64 || purego

package kernel

func withinWords[T words](_ []uint64, _ []T, _, _ T) (done int) { return 0 }

func withinFloats[F floats](_ []uint64, _ []F, _, _ F) (done int) { return 0 }
