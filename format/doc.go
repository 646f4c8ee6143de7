// Package format reads the format strings that say what one item of a buffer is: those of Python's struct module, and what
// PEP 3118, NumPy and ctypes add to them. It lays out, unpacks and packs items, and gives the format of Go types.
//
// # Words
//
//   - format: the string. type: the parsed format, a [Type].
//   - item: what a type reads: a number, some text, an array, a record.
//   - code: the letter, or the letters, that stand for a sort of item. mark: a letter that sets the mode.
//   - mode: the byte order, the sizes and the alignment in force from a mark to the next. First it is that of '@'.
//   - native sizes: the C compiler's on this machine. standard sizes: the same everywhere.
//   - record: several items, its fields, one after the other. padding: bytes between them that mean nothing.
//   - leaf: an item that is neither a record nor an array.
//
// # The language
//
// A format is a sequence of items, with white space where one likes between them:
//
//	(2,3)<4i:name:
//
// is the whole of an item: an extent for each dimension of a subarray, a mark, a count, a code and a name. All but the code may be
// left out, and marks may stand before the shape and between items too.
//
//	mark     sizes      order            alignment
//	@        native     the machine's    the C compiler's
//	^        native     the machine's    none
//	=        standard   the machine's    none
//	<        standard   little-endian    none
//	> !      standard   big-endian       none
//
// A mark holds up to the next one, also when the T{} it stands in is closed: NumPy reads it so.
//
//	code             item                              bytes (native, standard)    in Go
//	x                padding; bytes if it has a name   1                           []byte
//	c                a byte                            1                           []byte
//	s                bytes; the count is their number  1                           []byte
//	p                the same, a length byte first     1                           []byte
//	u w              text, UCS-2 and UCS-4; the same   2, 4                        string
//	?                bool                              1                           bool
//	b h i q          signed integers                   1 2 4 8                     int8 to int64
//	B H I Q          unsigned integers                 1 2 4 8                     uint8 to uint64
//	l L              C's long                          4 or 8, 4                   int32 or int64, uint32 or uint64
//	n N              C's ssize_t and size_t            4 or 8, none                int32 or int64, uint32 or uint64
//	e f d            IEEE floats                       2 4 8                       Float16, float32, float64
//	g                C's long double                   8 to 16                     float64: bits are lost
//	Zf Zd (F D)      complex numbers                   8 16                        complex64, complex128
//	Zg               the same of long double           16 to 32                    complex128: bits are lost
//	[bfloat16]       bfloat16                          2                           BFloat16
//	[float8_e4m3fn]  a float of 8 bits, and so are     1                           Float8E4M3FN
//	                 [float8_e5m2] [float8_e4m3fnuz]                               Float8E5M2, Float8E4M3FNUZ
//	                 [float8_e5m2fnuz] [float8_e8m0fnu]                            Float8E5M2FNUZ, Float8E8M0FNU
//	P z Z            pointers: void*, char*, wchar_t*  4 or 8                      uintptr
//	O                a Python object, of this machine  4 or 8                      uintptr
//	&item            a pointer to the item             4 or 8                      uintptr
//	X{signature}     a pointer to a function           4 or 8                      uintptr
//	T{items}         a record                          its fields'                 Record
//	(2,3)i  3i       a subarray                        its elements'               []any, nested
//
// Pointers and long doubles keep their native size after every mark, as ctypes writes them. To keep all the bits of a long
// double, read it as bytes: "16s". Named types in brackets are this package's own: every other reader refuses them rather than
// reading something else. Bit fields (t) are refused.
//
// A count before a code that takes none as its length makes an array: "3i" is "(3)i", as NumPy reads it; the struct module gives
// three items instead. "1i" is "i". A count of 0 on an item without a name is the struct module's way to align what comes next:
// "b0i" is one byte and 3 of padding.
//
// In the mode '@' an item starts at a multiple of its alignment, and a record is aligned as its most aligned field. There is no
// padding after the last field, neither of a record nor of a sequence: NumPy writes 'T{i:a:b:b:}' for items of 8 bytes. But the
// elements of an array are padded, the last too, so that each of them is aligned.
//
// A format that is one item without a name or padding is that item's. Any other is a [Record], with T{} or without.
//
// # Go values
//
// [Type.Pack] takes what [Type.Unpack] gives, and more:
//
//   - integers and pointers: any Go integer in range. Not bools, and not floats.
//   - floats: any Go float or integer, or a [ShortFloat]. What is too large for f or bfloat16 becomes an infinity, and for e
//     is [ErrValue], as in Python's memoryview; for floats of 8 bits it is what ml_dtypes makes of it, an infinity or NaN.
//   - complex: also complex numbers. bool: a bool, or any number, of which only zero is false.
//   - c: a []byte or a string of length 1, or a byte. s, p and x: a []byte or a string that has room; the rest is filled with NUL.
//   - text: a string that has room; the rest is filled with NUL, and trailing NULs are not read back.
//   - arrays: a []any, or any Go slice or array, of just the extents.
//   - records: a [Record], by the names if it has them for all its values and the type too, or else by position; a []any by
//     position; a map[string]any that has all the names; a Go struct, or a pointer to one, by position.
//
// # Limits
//
// Formats may come from anywhere. Nesting is limited to 64 levels and shapes to 64 dimensions. A type may make 65,536 values in Go
// and 8 more for each of its bytes: without the limit "(99999999)T{}" would fill the memory from no bytes at all.
package format
