// Package arrayfile opens files of arrays as exporters: the arrays are mapped, not read, so that a
// file of any size opens at once and only the items that are looked at are fetched.
//
//	f, err := arrayfile.Open("photo.npy")
//	...
//	defer f.Close()
//	v, err := f.View("")
//
// It reads and makes NumPy's npy files, versions 1.0, 2.0 and 3.0. A file's header is taken for hostile:
// it is read by a bounded parser, and what it says is believed only where the file bears it out.
// Files of other kinds are opened by saying what lies in them, by [Raw].
//
// What goes wrong with a file is an error that says what was tried on which file, and what would work: opening
// never waits, what stands in a header takes no memory, a name that could steer a terminal is quoted. A file that is cut short
// under a view is buffer.ErrFault, see [File.View].
//
// Views are read-only, but for those of [Writable] files, which are written in place, and of new
// files of [Create], which appear under their name only once they are whole.
//
// Item types become the formats of PEP 3118. What a format cannot say, as that a number counts
// seconds, [Array.Notes] tells.
package arrayfile
