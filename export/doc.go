// Package export holds constructors of exporters: memory in any layout ([Strided]), rows behind
// pointers ([Rows]), images ([Image]) and a growing byte array ([ByteArray]).
//
// Plain Go values (slices, pointers to arrays and structs) need none of them: buffer.Get lends their
// memory as it is. An exporter of your own implements buffer.Exporter with buffer.Memory and Lend,
// and package buffertest tells what is wrong with it.
package export
