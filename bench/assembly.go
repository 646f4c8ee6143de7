//go:build !purego

package main

// pureGo reports that this build has no assembly.
var pureGo = false
