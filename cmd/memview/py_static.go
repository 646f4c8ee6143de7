//go:build static

package main

// pythonCommands need the system's libc, which a static program does without.
type pythonCommands struct{}
