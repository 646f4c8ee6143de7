// Package array gives typed access to the items of a view, at the speed of a slice.
//
//	v, err := memoryview.FromObject(exporter)
//	a, err := array.Of[float64](v)
//	for i := range a.Len() {
//		sum += a.At1(i)
//	}
//
// [Of] checks once that the items are what Go's type is, in Go's byte order and alignment. An
// access is then a bounds check and a load, and At1, At2, At3 and their Set forms are inlined. What
// Go cannot read in place (another byte order, bools, other alignments) goes through a [Decoder],
// which has the same methods.
//
// Where the items of a row lie next to each other, Runs hands out the memory itself as slices, and
// Slice all of it: those are the caller's promise to be used only until Release.
//
// A mapped file that is cut short faults when it is read. Methods of View turn that into an error;
// a typed loop opts in by [Guard].
package array
