//go:build !unix

package main

// used is not known here.
func used() usage { return usage{} }
