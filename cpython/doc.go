// Package cpython runs Python in a Go program, without cgo, and shares arrays with it in both directions
// without copying.
//
//	python, err := cpython.Start(cpython.Options{})
//	defer python.Close()
//	np, err := python.Import("numpy")
package cpython
