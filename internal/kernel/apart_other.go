//go:build !amd64 || purego

package kernel

func apart(_ []uint64, _, _ []float64, _ Tolerance) (done int, distance, ratio float64) {
	return 0, 0, 0
}
