// Package gonum shares memory between views and gonum's matrices: [Exporter] lends a matrix's items, and [Dense], [Vector],
// [Complex] and [Matrix] make matrices over the items of a view. Nothing is copied; what would need a copy is an error that says
// why.
//
//	e, err := gonum.Exporter(m)                 // a *mat.Dense, or a part of one
//	v, err := memoryview.FromObject(e)          // its memory: cut it, write it to a file, lend it to NumPy
//
//	file, err := arrayfile.Open("samples.npy")
//	v, err := file.View("")
//	m, err := gonum.Matrix(v)                   // the mapped file, for gonum's functions
//
// # Lifetime
//
// A matrix over a view has no way to be given back, so it holds no loan: it is the memory, as the slice of View.Bytes is. Memory of
// Go it keeps alive by itself. Where the memory has an owner (a mapped file, Python, C), the caller promises that the view is
// neither released nor dropped before the last use of the matrix: runtime.KeepAlive(v) behind it holds that.
package gonum
