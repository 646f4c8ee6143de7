// Package remote takes views across machines: [Handler] serves them over HTTP, as bytes and as Zarr, and [Open] reads what it serves, and
// Zarr stores of anybody's.
//
//	tree, err := remote.Handler(remote.View("temperature", v, remote.Chunks(1, 512, 512)))
//	...
//	defer tree.Close()
//	err = http.ListenAndServe("localhost:8080", tree)
//
// # What is served
//
// Every array has a name, which may have slashes, and for each name there are these paths:
//
//	/info/NAME      its description, in JSON
//	/bytes/NAME     its items as one run, in the order (C or Fortran) in which they lie, with ranges
//	/npy/NAME       the same as an npy file
//	/zarr/v2/NAME   a Zarr array of version 2, in groups, with consolidated metadata
//	/zarr/v3/NAME   the same of version 3
//	/               the descriptions of all
//
// Python reads them so:
//
//	zarr.open_array("http://localhost:8080/zarr/v3/temperature")
//	xarray.open_zarr("http://localhost:8080/zarr/v3")
//
// A Writable array takes chunks back, as from zarr-python with mode="r+" and zarr.config.set({"array.write_empty_chunks": True}): it would
// delete chunks of zeros otherwise, which fsspec cannot do over HTTP.
//
// Nothing is copied on our side where the items lie as they are sent. What lies with gaps is packed, those bytes that are asked for and no
// others. Chunks are cut when they are asked for, without codecs; metadata are made once, and do not grow with chunks. What a version of Zarr, or
// npy, has no type for is left out there, and Description.Faces tells what there is. NumPy's times are whole numbers
// on every path, as in package arrayfile: Description.Notes has their unit.
// Groups do not tell of types that zarr-python 3 would refuse a whole group for: bfloat16, floats of 8 bits and text without characters, and in version 2
// records that hold records or arrays. These are read by their own path.
//
// # Tags
//
// Memory that nobody may write, and files that are not Writable, have strong ETags, so that conditional requests and If-Range work. A tag is made
// of a random number of the handler's, the array's place in it and, for a file, its length and the time it was last written to: nothing is
// read for it, and it is never that of another handler, nor of this one after a restart. A file that others change in place by mapping it gets a new
// time when the system notices. What may be written has no tag.
//
// # What is read
//
//	store, err := remote.Open(ctx, "https://example.org/weather.zarr")
//	...
//	a, err := store.Array(ctx, "temperature")
//	v, err := a.Fetch(ctx, "-24:, 100:200, ::4")
//
// Zarr of version 2 and 3, over HTTP and in folders, with the codecs that zarr-python writes unless told otherwise: bytes in both orders, transpose, zstd, gzip,
// zlib, crc32c, sharding_indexed, and Blosc with lz4, zstd or zlib. Others are an error that names them. Items keep the byte order in which they are
// stored: it is part of the format.
//
// What a fetch takes is a view of its own, as soon as all chunks of it have come, or memory of the caller's, by [Array.FetchInto]. Requests are tried again where that may help; a server that
// sends other lengths or ranges than it was asked for, or sends us to another host, is [ErrServer].
//
// # Safety
//
// No path is served that was not named. Requests are bounded in number, size and time by [Concurrent] and [Timeout]; a client that stalls is cut
// off. Whom to let in, and TLS, are the http.Server's matter, and that of handlers around this one. Memory that is given back is an answer 410, a
// fault of a file that is cut short 500 or, where some of it was sent already, a body that breaks off. Other clients may write to what is [Writable]: give
// it to those you trust alone.
package remote
