//go:build !purego

package kernel

// setAVX2 switches the kernels in assembly off and on, and returns how it was.
func setAVX2(on bool) (was bool) {
	was, hasAVX2 = hasAVX2, on && detectedAVX2
	return was
}

var detectedAVX2 = hasAVX2
