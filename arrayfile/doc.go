// Package arrayfile opens files of arrays as exporters: the arrays are mapped, not read, so that a
// file of any size opens at once and only the items that are looked at are fetched.
//
//	f, err := arrayfile.Open("photo.npy")
//	...
//	defer f.Close()
//	v, err := f.View("")
//
// It reads, by what a file holds and not by its name:
//
//   - npy, NumPy's files of one array, versions 1.0, 2.0 and 3.0; [Create] makes new ones
//   - npz, zip archives of them, as NumPy's savez and savez_compressed write them. Members that are stored are
//     mapped, and their checksums not compared, which would read them; those that are deflated are inflated into a copy for each view
//   - safetensors, of all types whose items have whole bytes. The named types of package format are those of bfloat16 and
//     of floats of 8 bits
//   - wav, also of more than 4 GiB, as frames by channels: integers of 8, 16, 32 and 64 bits and floats. No format has items
//     of 24 bits, so that theirs are a third dimension of 3 bytes
//   - png and jpeg, decoded by the standard library into a copy for each view, as height by width by channels
//   - shared segments with a header, as package shm makes them, which are files on Linux: see shm.Path
//   - raw files, by saying what lies in them, by [Raw]
//
// A file of many arrays has them by name: [File.Arrays] lists them, in the file's order, and [File.View] takes a name.
// What is in a file and cannot be had, [File.Skipped] tells with the reason.
//
// A file's header is taken for hostile: it is read by a bounded parser, and what it says is believed only where the file bears it
// out. What a copy would need of memory is bounded by what the file can hold.
//
// What goes wrong with a file is an error that says what was tried on which file, and what would work: opening
// never waits, what stands in a header takes no memory, a name that could steer a terminal is quoted. A file that is cut short
// under a view is buffer.ErrFault, see [File.View].
//
// Views are read-only, but for those of [Writable] files, which are written in place, and of new
// files of [Create], which appear under their name only once they are whole.
//
// [Save] writes any views to a new npy, npz, safetensors, wav, png or raw file, and [Write] to a stream, as they are or converted on their way.
//
// Item types become the formats of PEP 3118. What a format cannot say, as that a number counts
// seconds, [Array.Notes] tells.
package arrayfile
