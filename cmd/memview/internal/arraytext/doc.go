// Package arraytext prints arrays as NumPy's str does, byte for byte, and arrays of records as
// tables. It reads no item that it does not print, so that the size of an array does not matter.
package arraytext
