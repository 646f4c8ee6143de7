//go:build !amd64 || purego

package kernel

// longestInPieces is none: copy may not store past the caches here at all.
var longestInPieces = 0
