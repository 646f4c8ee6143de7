// Package zarr reads and writes the metadata of Zarr arrays and groups, versions 2 and 3, and decodes their chunks. It knows keys and
// bytes: where they come from is another's matter.
//
// Metadata and chunks are hostile: what they say is an error, or an array whose sizes fit the address space, and decoding takes
// no more memory than the chunk's shape has reason for.
//
// # Words
//
//   - chunk: the part of an array that is stored, and decoded, on its own; its shape is the same everywhere, the edges are padded.
//   - shard: several chunks in one stored object, with an index.
//   - key: the name of a stored object, below that of its array.
//   - codec: one step of what was done to a chunk's items before they were stored.
//   - fill value: what items are that were never stored.
//
// Sources: the Zarr storage specification, version 2; the Zarr core specification, version 3, with its codecs; Blosc's description of
// its header; and what zarr-python writes.
package zarr
