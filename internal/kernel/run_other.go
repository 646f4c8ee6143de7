//go:build !amd64 || purego

package kernel

// piecesPay is for the processors on which it was measured.
var piecesPay = false
