//go:build !purego

package kernel

// setStreamBytes sets the size from where transpose writes past the caches, and returns what it was.
func setStreamBytes(n int) (was int) {
	was, streamBytes = streamBytes, n
	return was
}
