// Package memoryview looks at memory without copying it: CPython's memoryview object and the buffer
// protocol of PEP 3118, in Go, without cgo.
//
// A [View] exposes the memory of any object as one array of items: it can be indexed, sliced, cast,
// compared, copied from and to, and handed on, while the memory stays where it is.
//
//	v, err := memoryview.FromObject([]float64{1, 2, 3, 4, 5, 6}) // a view of the slice itself
//	m, err := v.Cast("d", 2, 3)                                  // as a matrix
//	column, err := m.Select(":, 1")                              // Python's index syntax
//	err = column.CopyFrom(0.5)                                   // writes to the slice
//
// # From C
//
//	PyMemoryView_FromObject     FromObject
//	PyMemoryView_FromMemory     FromMemory
//	PyMemoryView_FromBuffer     FromBuffer
//	PyMemoryView_GetContiguous  GetContiguous
//	PyMemoryView_Check          Check
//	PyMemoryView_GET_BUFFER     View.Buffer
//	PyMemoryView_GET_BASE       View.Base
//
// # From Python
//
//	memoryview(obj)             FromObject
//	m.obj                       View.Base
//	m.nbytes, m.readonly ...    View.NBytes, View.ReadOnly ...
//	len(m)                      View.Len
//	m[1], m[1, 2]               View.At
//	m[1] = x                    View.Set
//	m[2:8:2], m[::2, ..., 1]    View.Select; View.Slice takes numbers
//	m[2:8] = x                  View.CopyFrom on the part
//	m.cast("i", [2, 3])         View.Cast
//	m.tobytes(), m.tolist()     View.ToBytes, View.ToList
//	m.hex(":", 2)               View.Hex
//	m.toreadonly()              View.ToReadOnly
//	m == other, hash(m)         View.Equal, View.Hash
//	for x in m                  View.All
//	m.count(x), m.index(x)      View.Count, View.Index
//	m.release(), with m         View.Release
//
// What CPython refuses works where it has a meaning: slices and sub-views in any number of
// dimensions, records, foreign byte orders, casts between any formats. DIFFERENCES.md lists each
// difference.
//
// # Words
//
// An exporter lends its memory, a consumer asks for it; a buffer is one loan, released once; a view
// is a handle on a shared buffer with a layout (item size, format, shape, strides, suboffsets) of
// its own. Package buffer explains them, package format what an item is, package export makes
// exporters of memory in any layout.
//
// # Lifetimes and errors
//
// The exporter has its memory back when the last view is released, and never while an operation is
// inside. Use after Release is an error, and so is every bad index, format, shape or value. Errors
// match the variables of package buffer (buffer.ErrReleased, buffer.ErrBounds ...) by errors.Is. Two
// methods hand out memory whose lifetime is the caller's promise: View.Bytes and Buffer.Pointer.
// Package array trades errors for panics, as slices do.
//
// Items are copied and compared, not converted: CopyFrom wants the same format, while Equal compares
// by value across formats.
//
// # Platforms
//
// Linux on amd64 is held by every test run, Linux on arm64 by the long one, under an emulator; macOS,
// Windows and 32-bit systems are compiled and vetted.
package memoryview
