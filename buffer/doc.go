// Package buffer is the buffer protocol of PEP 3118: how one object lends its memory, of any shape
// and format, to another one without copying.
//
// An [Exporter] lends; [Get] asks for a loan, with request [Flags]; a [Buffer] is the loan, released
// once. Plain Go values ([]byte, []float64, *[2][3]int32, string ...) are exporters as they are.
// To write an exporter, describe the memory by a [Memory] and the items by a [Layout], and let
// [Memory.Lend] check and count.
//
// # Words
//
//   - memory: a block of bytes with an owner, and a way to give it back
//   - exporter: an object that lends its memory; consumer: one that asks for it, with flags
//   - buffer: one loan: where the items lie, what they are, who lent them (Py_buffer)
//   - layout: item size, format, shape, strides, suboffsets, with no memory behind them
//   - format: the string that says what an item is (package format)
//   - item: one element; extent: the length of one dimension; stride: bytes from one item to the
//     next along it; suboffset: what is added after a pointer was followed
//   - release: to give a loan back
//
// # From C
//
//	PyObject_GetBuffer             Get
//	PyObject_CheckBuffer           Get without an error
//	PyBuffer_Release               Buffer.Release
//	PyBuffer_IsContiguous          Buffer.IsContiguous, Layout.IsContiguous
//	PyBuffer_GetPointer            Buffer.Pointer, Buffer.Access
//	PyBuffer_SizeFromFormat        SizeFromFormat
//	PyBuffer_ToContiguous          Buffer.ToContiguous
//	PyBuffer_FromContiguous        Buffer.FromContiguous
//	PyObject_CopyData              Copy
//	PyBuffer_FillContiguousStrides ContiguousStrides
//	PyBuffer_FillInfo              Memory.Lend
//
// # Lifetimes
//
// Memory is given back when the last buffer and view made of a loan is released, and never while an
// operation is inside. Use after release is ErrReleased. Go memory without a release function is
// left to the collector. A leaked loan is given back some time after the collector noticed; do not
// rely on it for scarce things.
package buffer
