//go:build !amd64 || purego

package kernel

// setStreamBytes does nothing where nothing is written past the caches.
func setStreamBytes(int) (was int) { return 0 }
