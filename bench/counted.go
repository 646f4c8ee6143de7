//go:build kernelcount

package main

import "github.com/go-memoryview/memoryview/internal/kernel"

// ran is how often every kernel was called so far.
var ran = kernel.Ran
